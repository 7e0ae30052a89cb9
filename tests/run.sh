#!/bin/sh
# run.sh PROGRAM...: runs cmocka programs (under $WRAPPER, if set) and closes with one line that adds up their results.
# A program that dies before its summary counts as a failure; so does a run of no test at all.
set -u
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}" # more threads than cores must not spin
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0 skipped=0

count() { # count WORD: the sum of the numbers in cmocka's lines "[  WORD  ] N test(s)", nothing if there are none
    sed -n "s/^\[ *$1 *\] \([0-9]*\) test(s).*/\1/p" "$log" | awk '{ sum += $1 } END { if (NR > 0) print sum }'
}

for program in "$@"; do
    echo "== ${program##*/}"
    # shellcheck disable=SC2086 # a command and its arguments
    ${WRAPPER:-} "$program" >"$log" 2>&1
    status=$?
    cat "$log"
    good=$(count PASSED) bad=$(count FAILED) left=$(count SKIPPED)
    if [ -z "$good" ] || { [ "$status" != 0 ] && [ "${bad:-0}" = 0 ]; }; then
        echo "${program##*/}: ended with status $status outside a test"
        bad=$((${bad:-0} + 1))
    fi
    passed=$((passed + ${good:-0})) failed=$((failed + ${bad:-0})) skipped=$((skipped + ${left:-0}))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
