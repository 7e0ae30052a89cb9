#!/bin/sh
# docs.sh BUILD: every link between the project's pages leads somewhere, and the lines of README.md and docs/commands.md that
# call the command work when pasted, on a small data set. BUILD is where knnmark is.
set -eu
program=$(realpath "$1/knnmark")
status=0

complain() {
    echo "docs: $*" >&2
    status=1
}

links() {
    for page in $(git ls-files '*.md'); do
        for link in $(grep -o '](\([^)#]*\)' "$page" | cut -c 3- | grep -v '^https\?:'); do
            [ -e "$(dirname "$page")/$link" ] || complain "$page links to $link, which is not there"
        done
    done
}

# What stands behind three spaces in such a line says what it does.
commands() {
    sed -n 's|^    \(build/\)\{0,1\}\(knnmark [a-z].*\)|\2|p' README.md docs/commands.md | sed 's/   .*//'
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

links
commands >"$1/commands.txt"
paste <"$1/commands.txt"
[ "$status" = 0 ] && echo "docs: links lead somewhere, commands work"
exit "$status"
