#!/bin/bash
# Boots systemd in a copy of a root, in namespaces and control groups of its own, and in the network that it is started in:
# boot.sh ROOT. Prints the process of that systemd when it answers. The end of standard input ends it all.
set -eu
root=$1
name=edgegate-test-$$
groups=()

# Version 1: the group that systemd names itself by and, for TasksMax, that of pids. Version 2: one for all.
while read -r _ _ _ _ mountpoint _ line; do
    case ${line#*- } in
        "cgroup "*name=systemd* | "cgroup "*pids* | "cgroup2 "*) groups+=("${line#*- }|$mountpoint") ;;
    esac
done < /proc/self/mountinfo
if [[ ${groups[*]} == *name=systemd* ]]; then
    version=1
    mapfile -t groups < <(printf '%s\n' "${groups[@]}" | grep '^cgroup ')
else
    version=2
fi
for group in "${groups[@]}"; do
    mkdir -p "${group#*|}/$name"
    echo $$ > "${group#*|}/$name/cgroup.procs"
done

inner() {
    set -eu
    mount --make-rprivate /
    mount -t tmpfs -o mode=755 upper /mnt
    mkdir /mnt/upper /mnt/work /mnt/root
    mount -t overlay -o "lowerdir=$root,upperdir=/mnt/upper,workdir=/mnt/work" root /mnt/root
    cd /mnt/root
    mount -t proc proc proc
    mount -t sysfs sysfs sys
    mount -t tmpfs -o mode=755 run run
    mount -t tmpfs -o mode=755 dev dev
    for device in null zero full random urandom tty; do
        touch dev/$device
        mount --bind /dev/$device dev/$device
    done
    mkdir dev/pts dev/shm oldroot
    mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
    ln -s pts/ptmx dev/ptmx
    mount -t tmpfs shm dev/shm
    if [ "$version" = 1 ]; then
        mount -t tmpfs -o mode=755 cgroup sys/fs/cgroup
        mkdir sys/fs/cgroup/systemd sys/fs/cgroup/pids
        mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
        mount -t cgroup -o pids cgroup sys/fs/cgroup/pids || rmdir sys/fs/cgroup/pids
    else
        mount -t cgroup2 cgroup2 sys/fs/cgroup
    fi
    pivot_root . oldroot
    umount -l /oldroot
    exec env -i container=edgegate-test PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init < /dev/null > /dev/null 2>&1
}
export -f inner
export root version
unshare --mount --pid --uts --ipc --cgroup --fork --kill-child bash -c inner < /dev/null &
child=$!
cleanup() {
    kill -KILL $child 2>/dev/null || true
    wait $child 2>/dev/null || true
    for group in "${groups[@]}"; do
        echo $$ > "${group#*|}/cgroup.procs" || true
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            find "${group#*|}/$name" -depth -type d -exec rmdir '{}' + 2>/dev/null && break
            sleep 0.2
        done
    done
}
trap cleanup EXIT

for ((i = 0; i < 600; i++)); do
    init=$(cat /proc/$child/task/$child/children 2>/dev/null) || exit 1
    init=${init% }
    if [ -n "$init" ] && [ -S "/proc/$init/root/run/systemd/private" ]; then
        echo "$init"
        cat > /dev/null
        exit
    fi
    sleep 0.1
done
exit 1
