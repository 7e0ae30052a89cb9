#!/bin/sh
# run.sh PROGRAM...: runs cmocka programs (under $WRAPPER, if set), $TEST_JOBS at a time (two unless set, under an emulator
# one). Prints what a program said when it ends, and at last one line that adds up their results. A program that dies before
# its summary counts as a failure; so does a run of no test at all.
set -u
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}" # more threads than cores must not spin
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
export logs

jobs=2
[ -z "${WRAPPER:-}" ] || jobs=1 # emulated suites already run side by side
# The locked part prints one whole log at a time.
# shellcheck disable=SC2016 # the inner shell expands it
printf '%s\n' "$@" | xargs -P "${TEST_JOBS:-$jobs}" -I PROGRAM sh -c '
    log=$(mktemp "$logs/XXXXXX")
    ${WRAPPER:-} "$1" >"$log" 2>&1 </dev/null
    status=$?
    if ! grep -q "^\[ *PASSED *\]" "$log" || { [ "$status" != 0 ] && ! grep -q "^\[ *FAILED *\]" "$log"; }; then
        echo "${1##*/}: ended with status $status outside a test"
        echo "[  FAILED  ] 1 test(s)"
    fi >>"$log"
    flock "$logs" sh -c "echo \"== \${1##*/}\"; cat \"\$2\"" sh "$1" "$log"
' sh PROGRAM

count() { # count WORD: the sum of the numbers in cmocka's lines "[  WORD  ] N test(s)"
    cat "$logs"/* | sed -n "s/^\[ *$1 *\] \([0-9]*\) test(s).*/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'
}

passed=$(count PASSED) failed=$(count FAILED)
echo "$passed passed, $failed failed, $(count SKIPPED) skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
