#!/bin/sh
# regress.sh BUILD [option of knnmark-regress]...: what `make regress` does once head is built in the folder BUILD.
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
tree=$here/tree
compiler=${CC:-gcc} optimize=${OPTIMIZE--O3 -g} # the Makefile's own
verdict=2 child='' signals=''

fail() {
    [ -z "$signals" ] || set -- "interrupted: there is no verdict, and nothing was written"
    echo "regress: $*" >&2
    exit 2
}

# Not by `git worktree prune`: it would also forget worktrees that are away for a moment, on a disk that is not mounted.
remove_tree() {
    rm -rf "$tree"
    git worktree remove --force --force "$tree" 2>/dev/null || :
}

forget_results() {
    rm -f results/regress.md results/regress.html results/regress.json 2>/dev/null
}

finish() {
    [ ! -e "$tree" ] || remove_tree
    [ "$verdict" != 2 ] || forget_results || :
    exit "$verdict"
}

# Runs a command that a signal to this script ends at once: a shell would let one in the foreground end first. Leaves
# $status.
run() {
    "$@" &
    child=$!
    [ -z "$signals" ] || kill -TERM "$child" 2>/dev/null || :
    while :; do
        before=$signals status=0
        { wait "$child"; } 2>/dev/null || status=$? # the shell would add a line on how it died
        [ "$status" -gt 128 ] || break
        [ "$signals" != "$before" ] || break
    done
    child=''
}

# Runs the driver, which says itself what it has found, or that it was interrupted.
drive() {
    run "$build/knnmark-regress" "$@"
    case $status in
    [0-3]) ;;
    *) fail "knnmark-regress crashed or did not start (status $status): there is no verdict; \`make clean\`, repeat" ;;
    esac
}

# Only the summary of a CI service that shows one; nothing is commented.
summarize() {
    [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -e results/regress.md ] || return 0
    { cat results/regress.md >>"$GITHUB_STEP_SUMMARY"; } 2>/dev/null ||
        echo "regress: warning: cannot append the summary to $GITHUB_STEP_SUMMARY; it is in results/regress.md" >&2
}

# -- a commit --------------------------------------------------------------------------------------------------------

find_commit() {
    git rev-parse --git-dir >/dev/null 2>&1 || fail "this is no git repository, or not one that git trusts"
    commit=$(git rev-parse --verify --quiet "$BASE^{commit}") && return
    [ "$(git rev-parse --is-shallow-repository)" != true ] ||
        fail "no commit $BASE here, and this clone is shallow: fetch all of it (git fetch --unshallow) or that commit"
    fail "no commit $BASE here: name a branch, tag or commit that git knows"
}

# Builds the worker of $commit, unless that was done before with the same compiler and flags.
build_base() {
    version=$($compiler --version 2>/dev/null | head -n 1)
    stamp="$commit|$version|$compiler|$optimize|${CFLAGS:-}|${CPPFLAGS:-}|${LDFLAGS:-}|${LDLIBS:-}|${SANITIZE:-}"
    [ -x "$here/base-worker" ] && [ -e "$here/base-code" ] && [ "$(cat "$here/base-stamp" 2>/dev/null)" = "$stamp" ] && return
    git cat-file -e "$commit:bench/regress/worker.c" 2>/dev/null ||
        fail "base $short has no worker to compare with: it is older than \`make regress\`"
    echo "regress: building base $short"
    rm -f "$here/base-stamp" "$here/base-code"
    remove_tree
    git worktree add --quiet --force --force --detach "$tree" "$commit" 2>"$here/base.log" ||
        fail "git cannot make a worktree of $short: $(tail -n 1 "$here/base.log")"
    # Command-line words win over what the outer make hands down (LDLIBS among it).
    run "${MAKE:-make}" --no-print-directory -C "$tree" BUILD=build CC="$compiler" OPTIMIZE="$optimize" \
        CFLAGS="${CFLAGS:-}" CPPFLAGS="${CPPFLAGS:-}" LDFLAGS="${LDFLAGS:-}" SANITIZE="${SANITIZE:-}" \
        build/knnmark-regress-worker >"$here/base.log" 2>&1
    if [ "$status$signals" != 0 ]; then
        reason=$(grep -m 1 -i error "$here/base.log" || tail -n 1 "$here/base.log")
        fail "base $short does not build: $reason ($here/base.log has all)"
    fi
    # Where the code cannot be listed, for want of objcopy, the list is empty, and all is timed.
    sh "${0%/*}/code.sh" "$tree/build" >"$here/base-code" 2>"$here/code.log" || : >"$here/base-code"
    { cp "$tree/build/knnmark-regress-worker" "$here/base-worker" && echo "$stamp" >"$here/base-stamp"; } 2>/dev/null ||
        fail "cannot write $here/base-worker: is there room on the disk, and may you write there?"
    remove_tree
}

against_commit() {
    find_commit
    short=$(git rev-parse --short "$commit")
    build_base
    head=$(git describe --always --dirty)
    sh "${0%/*}/code.sh" "$build" >"$here/head-code" 2>"$here/code.log" && [ -s "$here/base-code" ] &&
        set -- --base-code="$here/base-code" --head-code="$here/head-code" "$@"
    drive --base="$here/base-worker" --head="$build/knnmark-regress-worker" --base-name="base $short" \
        --head-name="head $head" --data-file="$here/data" --output=results/regress "$@"
}

# -- all -------------------------------------------------------------------------------------------------------------

trap finish EXIT
# TERM also for an interrupt: what a shell starts in the background begins with interrupts ignored.
trap 'signals=$signals+; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || :' HUP INT TERM
mkdir -p "$here" results 2>/dev/null || fail "cannot make the folders $here and results: may you write here?"
forget_results || fail "cannot remove the earlier results/regress.md, .html and .json: may you write in results?"
[ -n "${BASE:-}" ] || fail "say what to compare with: BASE=<git ref>"
against_commit "$@"
verdict=$status
summarize
