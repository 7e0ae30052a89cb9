#!/bin/sh
# bisect.sh BUILD [option of knnmark-regress]...: what `make bisect` does once the driver is built in the folder BUILD: the
# first commit after GOOD, on the way to BAD, that made a benchmark slower.
#
#   GOOD=<git ref> BAD=<git ref>   the ends; GOOD is the base of every comparison, so that small steps add up
#   BENCHMARK=<pattern>            what to time; by default the searches and the tiles
#
# A commit whose code is that of another one is not timed. One that does not build or run is passed over, and named. Where
# there is no verdict, twice the time decides, else a neighbour. What was found is compared with its parent once more.
# Verdicts are kept in BUILD/regress/bisect: the same command goes on where it was stopped. Exit status: 0 found; 2 an
# error; 3 not decidable.
set -eu
build=$1
shift
here=$build/regress/bisect

fail() {
    [ -z "$signals" ] || set -- "interrupted; the same command goes on from here"
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
    git merge-base --is-ancestor "$good" "$commit" || fail "GOOD=$GOOD is no ancestor of BAD=$BAD: give commits of one line"
    { echo "$good" && git rev-list --reverse --first-parent "$good..$commit"; } >"$here/commits"
    last=$(($(wc -l <"$here/commits") - 1))
    [ "$last" -gt 0 ] || fail "GOOD and BAD are the same commit"
}

take() { # take NUMBER: leaves $commit, $short, and $files, the start of what is kept of it
    commit=$(sed -n "$(($1 + 1))p" "$here/commits")
    short=$(git rev-parse --short "$commit")
    files=$here/$commit
}

describe() {
    git show --no-patch --format='%h  %ad  %an  %s' --date=short "$commit"
}

# Kept verdicts are of one question.
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

# The verdict of a commit that runs the same code.
find_same() {
    for other in "$here"/*.verdict; do
        if [ -s "$files-code" ] && cmp -s "$files-code" "${other%.verdict}-code"; then
            cp "$other" "$files.verdict"
            return
        fi
    done
    return 1
}

time_it() { # against GOOD: once, and with twice the time if that leaves it open
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

# A commit between the two that has a verdict, the nearer to the middle the better; leaves its number in $middle.
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
    [ "$status" = 1 ] || undecidable "slower than GOOD first at $(describe), but not shown to be slower than its parent"
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
