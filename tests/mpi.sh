#!/bin/sh
# mpi.sh KNNMARK "MPIRUN" KNNMARK-MPI: several ranks write the very files that one process writes, however the work is
# divided; and where one of them fails, all end with one line and leave no file. MPI_ALL=1 tries every number of ranks by every
# way, metric and k.
set -u
one=$PWD/$1 launcher=$2 many=$PWD/$3
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMP_WAIT_POLICY=passive
unset KNNMARK_DATA OMP_NUM_THREADS
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit
passed=0 failed=0

result() { # result NAME STATUS
    if [ "$2" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $1"
        sed 's/^/    /' err.txt
    fi
}

# -- the same file -----------------------------------------------------------------------------------------------------

# same NAME ENDING "RANKS:WAY..." COMMAND ARGUMENT...: with the way `any`, the program chooses
same() {
    name=$1 ending=$2 hows=$3
    shift 3
    rm -f one.* many.*
    if ! "$one" "$@" --output "one.$ending" >out.txt 2>err.txt; then
        result "$name, one process" 1
        return
    fi
    for how in $hows; do
        rm -f many.*
        divide="--divide ${how#*:}"
        [ "${how#*:}" != any ] || divide=""
        # shellcheck disable=SC2086 # a command and its arguments
        timeout 60 $launcher -n "${how%%:*}" "$many" $divide "$@" --output "many.$ending" >out.txt 2>err.txt &&
            cmp "one.$ending" "many.$ending"
        result "$name, ranks by way $how" $?
    done
}

rows() { # rows FILE ROWS DIM SEED: few different bytes, so that many rows are equally far
    # shellcheck disable=SC2059 # the format is the bytes
    printf "$(awk -v rows="$2" -v dim="$3" -v seed="$4" 'BEGIN {
        printf "\\%03o\\%03o\\0\\0\\%03o\\0\\0\\0", rows % 256, int(rows / 256), dim
        for (i = 0; i < rows * dim; i++) { seed = seed * 16807 % 2147483647; printf "\\%o", seed % 6 }
    }')" >"$1"
}

batch() { # batch FILE RECORDS: of CIFAR-10, noise
    for label in $(seq "$2"); do
        printf '%b' "\\000$((label % 8))"
        head -c 3072 /dev/urandom
    done >"cifar/$1"
}

rows train.u8bin 200 9 1
rows queries.u8bin 41 9 2
rows few.u8bin 3 9 3
rows empty.u8bin 0 9 4
rows thousands.u8bin 2100 9 5
mkdir cifar
for i in 1 2 3 4 5; do batch "data_batch_$i.bin" $((2 * i)); done
batch test_batch.bin 9
gzip -c train.u8bin >zipped.u8bin.gz
files="--train train.u8bin --queries queries.u8bin"

same "search" csv "1:any 2:rows 3:rows 4:rows 7:rows 3:queries 4:2x2 6:3x2 4:any" search $files --k 10
same "search by l1" csv "2:rows 3:queries 4:2x2" search $files --k 1 --metric l1
same "k above a shard" npz "3:rows 7:rows 4:2x2 2:queries" search --train thousands.u8bin --queries queries.u8bin --k 1000 --metric l1
same "as many neighbours as rows" bin "7:rows" search $files --k 200
same "shards of a row or none" npz "7:rows 6:3x2" search --train few.u8bin --queries queries.u8bin --k 3
same "fewer queries than ranks" ivecs "4:queries 4:rows" search --train train.u8bin --queries few.u8bin --k 4
same "one query" csv "4:2x2" search $files --k 5 --limit 1
same "a gzipped file" csv "3:rows" search --train zipped.u8bin.gz --queries queries.u8bin --k 5
same "by bounds" csv "3:rows" classify --data synthetic:train=900,test=300 --k 7 --search bounds
same "many queries" csv "2:rows 3:rows" classify --data synthetic:train=500,test=10000,dim=20 --k 3 --metric l1 --shares
same "CIFAR-10" csv "2:rows 3:queries 4:2x2 2:any" classify --data cifar --k 5 --weights distance
tar -czf cifar.tar.gz cifar
same "an archive" csv "3:rows 4:2x2" classify --data cifar.tar.gz --k 5 --limit 7
same "tune" csv "3:queries" tune --data synthetic:train=400,test=50,dim=300 --validation 50 --k 1,5 --split shuffled --final
same "cv" csv "3:any" cv --data synthetic:train=300,test=1,dim=300 --folds 4 --k 1,5,20 --split shuffled

if [ "${MPI_ALL:-}" = 1 ]; then
    for metric in l1 l2; do
        for k in 1 10 1000; do
            same "k = $k by $metric" csv "1:rows 2:rows 3:rows 4:rows 7:rows 1:queries 2:queries 3:queries 4:queries 7:queries 4:2x2 6:2x3" \
                search --train thousands.u8bin --queries queries.u8bin --k $k --metric $metric
        done
    done
fi

# -- failures ----------------------------------------------------------------------------------------------------------

# refused NAME STATUS TEXT: the run failed by itself, said so in one line of ours, and left no file
refused() {
    [ "$2" != 0 ] && [ "$2" != 124 ] && [ "$(grep -c '^knnmark: ' err.txt)" = 1 ] && grep -q "^knnmark: .*$3" err.txt &&
        [ -z "$(find . -name 'many.*')" ]
    result "$1" $?
}

run() { # run N ARGUMENT...
    rm -f many.*
    n=$1
    shift
    # shellcheck disable=SC2086
    timeout 60 $launcher -n "$n" "$many" "$@" --output many.csv >out.txt 2>err.txt
}

differ() { # differ TRAIN: the second of two ranks reads another file
    rm -f many.*
    set -- search --queries queries.u8bin --output many.csv --train "$1"
    # shellcheck disable=SC2086
    timeout 60 $launcher -n 1 "$many" search $files --output many.csv : -n 1 "$many" "$@" >out.txt 2>err.txt
}

sed 's/\x01/\x02/' train.u8bin >other.u8bin
rows longer.u8bin 200 10 1
run 3 search --train nowhere.u8bin --queries queries.u8bin
refused "a missing file" $? "nowhere.u8bin: cannot be opened"
differ nowhere.u8bin
refused "a file that one rank lacks" $? "rank 1 on .*: nowhere.u8bin: cannot be opened"
differ other.u8bin
refused "other bytes" $? "rank 1 on .*: reads other data than rank 0"
differ longer.u8bin
refused "another shape" $? "rank 1 on "
run 3 search --train train.u8bin --queries empty.u8bin
refused "no queries" $? "empty.u8bin: 0 rows of 9 bytes: there must be some"
run 2 search $files --k 201
refused "k above all rows" $? "k = 201 is more than the 200 training rows"
run 2 search $files --k 0
refused "wrong usage" $? "--k 0: give a whole number"
run 2 --divide 3x2 search $files
refused "a way for other ranks" $? "--divide 3x2: give rows, queries or ROWSxQUERIES"
run 2 --divide rows cv --data synthetic:train=300,test=1,dim=300
refused "cv by rows" $? "--divide: tune and cv divide the queries only"
run 2 classify --data synthetic:train=400,test=50,classes=1
refused "one class" $? "all training images (400) are of class 0"

# stopped NAME SIGNAL: one of three ranks gets it in the midst of a long job
stopped() {
    rm -f many.* pid
    long="$many classify --data synthetic:train=20000,test=10000,dim=1000 --search exhaustive --kernel l1_scalar --output many.csv"
    # shellcheck disable=SC2086
    timeout 60 $launcher -n 2 $long : -n 1 sh -c "echo \$\$ >pid; exec $long" >out.txt 2>err.txt &
    job=$!
    sleep 5
    kill -s "$2" "$(cat pid)"
    start=$(date +%s)
    wait "$job"
    status=$?
    [ "$status" != 0 ] && [ "$status" != 124 ] && [ $(($(date +%s) - start)) -lt 30 ] && [ -z "$(find . -name 'many.*')" ]
    result "$1" $?
}
stopped "a rank that is killed" KILL
stopped "a rank that is interrupted" TERM
grep -q '^knnmark: rank 2 on .*: interrupted$' err.txt
result "an interrupted rank says so" $?

# shellcheck disable=SC2086
$launcher -n 2 "$many" info --threads 1 >out.txt 2>err.txt && [ "$(grep -c '^rank [01] on .* 1 thread, ' out.txt)" = 2 ]
result "info of every rank" $?

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
