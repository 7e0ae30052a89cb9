#!/bin/sh
# deb.sh ARCHIVE VERSION FOLDER: Debian's packages of a source archive (`make dist`), into FOLDER. DEB_BUILD_OPTIONS=nocheck leaves the
# tests out.
set -eu
archive=$(realpath "$1") version=$2 folder=$3
command -v dpkg-buildpackage >/dev/null && command -v dh >/dev/null || {
    echo "deb: dpkg-buildpackage or dh is not here: make deps-dev installs them on Debian" >&2
    exit 1
}
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
tar -xzf "$archive"
cd "knnmark-$version"
cp -r .ci/debian debian
# The date of the source, for a package that comes out the same each time.
cat >debian/changelog <<END
knnmark ($version) unstable; urgency=medium

  * What is new is in CHANGELOG.md.

 -- $(sed -n 's/^Maintainer: //p' debian/control)  $(date -uR -d "@$(stat -c %Y Makefile)")
END
# What the caller's make is set to is not for the packages.
env -u CFLAGS -u CXXFLAGS -u CPPFLAGS -u LDFLAGS -u MAKEFLAGS -u MFLAGS -u MAKELEVEL dpkg-buildpackage --build=binary --no-sign "-j$(nproc)" >../build.log 2>&1 || {
    tail -n 20 ../build.log >&2
    echo "deb: dpkg-buildpackage fails: $folder/build.log has all" >&2
    exit 1
}
cd ..
ls ./*.deb
