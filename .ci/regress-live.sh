#!/bin/sh
# regress-live.sh: runs `make regress` on a few short benchmarks: this commit against itself, and against itself with a
# tenth of extra work. Shows both verdicts, and fails only if something is broken: a verdict on a busy machine proves
# nothing, and the rules are tested on recorded timings (tests/bench/test_regress_verdict.c).
set -eu
for extra in 0 10; do
    echo "== $extra % of extra work"
    status=0
    BASE=HEAD sh bench/regress/regress.sh build --budget=20 --data=synthetic:train=4000,test=512 \
        --benchmarks='search/*/batch:512*' --extra-work="$extra" || status=$?
    echo "== exit $status"
    case $status in
    0 | 1 | 3) ;;
    *) exit 1 ;;
    esac
done
