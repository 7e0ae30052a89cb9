#!/bin/sh
# bisect.sh BUILD [option of knnmark-regress]...: finds, for `make bisect`, the first commit after GOOD, on the way to
# BAD, that made a benchmark slower. The driver is in the folder BUILD.
#
#   GOOD=<git ref> BAD=<git ref>   the ends; GOOD is the base of every comparison, so that small steps add up
#   BENCHMARK=<pattern>            what to time; by default the searches and the tiles
#
# A commit with the same code as another one is not timed. One that does not build or run is skipped, and named. Without
# a verdict the commit is timed again, for twice as long; if that does not help, a neighbour is judged instead. The
# commit found is compared with its parent once more. Verdicts are kept in BUILD/regress/bisect: the same command
# continues where it was stopped. Exit status: 0 found; 2 an error; 3 not decidable.
set -eu
build=$1
shift
here=$build/regress/bisect

fail() {
    [ -z "$signals" ] || set -- "interrupted; the same command continues from here"
    echo "bisect: $*" >&2
    exit 2
}

finish() {
    [ ! -e "$tree" ] || remove_tree
}

undecidable() {
    echo "bisect: not decidable: $*"
    exit 3
}

# -- commits, by their number after GOOD, which is 0 ---------------------------------------------------------------------

list_commits() {
    find_commit "$GOOD"
    good=$commit
    find_commit "$BAD"
    git merge-base --is-ancestor "$good" "$commit" || fail "GOOD=$GOOD is no ancestor of BAD=$BAD: give a BAD that descends from GOOD"
    { echo "$good" && git rev-list --reverse --first-parent "$good..$commit"; } >"$here/commits"
    last=$(($(wc -l <"$here/commits") - 1))
    [ "$last" -gt 0 ] || fail "GOOD and BAD are the same commit"
}

take() { # take NUMBER: sets $commit, $short, and $files, with which the names of its kept files begin
    commit=$(sed -n "$(($1 + 1))p" "$here/commits")
    short=$(git rev-parse --short "$commit")
    files=$here/$commit
}

describe() {
    git show --no-patch --format='%h  %ad  %an  %s' --date=short "$commit"
}

# Removes the kept verdicts if they answer another question.
begin() {
    question="$good|${BENCHMARK:-}|$compiler|$optimize|${CFLAGS:-}|$*"
    [ "$(cat "$here/question" 2>/dev/null)" = "$question" ] || rm -f "$here"/*.verdict
    echo "$question" >"$here/question"
}

# -- verdicts ------------------------------------------------------------------------------------------------------------

compare() { # compare BASE HEAD [OPTION]...: the driver, on the files of two commits; leaves $status and $here/said
    base=$1 head=$2
    shift 2
    run "$build/knnmark-regress" --base="$base-worker" --head="$head-worker" --base-code="$base-code" \
        --head-code="$head-code" --data-file="$build/regress/data" --output="$here/result" --allow-new \
        ${BENCHMARK:+"--benchmarks=$BENCHMARK"} "$@" >"$here/said" 2>&1
    [ -z "$signals" ] || fail
}

# Takes over the verdict of a commit that runs the same code, if there is one.
find_same() {
    for other in "$here"/*.verdict; do
        if [ -s "$files-code" ] && cmp -s "$files-code" "${other%.verdict}-code"; then
            cp "$other" "$files.verdict"
            return
        fi
    done
    return 1
}

time_it() { # against GOOD: once, and again for twice as long if that decides nothing
    for budget in 180 360; do
        compare "$here/$good" "$files" --budget="$budget" "$@"
        [ "$status" = 3 ] || break
    done
    case $status in
    0) echo good ;;
    1) echo bad ;;
    3) echo "open: no verdict" ;;
    *) echo "broken: $(tail -n 1 "$here/said")" ;;
    esac >"$files.verdict"
}

judge() { # judge NUMBER [OPTION]...: leaves $verdict
    take "$1"
    shift
    if [ ! -s "$files.verdict" ]; then
        if ! build_worker "$files"; then
            echo "broken: $reason" >"$files.verdict"
        elif ! find_same; then
            time_it "$@"
        fi
        echo "bisect: $(describe): $(cat "$files.verdict")"
    fi
    verdict=$(cat "$files.verdict")
}

# -- the search ----------------------------------------------------------------------------------------------------------

# Judges commits between the two, from the middle outwards, until one is good or bad: $middle is its number, or ''.
judge_between() { # judge_between LOW HIGH [OPTION]...
    low=$1 high=$2
    shift 2
    start=$(((low + high) / 2)) distance=0
    while [ "$distance" -lt $((high - low)) ]; do
        for middle in $((start + distance)) $((start - distance)); do
            [ "$middle" -gt "$low" ] && [ "$middle" -lt "$high" ] || continue
            judge "$middle" "$@"
            case $verdict in good | bad) return ;; esac
        done
        distance=$((distance + 1))
    done
    middle=''
}

narrow() { # leaves $low, the last good one, and $high, the first bad one
    low=0 high=$last
    judge "$last" "$@"
    case $verdict in broken*) fail "BAD $short is ${verdict%% (*}" ;; esac
    [ "$verdict" = bad ] || undecidable "BAD is not shown to be slower than GOOD ($verdict)"
    while [ $((high - low)) -gt 1 ]; do
        judge_between "$low" "$high" "$@"
        [ -n "$middle" ] || break
        if [ "$verdict" = good ]; then low=$middle; else high=$middle; fi
    done
}

name_suspects() {
    number=$((low + 1))
    while [ "$number" -le "$high" ]; do
        take "$number"
        echo "    $(describe)"
        number=$((number + 1))
    done
    undecidable "one of these $((high - low)) commits; those between could not be judged"
}

confirm() {
    take "$low"
    parent=$files
    take "$high"
    compare "$parent" "$files" --always-time "$@"
    cat "$here/said"
    [ "$status" = 1 ] || undecidable "the first commit slower than GOOD is $(describe), but it is not shown to be slower than its parent"
    echo "bisect: the first slower commit is $(describe)"
}

trap finish EXIT
. "${0%/*}/tree.sh"
[ -n "${GOOD:-}" ] && [ -n "${BAD:-}" ] || fail "say between which commits: GOOD=<git ref> BAD=<git ref>"
mkdir -p "$here" 2>/dev/null || fail "cannot make the folder $here: may you write here?"
list_commits
begin "$@"
take 0
build_worker "$files" || fail "GOOD $short $reason"
echo good >"$files.verdict"
narrow "$@"
[ $((high - low)) = 1 ] || name_suspects
confirm "$@"
