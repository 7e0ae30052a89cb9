# tree.sh, for regress.sh and bisect.sh, which set $build and define fail: builds the worker of a commit in a worktree
# below BUILD/regress, with the compiler and the flags of CC, OPTIMIZE, CFLAGS, CPPFLAGS, LDFLAGS and SANITIZE. MAKE is
# the make to build with. A signal ends everything at once; $signals is then not empty.
tree=$build/regress/tree
compiler=${CC:-gcc} optimize=${OPTIMIZE--O3 -g} # the Makefile's own
child='' signals=''
# An interrupt is passed on as TERM, too: processes that a shell starts in the background ignore interrupts.
trap 'signals=$signals+; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || :' HUP INT TERM

# Not by `git worktree prune`: it would also forget worktrees that are away for a moment, on a disk that is not mounted.
remove_tree() {
    rm -rf "$tree"
    git worktree remove --force --force "$tree" 2>/dev/null || :
}

# Runs a command so that a signal to this script ends it at once: in the foreground, the shell would wait for its end.
# Sets $status.
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

# find_commit REF: sets $commit and $short.
find_commit() {
    git rev-parse --git-dir >/dev/null 2>&1 || fail "this is no git repository, or not one that git trusts"
    if ! commit=$(git rev-parse --verify --quiet "$1^{commit}"); then
        [ "$(git rev-parse --is-shallow-repository)" != true ] ||
            fail "no commit $1 here, and this clone is shallow: fetch all of it (git fetch --unshallow) or that commit"
        fail "no commit $1 here: name a branch, tag or commit that git knows"
    fi
    short=$(git rev-parse --short "$commit")
}

# build_worker FILE: builds the worker of $commit as FILE-worker and lists its code in FILE-code, unless that was done
# before with the same compiler and flags. If the commit has no worker or does not build, returns 1 and sets $reason.
build_worker() {
    version=$($compiler --version 2>/dev/null | head -n 1)
    stamp="$commit|$version|$compiler|$optimize|${CFLAGS:-}|${CPPFLAGS:-}|${LDFLAGS:-}|${LDLIBS:-}|${SANITIZE:-}"
    [ -x "$1-worker" ] && [ -e "$1-code" ] && [ "$(cat "$1-stamp" 2>/dev/null)" = "$stamp" ] && return
    reason="has no worker to compare with: it is older than \`make regress\`"
    git cat-file -e "$commit:bench/regress/worker.c" 2>/dev/null || return 1
    echo "regress: building $short"
    rm -f "$1-stamp" "$1-code"
    remove_tree
    git worktree add --quiet --force --force --detach "$tree" "$commit" 2>"$1.log" ||
        fail "git cannot make a worktree of $short: $(tail -n 1 "$1.log")"
    # Variables on the command line win over those that the outer make hands down.
    case ${MAKEFLAGS:-} in *j*) jobs='' ;; *) jobs=-j$(getconf _NPROCESSORS_ONLN) ;; esac
    run "${MAKE:-make}" --no-print-directory $jobs -C "$tree" BUILD=build CC="$compiler" OPTIMIZE="$optimize" \
        CFLAGS="${CFLAGS:-}" CPPFLAGS="${CPPFLAGS:-}" LDFLAGS="${LDFLAGS:-}" SANITIZE="${SANITIZE:-}" \
        build/knnmark-regress-worker >"$1.log" 2>&1
    [ -z "$signals" ] || fail
    reason="does not build: $(grep -m 1 -i error "$1.log" || tail -n 1 "$1.log") ($1.log has all)"
    [ "$status" = 0 ] || return 1
    # If the code cannot be listed, because objcopy is missing, the list is empty and all is timed.
    sh "${0%/*}/code.sh" "$tree/build" >"$1-code" 2>"$1.log" || : >"$1-code"
    { cp "$tree/build/knnmark-regress-worker" "$1-worker" && echo "$stamp" >"$1-stamp"; } 2>/dev/null ||
        fail "cannot write $1-worker: is there room on the disk, and may you write there?"
    remove_tree
}
