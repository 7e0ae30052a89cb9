#!/bin/sh
# mpi.sh KNNMARK "MPIRUN" KNNMARK-MPI: how a search scales over ranks of one thread on this machine, and what a model
# predicts from that for clusters. Prints results/mpi.md. DATA= is the data set of the first table.
set -eu
one=$1 launcher=$2 many=$3
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMP_WAIT_POLICY=passive
unset OMP_NUM_THREADS
data=${DATA:-synthetic}
cores=$(getconf _NPROCESSORS_ONLN)
out=$(mktemp)
trap 'rm -f "$out"' EXIT

number() { # number NAME: of the last run's JSON
    sed -n "s/^ *\"$1\": \([-0-9.e+]*\),*$/\1/p" "$out" | head -n 1
}

run() { # run RANKS ARGUMENT...
    n=$1
    shift
    # shellcheck disable=SC2086 # a command and its arguments
    $launcher -n "$n" "$many" --divide rows classify --threads 1 --search exhaustive --json "$@" >"$out"
}

scaled() { # scaled KIND RANKS ARGUMENT...: the best of three runs, as a line of the table
    kind=$1 ranks=$2 best=""
    shift 2
    for _ in 1 2 3; do
        run "$ranks" "$@"
        line="$(number predict_s) $(number computing_s) $(number communicating_s) $(number waiting_s)"
        best=$(printf '%s\n%s\n' "$line" "$best" | grep . | sort -g | head -n 1)
    done
    echo "$kind $ranks $best"
}

lines=$(
    for n in $(seq "$cores"); do scaled strong "$n" --data "$data"; done
    for n in $(seq "$cores"); do scaled weak "$n" --data "synthetic:train=$((n * 20000)),test=10000"; done
)
best=""
for _ in 1 2 3; do
    "$one" classify --threads "$cores" --search exhaustive --json --data "$data" >"$out"
    best=$(printf '%s\n%s\n' "$(number predict_s)" "$best" | grep . | sort -g | head -n 1)
done
run 1 --data synthetic:train=20000,test=10000
wide=$(number distances_per_s)
run 1 --data synthetic:train=200000,test=10000,dim=128 --k 100
narrow=$(number distances_per_s)

cat <<END
# Several ranks: measured, and predicted

Made by \`make bench-mpi\` (\`bench/mpi.sh\`), which says how.

## Measured here

$(sed -n 's/^model name.*: //p' /proc/cpuinfo 2>/dev/null | head -n 1), $cores cores: ranks of one thread, the training rows divided, L2, every distance
computed; the best of three runs. *Strong*: the whole job on more ranks. *Weak*: 20 000 rows for each rank. One process of $cores threads
takes $best s for the whole job. What is communicated goes through this machine's memory.

| | ranks | s | of the ideal | computing, s | communicating, s | waiting, s |
|:---|---:|---:|---:|---:|---:|---:|
END
echo "$lines" | awk '{
    if (!($1 in first)) first[$1] = $3
    ideal = $1 == "strong" ? first[$1] / $2 : first[$1]
    printf "| %s | %d | %.3f | %.1f %% | %.3f | %.4f | %.3f |\n", $1, $2, $3, 100 * ideal / $3, $4, $5, $6
}'
cat <<END

## Predicted, not measured

The model: machines of 32 cores, each as fast as one of this machine's ($(echo "$wide $narrow" | awk '{ printf "%.1f M distances/s of 3 072 bytes, %.1f M of 128", $1 / 1e6, $2 / 1e6 }'), measured above), one
rank a machine, rows divided, 10 000 queries in batches of 2 500. A machine computes its part of the distances; meanwhile it receives all
queries and, at each of log2(N) steps of the reduction, the lists of the nearest (16 bytes a neighbour); each batch costs N + log2(N)
latencies of 30 microseconds. The longer of the two decides, and the last batch's answers travel when all is computed. The network gives
80 % of its rate, all machines are equally fast and none waits for a file. Reading the rows is not counted.

| job | k | machines | rows of each, GB | computing, s | sending, s at 10 Gbit/s | at 100 | all, s at 10 Gbit/s | at 100 |
|:---|---:|---:|---:|---:|---:|---:|---:|---:|
END
awk -v wide="$wide" -v narrow="$narrow" 'BEGIN {
    job("CIFAR-10", 5e4, 3072, 10, wide); job("BIGANN 100M", 1e8, 128, 100, narrow); job("BIGANN 1B", 1e9, 128, 100, narrow)
}
function send(n, dim, k, gbit) {
    return n == 1 ? 0 : (1e4 * dim + 1e4 * k * 16 * steps(n)) / (gbit * 1e8) + 4 * (n + steps(n)) * 3e-5
}
function steps(n) { return int(log(n) / log(2) + 0.999) }
function whole(computing, sending, n, k, gbit) {
    return (computing > sending ? computing : sending) + (n == 1 ? 0 : 2500 * k * 16 * steps(n) / (gbit * 1e8))
}
function job(name, rows, dim, k, rate,   n, computing) {
    for (n = 1; n <= 1024; n *= 4) {
        computing = 1e4 * rows / n / (32 * rate)
        printf "| %s | %d | %d | %.3g | %.3g | %.3g | %.3g | %.3g | %.3g |\n", name, k, n, rows * dim / n / 1e9, computing,
            send(n, dim, k, 10), send(n, dim, k, 100), whole(computing, send(n, dim, k, 10), n, k, 10), whole(computing, send(n, dim, k, 100), n, k, 100)
    }
}'
