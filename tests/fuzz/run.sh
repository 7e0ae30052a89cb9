#!/bin/sh
# run.sh TARGET SECONDS [SEED]: a fuzz target on the good files of its corpus and what becomes of them. An input that
# it does not survive is left beside the target, which repeats the failure if run on that file.
set -eu
cd "${1%/*}"
target=${1##*/} corpus=corpus/${1##*/}
export ASAN_OPTIONS="allocator_may_return_null=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}" # what is too large has to be refused
if ! "./$target" -max_total_time="$2" -seed="${3:-0}" -timeout=20 -rss_limit_mb=4096 -malloc_limit_mb=1000000 \
    -max_len=65536 -artifact_prefix="$target-" "$corpus" >"$target.log" 2>&1; then
    tail -n 40 "$target.log"
    echo "fuzz: $target fails: see $1.log"
    exit 1
fi
echo "$target: $(sed -n 's/^Done \([0-9]*\) runs in \([0-9]*\) second.*/\1 inputs in \2 s/p' "$target.log")"
