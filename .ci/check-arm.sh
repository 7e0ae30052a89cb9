#!/bin/sh
# check-arm.sh NATIVE CROSS: checks the Arm build on emulated CPUs, without and with the dot product and the matrix
# product of bytes. The first CPU, which has the fewest instructions, passes the whole test suite, the others the tests
# of kernels. Every kernel, on the weakest CPU that runs it, must find the neighbours, distances and labels of the
# native build NATIVE. The last CPU also runs a small benchmark. CROSS is the Arm build's folder; MAKE makes its tests.
# KNNMARK_DATA may name a CIFAR-10 folder; without one the images are synthetic. The speed of an emulator means nothing.
set -eu
native=$1/knnmark cross=$2/knnmark out=$2/check
data=${KNNMARK_DATA:-synthetic:train=4000,test=200}
mkdir -p "$out"
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}"

answers() { # answers METRIC KERNEL FILE COMMAND...: the first 200 test images, as CSV
    metric=$1 kernel=$2 file=$3
    shift 3
    "$@" classify --data "$data" --metric "$metric" --k 10 --limit 200 --kernel "$kernel" --search exhaustive \
        --output "$file" >"$file.log"
}

# All CPUs at once: an emulated suite mostly keeps one core busy. Each CPU checks the kernels that the ones before it do
# not run.
suites() {
    tests=test
    for cpu in $cpus; do
        case $cpu in neoverse-n1) kernels='*_neondot*' ;; max) kernels='*_neoni8mm*' ;; *) kernels='*' ;; esac
        { KNNMARK_KERNEL=$kernels $MAKE --no-print-directory "$tests" WRAPPER="qemu-aarch64 -cpu $cpu" ||
            echo "check-arm: FAILED"; } >"$out/$cpu.log" 2>&1 &
        tests=test-kernels
    done
    wait
    failed=0
    for cpu in $cpus; do
        echo "==== $cpu: tests"
        cat "$out/$cpu.log"
        ! grep -q '^check-arm: FAILED' "$out/$cpu.log" || failed=1
    done
    [ "$failed" = 0 ]
}

# agree CPU: compares the answers of the kernels that no CPU before this one runs
agree() {
    qemu-aarch64 -cpu "$1" "$cross" kernels >"$out/$1.kernels"
    before=$agreed
    for kernel in $(awk 'NR > 1 && $5 != "no" { print $1 }' "$out/$1.kernels"); do
        case " $agreed " in *" $kernel "*) continue ;; esac
        metric=${kernel%%_*}
        answers "$metric" "$kernel" "$out/$kernel.csv" qemu-aarch64 -cpu "$1" "$cross"
        if ! cmp "$out/$metric.csv" "$out/$kernel.csv"; then
            echo "check-arm: $kernel on $1: other answers than the native build: compare these files"
            return 1
        fi
        agreed="$agreed $kernel"
    done
    if [ "$agreed" = "$before" ]; then
        echo "check-arm: $1 runs no kernel that a lesser CPU does not"
        return 1
    fi
    echo "==== $1: the same answers as the native build:${agreed#"$before"}"
}

cpus="cortex-a53 neoverse-n1 max"
suites
for metric in l1 l2; do
    answers "$metric" "${metric}_scalar" "$out/$metric.csv" "$native"
done
agreed=""
for cpu in $cpus; do
    agree "$cpu"
done
echo "==== max: a small benchmark, for errors and not for its times"
qemu-aarch64 -cpu max "$cross-bench" --quick --data=synthetic:train=500,test=50 --output="$out/bench.json" >"$out/bench.log"
echo "check-arm: all agree"
