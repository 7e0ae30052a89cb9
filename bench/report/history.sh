#!/bin/sh
# history.sh REPORT OUTPUT FILE...: draws the history of the newest file's CPU from result files in the order of their
# commits. Files of one commit are sorted by date; commits that git does not know come first.
set -eu
report=$1 output=$2
shift 2

# "<commit's time> <date> <file>" of each that knnmark-bench wrote.
list() {
    for file; do
        commit=$(sed -n 's/^ *"commit": "\([0-9a-f]*\)".*/\1/p' "$file" | tail -n 1)
        date=$(sed -n 's/^ *"date": "\([^"]*\)".*/\1/p' "$file" | head -n 1)
        [ -n "$commit" ] || continue
        echo "$(git show -s --format=%ct "$commit" 2>/dev/null || echo 0) $date $file"
    done | sort -n -k 1,1 -k 2,2
}

list "$@" | cut -d ' ' -f 3- | {
    set --
    while read -r file; do set -- "$@" "$file"; done
    [ $# -gt 1 ] || { echo "history: fewer than two result files: keep those of \`make bench\` in results/history" >&2; exit 1; }
    exec $report --history --output="$output" "$@"
}
