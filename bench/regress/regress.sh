#!/bin/sh
# regress.sh BUILD [option of knnmark-regress]...: what `make regress` does once head is built in the folder BUILD.
#
#   BASE=<git ref>              builds that commit's worker in a worktree below BUILD/regress, with the compiler and the
#                               flags of CC, OPTIMIZE, CFLAGS, CPPFLAGS, LDFLAGS and SANITIZE, and compares
#   BASELINE=<result file>      measures with knnmark-bench and compares with the file: the weaker check
#
# MAKE is the make to build with. Exit status: that of knnmark-regress, 0 to 3; make turns all but 0 into its own 2.
set -eu
build=$1
shift
here=$build/regress
tree=$here/tree

fail() {
    echo "regress: $*" >&2
    exit 2
}

clean_up() {
    [ ! -e "$tree" ] || git worktree remove --force "$tree" 2>/dev/null || rm -rf "$tree"
    git worktree prune 2>/dev/null || :
}

# Only the summary of a CI service that shows one; nothing is commented.
summarize() {
    [ -z "${GITHUB_STEP_SUMMARY:-}" ] || [ ! -e results/regress.md ] || cat results/regress.md >>"$GITHUB_STEP_SUMMARY"
}

against_file() {
    [ -r "$BASELINE" ] || fail "cannot read $BASELINE; name a result file of \`make bench\`"
    bench=$build/knnmark-bench
    measure() { # measure FILTER: into current.json
        "$bench" --output="$here/current.json" --benchmark_filter="$1" >"$here/bench.log" 2>&1 ||
            fail "knnmark-bench failed: $(tail -n 1 "$here/bench.log")"
    }
    measure '^ceiling/clock' # so that another machine is refused before minutes have passed
    "$build/knnmark-regress" --baseline="$BASELINE" --current="$here/current.json" --list || exit
    for word in "measuring, some minutes" "slower: measuring once more, for it counts only if it stays so"; do
        echo "regress: $word"
        measure '^(kernel|search)/'
        status=0
        "$build/knnmark-regress" --baseline="$BASELINE" --current="$here/current.json" "$@" || status=$?
        [ "$status" = 1 ] || break
    done
    exit "$status"
}

# The full name of BASE.
find_commit() {
    git rev-parse --git-dir >/dev/null 2>&1 || fail "this is no git repository, or not one that git trusts"
    git rev-parse --verify --quiet "$BASE^{commit}" && return
    if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
        fail "no commit $BASE here, and this clone is shallow: fetch all of it (git fetch --unshallow) or that commit"
    fi
    fail "no commit $BASE here: name a branch, tag or commit that git knows"
}

# Builds the worker of $commit, unless that was done before with the same compiler and flags.
build_base() {
    stamp="$commit|$(${CC:-cc} --version | head -n 1)|${CC:-}|${OPTIMIZE:-}|${CFLAGS:-}|${CPPFLAGS:-}|${LDFLAGS:-}|${SANITIZE:-}"
    [ -x "$here/base-worker" ] && [ "$(cat "$here/base-stamp" 2>/dev/null)" = "$stamp" ] && return
    git cat-file -e "$commit:bench/regress/worker.c" 2>/dev/null ||
        fail "base $short has no worker to compare with: it is older than \`make regress\`"
    echo "regress: building base $short"
    rm -f "$here/base-stamp"
    clean_up
    git worktree add --quiet --force --detach "$tree" "$commit" 2>"$here/base.log" ||
        fail "git cannot make a worktree of $short: $(tail -n 1 "$here/base.log")"
    # Command-line words win over what the outer make hands down.
    "${MAKE:-make}" --no-print-directory -C "$tree" BUILD=build CC="${CC:-cc}" OPTIMIZE="${OPTIMIZE:--O3 -g}" \
        CFLAGS="${CFLAGS:-}" CPPFLAGS="${CPPFLAGS:-}" LDFLAGS="${LDFLAGS:-}" SANITIZE="${SANITIZE:-}" \
        build/knnmark-regress-worker >"$here/base.log" 2>&1 ||
        fail "base $short does not build: $(grep -m 1 -i error "$here/base.log" || tail -n 1 "$here/base.log") ($here/base.log has all)"
    cp "$tree/build/knnmark-regress-worker" "$here/base-worker"
    echo "$stamp" >"$here/base-stamp"
    clean_up
}

mkdir -p "$here" results || fail "cannot make $here"
if [ -n "${BASELINE:-}" ]; then
    against_file "$@"
fi
[ -n "${BASE:-}" ] || fail "say what to compare with: BASE=<git ref>, or BASELINE=<result file>"
trap clean_up EXIT
trap 'fail "interrupted: there is no verdict, and nothing was written"' INT TERM
commit=$(find_commit) || exit
short=$(git rev-parse --short "$commit")
build_base
head=$(git describe --always --dirty)
rm -f results/regress.md results/regress.html results/regress.json
status=0
"$build/knnmark-regress" --base="$here/base-worker" --head="$build/knnmark-regress-worker" --base-name="base $short" \
    --head-name="head $head" --data-file="$here/data" --output=results/regress "$@" || status=$?
summarize
exit "$status"
