#!/bin/sh
# check_size.sh ELF FLASH RAM: prints what the kit takes, nanopb included; fails above these octets.
set -eu
arm-none-eabi-size "$1" | {
    read -r _
    read -r text data bss _
    flash=$((text + data)) ram=$((data + bss))
    echo "kit and nanopb on a Cortex-M0: $flash octets of flash (at most $2), $ram of static RAM (at most $3)"
    [ "$flash" -le "$2" ] && [ "$ram" -le "$3" ]
}
