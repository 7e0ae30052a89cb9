#!/bin/sh
# cost.sh SVG: measures what training and predicting cost, against the number of training images, and draws it by
# cost.gp. The images are generated: an exhaustive search takes as long on any images. Each time is the least of five
# runs; memory is the most that the process ever used, as Linux counts it.
set -eu
knnmark=${KNNMARK:-build/knnmark}
svg=${1:?give the SVG file to write}
queries=1000
folder=$(mktemp -d)
trap 'rm -rf "$folder" "$svg.part"' EXIT
trap 'exit 130' INT TERM

if ! grep -q VmHWM /proc/self/status 2>/dev/null; then
    echo 'cost.sh: the memory of a process is read from /proc, which is not here: run it on Linux' >&2
    exit 1
fi

value() { # value KEY: of the last run
    sed -n "s/.*\"$1\": *\([0-9.e+-]*\).*/\1/p" "$folder/json"
}

measure() { # measure IMAGES: prints IMAGES, seconds to train, seconds to predict, peak KiB
    "$knnmark" classify --data "synthetic:train=$1,test=$queries" --search exhaustive --json >"$folder/json" &
    peak=
    while now=$(awk '/^VmHWM:/ { print $2 }' "/proc/$!/status" 2>/dev/null) && [ -n "$now" ]; do
        peak=$now
        sleep 0.01
    done
    wait $! && echo "$1 $(value train_s) $(value predict_s) $peak"
}

echo ' images  train ms  predict ms/image  peak MB'
for images in 1000 5000 10000 20000 30000 40000 50000; do
    for run in 1 2 3 4 5; do
        measure "$images" >"$folder/run.$run"
    done
    cat "$folder"/run.? | awk -v queries="$queries" '
        NR == 1 || $2 < train   { train = $2 }
        NR == 1 || $3 < predict { predict = $3 }
        $4 > peak               { peak = $4 }
        END { printf "%d %.3f %.5f %.1f\n", $1, train * 1e3, predict * 1e3 / queries, peak * 1024 / 1e6 }' \
        >"$folder/point"
    cat "$folder/point" >>"$folder/data"
    awk '{ printf "%7d %9.1f %17.4f %8.1f\n", $1, $2, $3, $4 }' "$folder/point"
done
gnuplot -e "data='$folder/data'; out='$svg.part'" plots/cost.gp
mv "$svg.part" "$svg"
echo "$svg"
