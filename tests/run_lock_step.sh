#!/bin/sh
# Lock-step: emulated boards leave no trace in the city, sixteen of them neither; bad wires, a pulled
# cable and a reset give the same night whatever the board is made of and however often it is played.
set -eu

fail() {
    echo "$*" >&2
    exit 1
}

# play WORD...: runs, and prints the digest.
play() {
    "$DOMDOM" run "$@" --json >summary 2>errors || fail "$*: status $?: $(tail -n 3 errors)"
    sed -n 's/^ *"digest": "\([0-9a-f]*\)".*/\1/p' summary
}

night=$DOMDOM_SOURCE/scenarios/first_night.lua
boards='' n=1
while [ $n -le 16 ]; do
    boards="$boards --board S-$(printf %02d $n)=emulated:lm3s6965evb"
    n=$((n + 1))
done
without=$(play "$night" --until 10m)
# shellcheck disable=SC2086 # several words
with=$(play "$night" --until 10m $boards)
[ "$(grep -c '"in_step"' summary)" = 16 ] || fail "not sixteen boards in step: $(cat errors)"
if [ -z "$without" ] || [ "$with" != "$without" ]; then
    fail "sixteen boards: digest $with, without them $without"
fi

cable=$DOMDOM_SOURCE/tests/scenarios/board_cable.lua
first=$(play "$cable" --set machine=host)
again=$(play "$cable" --set machine=host)
other=$(play "$cable" --set machine=lm3s6965evb)
if [ -z "$first" ] || [ "$again" != "$first" ] || [ "$other" != "$first" ]; then
    fail "not the same twice: $first, again $again, on a Cortex-M3 $other"
fi
