#!/bin/sh
# What also runs on a microcontroller, the segment controller's core and, over its calendars, the
# mesh's stack, must compile without a hosted C library and need nothing from one beyond the four
# functions that GCC asks of every freestanding environment.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for folder in models/controller/core models/mesh/stack; do
    find "$root/$folder" -name '*.c' >"$work/sources"
    while read -r source; do
        "${CC:-cc}" -std=c17 -O2 -Wall -Wextra -Wpedantic -Werror -ffp-contract=off -ffreestanding \
            -I"$root" -c "$source" -o "$work/$(basename "$source" .c).o"
    done <"$work/sources"
    "${LD:-ld}" -r "$work"/*.o -o "$work/whole"
    needs=$("${NM:-nm}" -u "$work/whole" | awk '{print $2}' |
        grep -vxE 'memcpy|memmove|memset|memcmp' || true)
    if [ -n "$needs" ]; then
        echo "$folder needs what a board does not have: $needs" >&2
        exit 1
    fi
done
