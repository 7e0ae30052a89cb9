#!/bin/sh
# code.sh BUILD: lists the machine code that the benchmarks of a build run. A line per object file: a checksum without
# debug information, the path below BUILD, the global symbols. Builds with the same lines run the same code.
set -eu
cd "$1"
copy=$(mktemp)
trap 'rm -f "$copy"' EXIT
for object in kernels/*.o src/machine/*.o src/search/*.o bench/work/*.o bench/regress/worker*.o bench/regress/data.o; do
    objcopy --strip-debug --remove-section=.comment --remove-section='.note.*' "$object" "$copy"
    symbols=$(nm -g --defined-only "$object" | awk '{ printf " %s", $3 }')
    echo "$(sha256sum <"$copy" | cut -d ' ' -f 1) $object$symbols"
done
