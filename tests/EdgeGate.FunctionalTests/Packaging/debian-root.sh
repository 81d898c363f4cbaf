#!/bin/sh
# Makes the clean Debian root that the package is tried in, once, and prints its folder: debian-root.sh
# It takes minutes on a slow machine, so it is kept for a month; whoever comes meanwhile waits for it.
set -eu

. /etc/os-release
suite=$VERSION_CODENAME
ssl=libssl3t64
[ "$suite" != bookworm ] || ssl=libssl3
cache=${EDGEGATE_TEST_CACHE:-/var/cache/edgegate-tests}
root=$cache/root-$suite-v1
mkdir -p "$cache"
exec 9> "$cache/lock"
flock 9

if [ ! -e "$root/complete" ] || [ -n "$(find "$root/complete" -mtime +30)" ]; then
    rm -rf --one-file-system "$root" "$cache/new"
    # What is fetched and unpacked here need not survive a crash.
    $(command -v eatmydata || true) debootstrap --variant=minbase \
        --include=systemd-sysv,adduser,ca-certificates,$ssl,libstdc++6 "$suite" "$cache/new" > "$cache/log" 2>&1 ||
        { tail -3 "$cache/log" >&2; exit 1; }
    rm -rf "$cache"/new/var/cache/apt/archives/*.deb
    mkdir "$root"
    mv "$cache/new" "$root/root"
    touch "$root/complete"
fi

echo "$root/root"
