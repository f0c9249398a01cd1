#!/bin/sh
# What also runs on a microcontroller, the segment controller's core, over its calendars the mesh's
# stack, and the application made of both, must compile without a hosted C library and need nothing
# from one beyond the four functions that GCC asks of every freestanding environment.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# check WHAT SOURCE...: that much, linked together, is whole.
check() {
    what=$1
    shift
    rm -f "$work"/*.o
    for source; do
        "${CC:-cc}" -std=c17 -O2 -Wall -Wextra -Wpedantic -Werror -ffp-contract=off -ffreestanding \
            -I"$root" -c "$source" -o "$work/$(basename "$source" .c).o"
    done
    "${LD:-ld}" -r "$work"/*.o -o "$work/whole"
    needs=$("${NM:-nm}" -u "$work/whole" | awk '{print $2}' |
        grep -vxE 'memcpy|memmove|memset|memcmp' || true)
    if [ -n "$needs" ]; then
        echo "$what needs what a board does not have: $needs" >&2
        exit 1
    fi
}

cd "$root"
# No name in these folders has a space, so the lists are split at spaces on purpose.
core=$(find models/controller/core -name '*.c')
stack=$(find models/mesh/stack -name '*.c')
coap=$(find models/mesh/stack/coap -name '*.c')
# shellcheck disable=SC2086
check core $core
# shellcheck disable=SC2086
check stack $core $stack
# shellcheck disable=SC2086
check application models/controller/application.c $core $coap
