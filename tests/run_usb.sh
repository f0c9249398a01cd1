#!/bin/sh
# Boards at a real USB stack: Debian's kernel with its drivers (xhci, cdc_acm, ftdi_sio) and udevd in
# QEMU, boards plugged in, pulled and plugged in again, and the twin at work there. What is played
# there: usb/story.sh. Nothing of it touches this machine.
set -u
. "$DOMDOM_SOURCE/tests/usb/kernel.sh"
. "$DOMDOM_SOURCE/tests/usb/initramfs.sh"

# cannot REASON: this machine can't; continuous integration has to.
cannot() {
    echo "$*"
    [ -n "${CI:-}" ] && exit 1
    exit 77
}

for need in qemu-system-x86_64 busybox udevadm xz dpkg-deb apt-get; do
    command -v "$need" >/dev/null || cannot "$need is not installed"
done
kernel "$PWD/kernel" || cannot "no kernel"
initramfs "$PWD/root" "$PWD/kernel" "$PWD/initramfs" || cannot "the guest's files are not complete"
exec "$DOMDOM_BUILD/tests/usb_stage" "$PWD/kernel/vmlinux" "$PWD/initramfs" \
    "$(dirname "$DOMDOM")/domdom-board" 170
