# shellcheck shell=sh
# The guest's file system: busybox, udevd, the twin, and what they need of this machine.
#
# initramfs ROOT KERNEL-FOLDER FILE: puts it together in ROOT, and packs it into FILE.

# program PATH [FOLDER]: a program of this machine, with its libraries.
program() {
    cp -L "$1" "$root/${2:-usr/bin}/"
    ldd "$1" 2>/dev/null | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p; s/^[[:space:]]*\(\/[^ ]*ld-linux[^ ]*\).*/\1/p' |
        while read -r library; do
            case $library in
            */ld-linux*) cp -nL "$library" "$root/usr/lib64/" ;;
            *) cp -nL "$library" "$root/usr/lib/" ;;
            esac
        done
}

files() {
    mkdir -p "$root/dev" "$root/proc" "$root/sys" "$root/run" "$root/tmp" "$root/root" \
        "$root/usr/bin" "$root/usr/lib/udev/rules.d" "$root/usr/lib64" \
        "$root/etc/udev/rules.d" "$root/modules" "$root/share/hil"
    ln -s usr/bin "$root/bin" && ln -s usr/bin "$root/sbin"
    ln -s usr/lib "$root/lib" && ln -s usr/lib64 "$root/lib64"
    program "$(command -v busybox)"
    program "$(command -v udevadm)"
    program "$(ls /usr/lib/systemd/systemd-udevd /lib/systemd/systemd-udevd 2>/dev/null | head -n 1)" usr/lib/udev
    program "$DOMDOM"
    for rule in 50-udev-default 60-serial 70-uaccess; do
        cp "/lib/udev/rules.d/$rule.rules" "$root/usr/lib/udev/rules.d/"
    done
    cp "$DOMDOM_SOURCE/hil/60-domdom.rules" "$root/share/hil/"
    printf 'root:x:0:0:root:/root:/bin/sh\nengineer:x:1000:1000::/tmp:/bin/sh\nguest:x:1001:1001::/tmp:/bin/sh\n' >"$root/etc/passwd"
    # Groups that udev's own rules name, and ours.
    {
        printf 'root:x:0:\ndialout:x:20:engineer\n'
        n=100
        for group in tty disk lp cdrom tape kmem audio video input sgx kvm render; do
            echo "$group:x:$n:"
            n=$((n + 1))
        done
        printf 'engineer:x:1000:\nguest:x:1001:\n'
    } >"$root/etc/group"
    cp "$DOMDOM_SOURCE/tests/usb/init" "$root/init"
    cp "$DOMDOM_SOURCE/tests/usb/story.sh" "$DOMDOM_SOURCE/tests/usb/night.lua" "$root/root/"
    cp "$DOMDOM_SOURCE/tests/cities/three_streets.geojson" "$root/root/"
    chmod 755 "$root/init"
}

initramfs() {
    root=$1
    rm -rf "$root"
    files || return 1
    cp "$2"/modules/*.ko "$root/modules/"
    (cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null) >"$3"
}
