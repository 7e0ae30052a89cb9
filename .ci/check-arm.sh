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
    "$@" classify --data "$data" --metric "$metric" --k 10 --limit 200 --kernel "$kernel" --output "$file" >"$file.log"
}

check() { # check CPU
    echo "==== $1: tests"
    $MAKE --no-print-directory test WRAPPER="qemu-aarch64 -cpu $1" || return
    echo "==== $1: the same answers as the native build"
    qemu-aarch64 -cpu "$1" "$cross" kernels >"$out/$1.kernels" || return
    agreed=0
    for kernel in $(awk 'NR > 1 && $5 != "no" { print $1 }' "$out/$1.kernels"); do
        metric=${kernel%%_*}
        answers "$metric" "$kernel" "$out/$1.csv" qemu-aarch64 -cpu "$1" "$cross" || return
        if ! cmp "$out/$metric.csv" "$out/$1.csv"; then
            echo "check-arm: $kernel on $1: other answers than the native build: compare these files"
            return 1
        fi
        agreed=$((agreed + 1))
    done
    echo "==== $1: $agreed kernels agree"
    [ "$agreed" -gt 0 ]
}

for metric in l1 l2 l1wrap; do
    answers "$metric" "${metric}_scalar" "$out/$metric.csv" "$native"
done
# All at once: an emulated suite keeps one core busy for the most part.
cpus="cortex-a53 neoverse-n1 max"
for cpu in $cpus; do
    { check "$cpu" || echo "check-arm: FAILED"; } >"$out/$cpu.log" 2>&1 &
done
wait
failed=0
for cpu in $cpus; do
    cat "$out/$cpu.log"
    ! grep -q '^check-arm: FAILED' "$out/$cpu.log" || failed=1
done
[ "$failed" = 0 ]
echo "==== max: a small benchmark, for errors and not for its times"
qemu-aarch64 -cpu max "$cross-bench" --quick --data=synthetic:train=500,test=50 --output="$out/bench.json" >"$out/bench.log"
echo "check-arm: all agree"
