#!/bin/sh
# mpi.sh KNNMARK "MPIRUN" KNNMARK-MPI SVG: how a search scales over ranks on this machine, what it costs beside threads, a job of
# 20 million vectors, and what a model predicts from that for clusters, drawn into SVG. Prints results/mpi.md.
# DATA= is the set of the first tables. It takes some 5 minutes, 3 GB of disk and 8 GB of memory.
set -eu
one=$1 launcher=$2 many=$3 svg=$4
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMP_WAIT_POLICY=passive
unset OMP_NUM_THREADS
data=${DATA:-synthetic}
rows=${ROWS:-20000000} # of the large job
cores=$(getconf _NPROCESSORS_ONLN)
folder=$(mktemp -d)
out=$folder/json
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM

number() { # number NAME: of the last run's JSON
    sed -n "s/^ *\"$1\": \([-0-9.e+]*\),*$/\1/p" "$out" | head -n 1
}

run() { # run RANKS ARGUMENT...: the rows divided
    n=$1
    shift
    # shellcheck disable=SC2086 # a command and its arguments
    $launcher -n "$n" "$many" --divide rows "$@" --threads 1 --search exhaustive --json >"$out"
}

median() { # median COLUMN FILE
    awk -v column="$1" '{ print $column }' "$2" | sort -g | awk '{ line[NR] = $0 } END { print line[int((NR + 1) / 2)] }'
}

# -- over ranks --------------------------------------------------------------------------------------------------------

scaled() { # scaled KIND RANKS DATA: the best of three runs, as a line of the table
    for _ in 1 2 3; do
        run "$2" classify --data "$3"
        echo "$(number predict_s) $(number computing_s) $(number communicating_s) $(number waiting_s)"
    done | sort -g | sed -n "1s/^/$1 $2 /p"
}

ranks=""
n=1
while [ "$n" -le "$cores" ]; do
    ranks="$ranks $n"
    n=$((2 * n))
done
for n in $ranks; do scaled strong "$n" "$data"; done >"$folder/scaled"
for n in $ranks; do scaled weak "$n" "synthetic:train=$((n * 20000)),test=10000"; done >>"$folder/scaled"

# -- ranks beside threads ----------------------------------------------------------------------------------------------

total() { # seconds of the last run, to pack and to predict
    awk -v train="$(number train_s)" -v predict="$(number predict_s)" 'BEGIN { print train + predict }'
}

for _ in 1 2 3 4 5; do
    "$one" classify --data "$data" --threads "$cores" --search exhaustive --json >"$out"
    threads=$(total)
    run "$cores" classify --data "$data"
    echo "$threads $(total) $(number communicating_s)" | awk '{ print $1, $2, $2 / $1, 100 * $3 / $2 }'
done >"$folder/pairs"

# -- a large job -------------------------------------------------------------------------------------------------------

number_bytes() { # four of them, the lowest first
    for bits in 0 8 16 24; do
        # shellcheck disable=SC2059 # the format is the byte
        printf "\\$(printf %03o $(($1 >> bits & 255)))"
    done
}

random() { # random FILE ROWS: of 128 bytes
    number_bytes "$2" >"$folder/$1"
    number_bytes 128 >>"$folder/$1"
    head -c $((128 * $2)) /dev/urandom >>"$folder/$1"
}

peak() { # the most memory that the last background process had, in GB
    kib=0
    while now=$(awk '/^VmHWM:/ { print $2 }' "/proc/$!/status" 2>/dev/null) && [ -n "$now" ]; do
        kib=$now
        sleep 0.1
    done
    awk -v kib="$kib" 'BEGIN { printf "%.2f", kib * 1024e-9 }'
}

random train.u8bin "$rows"
random queries.u8bin 1000
set -- search --train "$folder/train.u8bin" --queries "$folder/queries.u8bin" --k 10
"$one" "$@" --threads "$cores" --search exhaustive --json --output "$folder/one.bin" >"$out" &
one_peak=$(peak)
wait "$!"
one_large=$(number search_s)
run 4 "$@" --output "$folder/many.bin"
cmp "$folder/one.bin" "$folder/many.bin"
large="$(number search_s) $(number least_memory_gb) $(number most_memory_gb)"
rm "$folder/train.u8bin"

# -- rates, and the model ----------------------------------------------------------------------------------------------

run 1 classify --data synthetic:train=20000,test=10000 --k 10
wide=$(number distances_per_s)
run 1 classify --data synthetic:train=200000,test=10000,dim=128 --k 100
narrow=$(number distances_per_s)

# job k machines GB computing, then sending and all at 10 Gbit/s, and at 100
awk -v wide="$wide" -v narrow="$narrow" '
function steps(n) { return int(log(n) / log(2) + 0.999) }
function send(n, dim, k, gbit) {
    return n == 1 ? 0 : (1e4 * dim + 1e4 * k * 16 * steps(n)) / (gbit * 1e8) + 4 * (n + steps(n)) * 3e-5
}
function all(computing, sending) { return sending / 4 + (computing > 3 * sending / 4 ? computing : 3 * sending / 4) }
function job(name, rows, dim, k, rate,   n, computing, slow, fast) {
    for (n = 1; n <= 1024; n *= 4) {
        computing = 1e4 * rows / n / (32 * rate)
        slow = send(n, dim, k, 10)
        fast = send(n, dim, k, 100)
        print name, k, n, rows * dim / n / 1e9, computing, slow, all(computing, slow), fast, all(computing, fast)
    }
}
BEGIN { job("CIFAR-10", 5e4, 3072, 10, wide); job("BIGANN-100M", 1e8, 128, 100, narrow); job("BIGANN-1B", 1e9, 128, 100, narrow) }
' >"$folder/model"

# What plots/lines.gp reads: the labels at the ends of lines, far enough from one another, then a block a line.
awk '
{ if (!($1 in shade)) { shade[$1] = jobs; name[jobs++] = $1 }
  for (p = 1; p <= 2; p++) {
      end[p, $1] = $(5 + 2 * p)
      line[p, $1] = line[p, $1] sprintf("%d %d %d %g %g %g\n", p, shade[$1], $3, end[p, $1], end[p, $1], end[p, $1])
  } }
END { for (p = 1; p <= 2; p++)
          for (j = lowest = 0; j < jobs; j++) {
              y = end[p, name[j]] > lowest ? end[p, name[j]] : lowest
              printf "%d \"%s\" %d 1024 %g\n", p, name[j], j, y
              lowest = 1.7 * y
          }
      for (l in line) printf "\n\n%s", line[l] }' "$folder/model" >"$folder/lines"
if ! gnuplot -e "data='$folder/lines'; out='$folder/svg'" plots/cluster.gp 2>"$folder/complaints"; then
    cat "$folder/complaints" >&2
    exit 1
fi
mv "$folder/svg" "$svg"

# -- the page ----------------------------------------------------------------------------------------------------------

cat <<END
# Several ranks: measured, and predicted

Made by \`make bench-mpi\` (\`bench/mpi.sh\`), which says how.

## Measured here

$(sed -n 's/^model name.*: //p' /proc/cpuinfo 2>/dev/null | head -n 1), $cores cores: ranks of one thread, the training rows divided, L2, every distance computed. What is communicated goes through this machine's memory.

The best of three runs. *Strong*: the whole job on more ranks. *Weak*: 20 000 rows for each rank.

| | ranks | s | of the ideal | computing, s | communicating, s | waiting, s |
|:---|---:|---:|---:|---:|---:|---:|
END
awk '{
    if (!($1 in first)) first[$1] = $3
    ideal = $1 == "strong" ? first[$1] / $2 : first[$1]
    printf "| %s | %d | %.3f | %.1f %% | %.3f | %.4f | %.3f |\n", $1, $2, $3, 100 * ideal / $3, $4, $5, $6
}' "$folder/scaled"
cat <<END

One process of $cores threads and $cores ranks of one thread, the whole job, packing and selection included, in turn, five times:
$(median 1 "$folder/pairs" | awk '{ printf "%.3f", $1 }') s and $(median 2 "$folder/pairs" | awk '{ printf "%.3f", $1 }') s are the medians, and the ranks take $(median 3 "$folder/pairs" | awk '{ printf "%.3f", $1 }') times as long (median of the pairs). Communication is
$(median 4 "$folder/pairs" | awk '{ printf "%.2f", $1 }') % of the ranks' time.

The 10 nearest of 1 000 queries among $(awk -v rows="$rows" 'BEGIN { printf "%.3g million", rows / 1e6 }') random vectors of 128 bytes ($(awk -v rows="$rows" 'BEGIN { printf "%.2f", rows * 128e-9 }') GB), each process reading its part of the file:

| | s | memory of a process at its peak, GB | its rows, GB |
|:---|---:|---:|---:|
| one process of $cores threads | $(printf %.2f "$one_large") | $one_peak | $(awk -v rows="$rows" 'BEGIN { printf "%.2f", rows * 128e-9 }') |
$(echo "$large" | awk -v rows="$rows" '{ printf "| 4 ranks of one thread | %.2f | %.2f to %.2f | %.2f |", $1, $2, $3, rows * 32e-9 }')

Both wrote the same file.

## Predicted, not measured

![Predicted seconds over machines](../plots/$(basename "$svg"))

The model: machines of 32 cores, each as fast as one of this machine's ($(echo "$wide $narrow" | awk '{ printf "%.1f M distances/s of 3 072 bytes, %.1f M of 128", $1 / 1e6, $2 / 1e6 }'), measured above), one
rank a machine, rows divided, 10 000 queries in four batches. A machine computes its part of the distances; meanwhile it receives all
queries and, at each of log2(N) steps of the reduction, the lists of the nearest (16 bytes a neighbour); each batch costs N + log2(N)
latencies of 30 microseconds. The first batch's queries and the last one's answers, a quarter of the sending, travel while nothing is
computed; of the rest and the computing, what takes longer decides. The network gives 80 % of its rate, all machines are equally fast
and none waits for a file. Reading and packing the rows is not counted.

| job | k | machines | rows of each, GB | computing, s | sending, s at 10 Gbit/s | all, s | sending, s at 100 Gbit/s | all, s |
|:---|---:|---:|---:|---:|---:|---:|---:|---:|
END
awk '{ printf "| %s | %d | %d | %.3g | %.3g | %.3g | %.3g | %.3g | %.3g |\n", $1, $2, $3, $4, $5, $6, $7, $8, $9 }' "$folder/model"
