#!/bin/sh
# code.sh BUILD: the machine code that the benchmarks of a build run, a line an object file: a checksum of it without what
# a debugger reads, its path below BUILD, the symbols that other files see. Builds whose lines are equal run the same code.
set -eu
cd "$1"
copy=$(mktemp)
trap 'rm -f "$copy"' EXIT
for object in kernels/*.o src/machine/*.o src/search/*.o bench/work/*.o bench/regress/worker*.o bench/regress/data.o; do
    objcopy --strip-debug --remove-section=.comment --remove-section='.note.*' "$object" "$copy"
    symbols=$(nm -g --defined-only "$object" | awk '{ printf " %s", $3 }')
    echo "$(sha256sum <"$copy" | cut -d ' ' -f 1) $object$symbols"
done
