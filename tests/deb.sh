#!/bin/sh
# deb.sh FOLDER: Debian's packages there please lintian; in an empty Debian they install, run, have a manual page, let a program be
# built, and leave nothing behind. Needs root and debootstrap: without them it says so, and ends well.
set -eu
folder=$(realpath "$1")
root=$(mktemp -d) log=$folder/check.log
trap 'rm -rf "$root"' EXIT
chmod 755 "$root" # programs inside have users of their own

fail() {
    echo "deb.sh: $1" >&2
    exit 1
}

inside() {
    chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"
}

apt() { # apt ARGUMENT...
    inside apt-get -qq --no-install-recommends "$@" >>"$log" 2>&1 || fail "apt-get $* fails: $log has why"
}

lintian --allow-root --fail-on error,warning "$folder"/*.changes || fail "lintian complains"
if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
    echo "deb.sh: lintian is content; the rest is skipped: it needs root and debootstrap"
    exit 0
fi
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p; s/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$log" 2>&1 || fail "debootstrap fails: $log has why"
cp -r /etc/apt/. "$root/etc/apt/"
apt update
apt install man-db gcc libc6-dev pkg-config libhwloc-dev
listing() {
    (cd "$root" && find . -path ./proc -prune -o -path ./sys -prune -o -path ./tmp -prune -o ! -type d -print | grep -v '/var/\(lib\|cache\|log\)/' | sort)
}
for package in knnmark libknnmark1 libknnmark-dev; do
    cp "$folder"/${package}_*.deb "$root/tmp/$package.deb"
done
# What these packages need stays; what they bring must go.
# shellcheck disable=SC2046 # several packages
apt install $(dpkg-deb -f "$folder"/knnmark_*.deb Depends | tr ',' '\n' | sed 's/ *(.*//; s/^ *//; /^libknnmark/d')
listing >"$folder/before"
apt install /tmp/knnmark.deb /tmp/libknnmark1.deb /tmp/libknnmark-dev.deb
inside knnmark --version
inside man -P cat knnmark >"$folder/manual" && grep -q confusion "$folder/manual" || fail "man knnmark shows no manual page"
inside knnmark classify --data synthetic:train=500,test=50 >/dev/null
cat >"$root/tmp/program.c" <<'END'
#include <knnmark.h>
#include <stdio.h>
int main(void) { return puts(knn_version()) < 0; }
END
inside sh -c 'cd /tmp && gcc -o program program.c $(pkg-config --cflags --libs knnmark) && ./program'
apt purge knnmark libknnmark1 libknnmark-dev
listing >"$folder/after"
diff "$folder/before" "$folder/after" || fail "the packages leave files behind (>)"
echo "deb.sh: lintian, install, run, manual page, a program, removal: all right"
