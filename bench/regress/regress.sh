#!/bin/sh
# regress.sh BUILD [option of knnmark-regress]...: does the work of `make regress`, once head is built in the folder
# BUILD.
#
#   BASE=<git ref>              builds that commit's worker in a worktree below BUILD/regress, with the compiler and the
#                               flags of CC, OPTIMIZE, CFLAGS, CPPFLAGS, LDFLAGS and SANITIZE, and compares
#
# MAKE is the make to build with. Exit status: that of knnmark-regress, 0 to 3; whatever else goes wrong is 2. After a 2
# there is no results/regress.*. make turns all but 0 into its own 2.
set -eu
build=$1
shift
here=$build/regress
verdict=2

fail() {
    [ -z "$signals" ] || set -- "interrupted: there is no verdict, and nothing was written"
    echo "regress: $*" >&2
    exit 2
}

forget_results() {
    rm -f results/regress.md results/regress.html results/regress.json 2>/dev/null
}

finish() {
    [ ! -e "$tree" ] || remove_tree
    [ "$verdict" != 2 ] || forget_results || :
    exit "$verdict"
}

# Runs the driver, which reports itself what it found, or that it was interrupted.
drive() {
    run "$build/knnmark-regress" "$@"
    case $status in
    [0-3]) ;;
    *) fail "knnmark-regress crashed or did not start (status $status): there is no verdict; \`make clean\`, repeat" ;;
    esac
}

# Appends to the summary that a CI service shows, if there is one; it posts no comment.
summarize() {
    [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -e results/regress.md ] || return 0
    { cat results/regress.md >>"$GITHUB_STEP_SUMMARY"; } 2>/dev/null ||
        echo "regress: warning: cannot append the summary to $GITHUB_STEP_SUMMARY; it is in results/regress.md" >&2
}

# -- a commit --------------------------------------------------------------------------------------------------------

against_commit() {
    find_commit "$BASE"
    build_worker "$here/base" || fail "base $short $reason"
    head=$(git describe --always --dirty)
    sh "${0%/*}/code.sh" "$build" >"$here/head-code" 2>"$here/code.log" && [ -s "$here/base-code" ] &&
        set -- --base-code="$here/base-code" --head-code="$here/head-code" "$@"
    drive --base="$here/base-worker" --head="$build/knnmark-regress-worker" --base-name="base $short" \
        --head-name="head $head" --data-file="$here/data" --output=results/regress "$@"
}

# -- all -------------------------------------------------------------------------------------------------------------

trap finish EXIT
. "${0%/*}/tree.sh"
mkdir -p "$here" results 2>/dev/null || fail "cannot make the folders $here and results: may you write here?"
forget_results || fail "cannot remove the earlier results/regress.md, .html and .json: may you write in results?"
[ -n "${BASE:-}" ] || fail "say what to compare with: BASE=<git ref>"
against_commit "$@"
verdict=$status
summarize
