#!/bin/sh
# deps.sh MANAGER "PACKAGES" [MANAGER "PACKAGES" ...]: installs the missing packages by the first of these package
# managers that is there. Says what it does; does nothing when nothing is missing. ARCHITECTURE names a foreign
# architecture, for Debian's package manager.
set -eu

missing() { # missing MANAGER PACKAGE...: those that are not installed
    manager=$1
    shift
    for package in "$@"; do
        case $manager in
            apt) dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ;;
            dnf) rpm -q --whatprovides "$package" >/dev/null 2>&1 ;;
            pacman) [ -z "$(pacman -T "$package" 2>/dev/null)" ] ;;
            brew) brew list --versions "$package" >/dev/null 2>&1 ;;
        esac || printf '%s ' "$package"
    done
}

install_command() {
    case $1 in
        apt) echo "${ARCHITECTURE:+dpkg --add-architecture $ARCHITECTURE && }apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq" ;;
        dnf) echo "dnf install -y" ;;
        pacman) echo "pacman -S --noconfirm --needed" ;;
        brew) echo "brew install" ;;
    esac
}

wanted=${2:-} known=''
while [ $# -ge 2 ]; do
    manager=$1 packages=$2 known="$known $1"
    shift 2
    case $manager in
        apt) program=apt-get ;;
        *) program=$manager ;;
    esac
    command -v "$program" >/dev/null 2>&1 || continue
    # shellcheck disable=SC2086 # a list of names
    need=$(missing "$manager" $packages)
    need=${need% }
    if [ -z "$need" ]; then
        echo "deps: all packages are installed"
        exit 0
    fi
    as=""
    if [ "$manager" != brew ] && [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            echo "deps: missing $need: not root and no sudo here, install them as root by: $(install_command "$manager") $need" >&2
            exit 1
        fi
        as=sudo
    fi
    echo "deps: installing by $manager${as:+ with sudo}: $need"
    if ! $as sh -c "$(install_command "$manager") $need" >/dev/null; then
        echo "deps: $manager could not install all of: $need (its message is above)" >&2
        exit 1
    fi
    exit 0
done
echo "deps: none of the package managers known here is installed (${known# }); install by hand what Debian calls: $wanted" >&2
exit 1
