#!/bin/sh
# run.sh FOLDER SECONDS [SEED]: every fuzz target of the folder on the good files and what becomes of them; of the same
# inputs every time if there is a SEED. An input that is not survived is left in the folder, and the target named with it
# repeats the failure.
set -eu
cd "$1"
export ASAN_OPTIONS="allocator_may_return_null=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}" # what is too large has to be refused
[ -z "${3:-}" ] || rm -rf corpus # what earlier runs added
./seeds corpus
for target in pickle archive npy idx vectors report; do
    if ! "./$target" -max_total_time="$2" -seed="${3:-0}" -timeout=20 -rss_limit_mb=4096 -malloc_limit_mb=1000000 \
        -max_len=65536 -artifact_prefix="$target-" "corpus/$target" >"$target.log" 2>&1; then
        tail -n 40 "$target.log"
        echo "fuzz: $target fails: see $1/$target.log"
        exit 1
    fi
    echo "$target: $(sed -n 's/^Done \([0-9]*\) runs in \([0-9]*\) second.*/\1 inputs in \2 s/p' "$target.log")"
done
