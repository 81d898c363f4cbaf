#!/bin/bash
# Runs a command in a root as a container engine does with --read-only, --cap-drop=ALL and no-new-privileges:
# contain.sh ROOT CONFIGURATION USER:GROUP COMMAND... CONFIGURATION is a folder, mounted over /etc/edgegate. The command is
# the first process of its process namespace, and has the network that this is started in.
set -eu
exec unshare --mount --pid --ipc --uts --fork --kill-child bash -euc '
    root=$1 configuration=$2 user=$3
    shift 3
    mount --make-rprivate /
    mount --bind "$root" "$root"
    mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
    mount --bind "$root/proc/sys" "$root/proc/sys"
    mount -o remount,bind,ro "$root/proc/sys"
    mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
    mount -t tmpfs -o mode=755,nosuid dev "$root/dev"
    for device in null zero full random urandom; do
        touch "$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    mount --bind "$configuration" "$root/etc/edgegate"
    mount -o remount,bind,ro "$root/etc/edgegate"
    mount -o remount,bind,ro "$root"
    exec setpriv --no-new-privs --clear-groups \
        unshare --root="$root" --wd=/ --setgid="${user#*:}" --setuid="${user%:*}" -- "$@"
' contain "$@"
