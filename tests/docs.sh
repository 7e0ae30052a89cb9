#!/bin/sh
# docs.sh BUILD: every link between the project's pages leads somewhere, and what is on them to be pasted works: lines that call the
# command, on a small data set; lines that call make, as far as `make -n` tells, for the gate runs the targets themselves; and the
# kernel of docs/kernels.md, which must compile.
# BUILD is where knnmark is. Lines with a placeholder (<name>, FILE, a|b, ...) are nobody's to paste.
set -eu
program=$(realpath "$1/knnmark")
pages=$(git ls-files '*.md' 2>/dev/null | grep . || find . -name '*.md' -not -path './build/*')
status=0

complain() {
    echo "docs: $*" >&2
    status=1
}

links() {
    for page in $pages; do
        for link in $(grep -o '](\([^)#]*\)' "$page" | cut -c 3- | grep -v '^https\?:'); do
            [ -e "$(dirname "$page")/$link" ] || complain "$page links to $link, which is not there"
        done
    done
}

# lines WORD: what is to be pasted and begins with it. What stands behind three spaces or # in such a line says what it does.
lines() {
    # shellcheck disable=SC2086 # several pages
    sed -n "s|^    \(build/\)\{0,1\}\($1 [a-zA-Z].*\)|\2|p" $pages | sed 's/   .*//; s/ *#.*//' | grep -v '[<|]\|\.\.\.\|FILE\|FOLDER\|\\$' | sort -u
}

paste() {
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    mkdir "$folder/path"
    ln -s "$program" "$folder/path/knnmark"
    cd "$folder"
    export PATH="$folder/path:$PATH" KNNMARK_DATA=synthetic:train=1200,test=40
    # 256 rows of 4 bytes: rows and dimensions, then the bytes.
    { printf '\000\001\000\000\004\000\000\000' && head -c 1024 "$program"; } >base.u8bin
    cp base.u8bin queries.u8bin
    while read -r line; do
        sh -c "$line" >said 2>&1 || complain "\`$line\` fails: $(tail -n 1 said)"
    done
    [ -s said ] || complain "no command was found to paste"
}

# The kernel that docs/kernels.md gives whole must compile where its instructions are.
example() {
    sed -n '/^#include "avx2.h"/,/^```/p' docs/kernels.md | grep -v '^```' >"$1/l1_trial_avx2.c"
    [ -s "$1/l1_trial_avx2.c" ] || complain "docs/kernels.md has no kernel for AVX2"
    [ "$(uname -m)" != x86_64 ] || "${CC:-cc}" -std=c11 -Wall -Wextra -Werror -mavx2 -Ikernels -Isrc -fsyntax-only \
        "$1/l1_trial_avx2.c" || complain "the kernel in docs/kernels.md does not compile"
}

links
example "$1"
lines make >"$1/makes.txt"
while read -r line; do
    sh -c "$(echo "$line" | sed 's/^make/make -n/; s/ && .*//')" >"$1/make.txt" 2>&1 </dev/null ||
        complain "\`$line\` fails: $(tail -n 1 "$1/make.txt")"
done <"$1/makes.txt"
lines knnmark >"$1/commands.txt"
count=$(cat "$1/makes.txt" "$1/commands.txt" | wc -l)
paste <"$1/commands.txt"
[ "$status" = 0 ] && echo "docs: links lead somewhere, $count lines work"
exit "$status"
