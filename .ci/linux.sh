#!/bin/sh
# linux.sh FOLDER: fetches the Linux kernel that `make check-avx512` boots in an emulator, as FOLDER/vmlinuz. Debian's
# package is unpacked and not installed, because this machine shall never boot it. A system without that package gets a
# message and no failure: all else can be developed there.
set -eu
folder=$1 package=linux-image-cloud-amd64
[ -f "$folder/vmlinuz" ] && exit 0
kernel=$(apt-cache depends "$package" 2>/dev/null | sed -n 's/.*Depends: \(linux-image-[^: ]*\).*/\1/p' | head -n 1)
if [ -z "$kernel" ]; then
    echo "linux: no package $package here: make check-avx512 needs LINUX=<the file of an x86-64 Linux kernel>"
    exit 0
fi
rm -rf "$folder"
mkdir -p "$folder/unpacked"
echo "linux: downloading $kernel to unpack its kernel in $folder"
(cd "$folder" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download "$kernel:amd64")
dpkg -x "$folder"/*.deb "$folder/unpacked"
mv "$folder"/unpacked/boot/vmlinuz-* "$folder/vmlinuz"
rm -rf "$folder/unpacked" "$folder"/*.deb
