#!/bin/sh
# mpi_hosts.sh KNNMARK KNNMARK-MPI openmpi|mpich: two hosts on this machine, which are network namespaces with an address and a
# name of their own and 1 Gbit/s and a millisecond between them: the same file as one process writes; and a rank killed, or
# the link cut, in mid-run, ends the job within 30 seconds. Needs root and iproute2; says so and does nothing where these are
# not.
set -u
one=$PWD/$1 many=$PWD/$2 kind=$3
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMP_WAIT_POLICY=passive OMP_NUM_THREADS=1
unset KNNMARK_DATA
a=knnmark-a-$$ b=knnmark-b-$$
if ! ip netns add "$a" 2>/dev/null; then
    echo "mpi_hosts: skipped, no network namespaces here (needs root and iproute2)"
    exit 0
fi
folder=$(mktemp -d)
finish() {
    ip netns del "$a"
    ip netns del "$b"
    rm -rf "$folder"
}
trap finish EXIT
trap "exit 1" TERM INT
ip netns add "$b"
ip link add link0 netns "$a" type veth peer name link0 netns "$b"
number=1
for host in "$a" "$b"; do
    ip -n "$host" addr add "10.213.0.$number/24" dev link0
    ip -n "$host" link set lo up
    ip -n "$host" link set link0 up
    tc -n "$host" qdisc add dev link0 root netem delay 1ms rate 1gbit 2>/dev/null || echo "mpi_hosts: no netem here: the link is a fast one"
    number=2
done
cd "$folder" || exit

# What the launchers take for ssh: a host's name, then words for its shell.
cat >agent <<END
#!/bin/sh
while [ "\${1#-}" != "\$1" ]; do shift; done
case \$1 in 10.213.0.1) host=$a ;; *) host=$b ;; esac
shift
exec ip netns exec \$host unshare --uts sh -c "hostname \$host; \$*"
END
chmod +x agent
if [ "$kind" = openmpi ]; then
    launch="mpirun.openmpi --mca plm_rsh_agent $folder/agent --mca btl tcp,self --mca btl_tcp_if_include link0 --mca oob_tcp_if_include link0
        --mca oob_tcp_keepalive_time 5 --mca oob_tcp_keepalive_intvl 3 --mca oob_tcp_keepalive_probes 3 --bind-to none
        --host 10.213.0.1:1,10.213.0.2:1 -n 2"
else
    export UCX_TLS=tcp,self UCX_NET_DEVICES=link0 # else MPICH sees that both hosts are one machine, and uses its memory
    sleep 8                                       # until UCX takes the new link for one that is up
    launch="mpirun.mpich -launcher rsh -launcher-exec $folder/agent -iface link0 -hosts 10.213.0.1,10.213.0.2 -ppn 1 -n 2"
fi
status=0

result() { # result NAME STATUS
    if [ "$2" = 0 ]; then
        echo "ok: $1"
    else
        echo "FAILED: $1"
        sed 's/^/    /' err.txt
        status=1
    fi
}

job() { # job ARGUMENT...: by both hosts
    # shellcheck disable=SC2086 # a command and its arguments
    timeout 120 ip netns exec "$a" unshare --uts sh -c "hostname $a; exec \"\$@\"" sh $launch "$many" "$@" >out.txt 2>err.txt
}

for way in rows queries; do
    "$one" classify --data synthetic:train=3000,test=600 --k 5 --output one.csv >out.txt
    job --divide $way classify --data synthetic:train=3000,test=600 --k 5 --output many.csv && cmp one.csv many.csv
    result "two hosts by $way" $?
    sed -n 's/^spent/    spent/p' out.txt
    rm -f many.csv
done

ended() { # ended NAME: the job ended with an error in time, and left no file
    start=$(date +%s)
    wait "$!"
    code=$? took=$(($(date +%s) - start))
    [ $code != 0 ] && [ $code != 124 ] && [ $took -le 30 ] && [ -z "$(find . -name 'many.*')" ]
    result "$1: status $code after $took s" $?
}
long="classify --data synthetic:train=8000,test=10000 --k 1 --search exhaustive --kernel l1_scalar --output many.csv"

begin() { # the long job, of which some seconds are over
    # shellcheck disable=SC2086
    job $long &
    sleep 8
    kill -0 "$!"
    result "a long job" $?
}

begin
for pid in $(ip netns pids "$b"); do
    grep -q knnmark-mpi "/proc/$pid/comm" && kill -KILL "$pid"
done
ended "a rank that is killed"
begin
ip -n "$a" link set link0 down
ended "a link that is cut"
grep '^knnmark: rank . on .*: ' err.txt
result "the line that says so" $?
sleep 10
for pid in $(ip netns pids "$b"); do cat "/proc/$pid/comm"; done >comms.txt
! grep knnmark-mpi comms.txt
result "no rank is left on the other host" $?
for host in "$a" "$b"; do
    for pid in $(ip netns pids "$host"); do kill -KILL "$pid"; done
done
exit $status
