# shellcheck shell=sh
# Debian's kernel for the guest: downloaded and unpacked, never installed.
#
# kernel FOLDER: leaves vmlinux and the drivers' modules there, unless they are there already; says
# why where that cannot be, and fails. The kernel's package is 70 MB.

drivers="usb-common usbcore xhci-hcd xhci-pci cdc-acm usbserial ftdi_sio"

# The machine's lists of packages serve where they know the kernel; else ones of our own.
download() {
    name=$(apt-cache depends linux-image-amd64 2>/dev/null |
        sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
    if [ -n "$name" ] && apt-get -q download "$name" >apt.log 2>&1; then return; fi
    mkdir -p lists/partial cache/archives/partial
    own="-o Dir::State::Lists=$PWD/lists -o Dir::Cache=$PWD/cache"
    # shellcheck disable=SC2086 # one word an option
    {
        apt-get -q $own update >apt.log 2>&1
        name=$(apt-cache $own depends linux-image-amd64 |
            sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
        [ -n "$name" ] && apt-get -q $own download "$name" >>apt.log 2>&1
    }
}

# The compressed kernel begins within the image with the signature of an xz stream; booted as it is,
# it spends four seconds on unpacking itself.
unpack() {
    wanted=''
    for driver in $drivers; do wanted="$wanted */$driver.ko */$driver.ko.xz"; done
    mkdir -p unpacked modules
    # shellcheck disable=SC2086 # one word a pattern; tar complains of those that nothing matches
    dpkg-deb --fsys-tarfile linux-image-*.deb |
        tar -x -C unpacked --wildcards --no-anchored 'vmlinuz-*' $wanted 2>/dev/null || :
    find unpacked -name '*.ko.xz' -exec xz -d {} +
    find unpacked -name '*.ko' -exec mv {} modules/ \;
    image=$(find unpacked -name 'vmlinuz-*' | head -n 1)
    [ -n "$image" ] || return 1
    at=$(LC_ALL=C grep -abo '7zXZ' "$image" | head -n 1 | cut -d : -f 1)
    [ -n "$at" ] && tail -c "+$at" "$image" | xz -dc --single-stream >vmlinux.new 2>/dev/null
    for driver in $drivers; do [ -f "modules/$driver.ko" ] || return 1; done
    [ -s vmlinux.new ] && mv vmlinux.new vmlinux
}

kernel() (
    if [ -f "$1/vmlinux" ]; then return 0; fi
    rm -rf "$1" && mkdir -p "$1" && cd "$1" || return 1
    download || { echo "no kernel for the guest: apt-get has none: $(tail -n 2 apt.log)"; return 1; }
    unpack || { echo "no kernel for the guest: $(ls ./*.deb) is packed otherwise"; return 1; }
    rm -rf ./*.deb unpacked lists cache
)
