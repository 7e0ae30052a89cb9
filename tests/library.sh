#!/bin/sh
# library.sh FOLDER: the library as its users have it. Installs into a folder with a space in its name, compiles the
# header by all standards it promises, builds and runs the programs of README.md and docs/library.md against the shared
# and the static library, compares the names it exports with the header's, and uninstalls. MAKE, CC, CXX, SANITIZER (as in
# SANITIZER=-fsanitize=address) and WRAPPER name the tools; MAKEFLAGS of the caller's make have the rest.
set -eu
rm -rf "$1"
mkdir -p "$1"
folder=$(cd "$1" && pwd)
prefix="$folder/a prefix"
strict='-Wall -Wextra -pedantic -Werror'

fail() {
    echo "library.sh: $1" >&2
    exit 1
}

block() { # block FILE LANGUAGE: the program of that language
    awk -v fence="\`\`\`$2" '$0 == fence { inside = 1; next } /^```/ { inside = 0 } inside' "$1"
}

prints() { # prints FILE COMPILER LANGUAGE LIBRARY TEXT [BEGIN]: what the file's program must print; BEGIN stands before a part of one
    { echo "${6:-}" && block "$1" "$3" && [ -z "${6:-}" ] || echo '    return 0; }'; } >"$folder/program.$3"
    build "$2" program "program.$3" "$4"
    [ "$(${WRAPPER:-} "$folder/program")" = "$5" ] || fail "the $3 program of $1 does not print \"$5\" ($4)"
}

${MAKE:-make} --no-print-directory install PREFIX="$prefix" >/dev/null
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig" LD_LIBRARY_PATH="$prefix/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

build() { # build COMPILER PROGRAM SOURCE LIBRARY: what pkg-config says has spaces escaped, for a shell to read
    eval "$1 $strict ${SANITIZER:-} -o '$folder/$2' '$folder/$3' $(pkg-config --cflags --libs knnmark | sed "s/-lknnmark/$4/")"
}

echo '#include <knnmark.h>' >"$folder/header.c"
echo '#include <knnmark.h>' >"$folder/header.cpp"
for standard in c99 c11 c17; do
    build "$CC -std=$standard -c" header.o header.c ''
done
build "$CXX -std=c++17 -c" header.o header.cpp ''

begin='#include <knnmark.h>
#include <stdio.h>
int main(void) {
    static const uint8_t rows[] = {0, 0, 9, 9, 200, 0}, points[] = {10, 10};
    struct knn_error error;'
begin_cpp='#include <cstdint>
#include <cstdio>
#include <knnmark.h>
int main() {
    const std::uint8_t rows[] = {0, 1, 250, 251}, test[] = {249};
    const std::uint16_t labels[] = {7, 7, 1000, 1000};
    const knn_rows train = {rows, 4, 1, 1}, queries = {test, 1, 1, 1};
    std::uint16_t predicted = 0;
    knn_error error;'
for library in -lknnmark -l:libknnmark.a; do
    prints README.md "$CC -std=c99" c "$library" 'row 1, squared distance 2' "$begin"
    prints README.md "$CXX -std=c++17" cpp "$library" 'class 1000' "$begin_cpp"
    prints docs/library.md "$CC -std=c99" c "$library" 'row 2 at distance 3
row 0 at distance 30'
    prints docs/library.md "$CXX -std=c++17" cpp "$library" 'classes 7 and 1000'
done

sed -n '/^KNN_API/{ s/.*[ *]\(knn_[a-z0-9_]*\)(.*/\1/p; }' src/knnmark.h | sort >"$folder/declared"
nm -D --defined-only "$prefix/lib/libknnmark.so" | awk '{ print $3 }' | sort >"$folder/exported"
diff "$folder/declared" "$folder/exported" || fail "the library exports other names (>) than the header declares (<)"
! ldd "$prefix/lib/libknnmark.so" 2>/dev/null | grep -E 'archive|cairo|jansson' ||
    fail "the library needs more than OpenMP and hwloc"

(cd / && ${WRAPPER:-} "$prefix/bin/knnmark" --version)
(cd "$folder" && ${WRAPPER:-} "$prefix/bin/knnmark" tune --data synthetic:train=60,test=1 --validation 20 --k 1,3 \
    --plot plot.svg >/dev/null) # in a folder that has no scripts for it
for page in man/man1/knnmark.1 bash-completion/completions/knnmark zsh/site-functions/_knnmark; do
    grep -q -e '[-]confusion' "$prefix/share/$page" || fail "share/$page lacks --confusion"
done
${MAKE:-make} --no-print-directory uninstall PREFIX="$prefix" >/dev/null
left=$(find "$prefix" ! -type d)
[ -z "$left" ] || fail "uninstall leaves $left"
echo "library.sh: the header, $(wc -l <"$folder/exported") exported names, four programs, install and uninstall: all right"
