#!/bin/sh
# fetch.sh URL SHA256 FILE: fetches a file, verifies it, and only then gives it its name.
set -eu
url=$1 sum=$2 file=$3

sha256() {
    if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

if [ -f "$file" ] && [ "$(sha256 "$file")" = "$sum" ]; then
    echo "data: $file is there and verified"
    exit 0
fi
mkdir -p "$(dirname "$file")"
part=$file.part
trap 'rm -f "$part"' EXIT
trap 'exit 130' INT TERM
echo "data: fetching $url"
if ! curl --fail --location --silent --show-error --output "$part" "$url"; then
    echo "data: cannot fetch $url; fetch it elsewhere and run: make data URL=file:///path/to/cifar-10-binary.tar.gz" >&2
    exit 1
fi
found=$(sha256 "$part")
if [ "$found" != "$sum" ]; then
    echo "data: $url is not the official archive (SHA-256 $found, not $sum): nothing was kept" >&2
    exit 1
fi
mv "$part" "$file"
echo "data: $file is verified"
