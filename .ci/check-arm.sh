#!/bin/sh
# check-arm.sh NATIVE CROSS: on emulated Arm CPUs without and with the dot product and the matrix product of bytes, the
# whole test suite passes, and every kernel that runs there finds the neighbours, distances and labels that the native
# build NATIVE finds; the last of them also runs a small benchmark. CROSS is the build's folder; MAKE makes its tests.
# KNNMARK_DATA may name a CIFAR-10 folder; without one the images are synthetic. How fast an emulator is means nothing.
set -eu
native=$1/knnmark cross=$2/knnmark out=$2/check
data=${KNNMARK_DATA:-synthetic:train=4000,test=200}
mkdir -p "$out"
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}"

answers() { # answers METRIC KERNEL FILE COMMAND...: the first 200 test images, as CSV
    metric=$1 kernel=$2 file=$3
    shift 3
    "$@" classify --data "$data" --metric "$metric" --k 10 --limit 200 --kernel "$kernel" --output "$file" >"$out/log"
}

for metric in l1 l2 l1wrap; do
    answers "$metric" "${metric}_scalar" "$out/$metric.csv" "$native"
done
# All at once: an emulated suite keeps one core busy for the most part.
cpus="cortex-a53 neoverse-n1 max"
for cpu in $cpus; do
    # shellcheck disable=SC2086 # a command and its arguments
    { $MAKE --no-print-directory test WRAPPER="qemu-aarch64 -cpu $cpu" || echo "check-arm: FAILED"; } >"$out/$cpu.log" 2>&1 &
done
wait
for cpu in $cpus; do
    echo "==== $cpu: tests"
    cat "$out/$cpu.log"
    if grep -q '^check-arm: FAILED' "$out/$cpu.log"; then
        exit 1
    fi
    echo "==== $cpu: the same answers as the native build"
    qemu-aarch64 -cpu "$cpu" "$cross" kernels >"$out/kernels"
    agreed=0
    for kernel in $(awk 'NR > 1 && $5 != "no" { print $1 }' "$out/kernels"); do
        metric=${kernel%%_*}
        answers "$metric" "$kernel" "$out/answers.csv" qemu-aarch64 -cpu "$cpu" "$cross"
        if ! cmp "$out/$metric.csv" "$out/answers.csv"; then
            echo "check-arm: $kernel on $cpu: other answers than the native build: compare these files" >&2
            exit 1
        fi
        agreed=$((agreed + 1))
    done
    echo "==== $cpu: $agreed kernels agree"
    [ "$agreed" -gt 0 ]
done
echo "==== max: a small benchmark, for errors and not for its times"
qemu-aarch64 -cpu max "$cross-bench" --quick --data=synthetic:train=500,test=50 --output="$out/bench.json" >"$out/log"
echo "check-arm: all agree"
