#!/bin/sh
# `domdom board emulate`: boards that are found by their serials and greet, from a registry and
# behind pseudo-terminals that are gone when it ends, however it ends.
set -eu
XDG_RUNTIME_DIR=$PWD/runtime
export XDG_RUNTIME_DIR
rm -rf "$XDG_RUNTIME_DIR"
mkdir -m 700 "$XDG_RUNTIME_DIR"
emulation=0
trap 'kill -9 $emulation 2>/dev/null || :' EXIT

fail() {
    echo "$*"
    exit 1
}

# begin WORD...: emulates, and waits until that is said.
begin() {
    rm -f said # of the one before
    "$DOMDOM" board emulate "$@" >said 2>errors &
    emulation=$!
    tries=0
    until grep -qs Ctrl-C said; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || fail "no boards after ten seconds: $(cat errors)"
        sleep 0.1
    done
}

well() {
    "$DOMDOM" board list --wait 10 | grep -c "^$1.* well " || :
}

[ "$(well SEG)" = 0 ] || fail 'boards are there before any was started'
begin 3 --serial SEG-0099 --machine host
[ "$(well SEG-0099)$(well SEG-0100)$(well SEG-0101)" = 111 ] || fail 'not three, by their serials'
if "$DOMDOM" board emulate --serial SEG-0100 --machine host 2>again; then
    fail 'the same serial twice'
fi
grep -q 'SEG-0100 is there already' again || fail "the same serial twice: $(cat again)"
kill -INT $emulation
wait $emulation || fail "Ctrl-C: status $?"
[ "$(well SEG)" = 0 ] || fail 'boards are there after Ctrl-C'
[ -z "$(ls "$XDG_RUNTIME_DIR/domdom/boards")" ] || fail 'the registry is not empty after Ctrl-C'

begin 2 --machine lm3s6965evb --serial QEMU
[ "$(well QEMU-1)$(well QEMU-2)" = 11 ] || fail 'not two under QEMU'
boards=$(cat "/proc/$emulation/task/$emulation/children")
kill -9 $emulation
wait $emulation 2>/dev/null || :
sleep 0.3
for board in $boards; do
    ! readlink "/proc/$board/exe" || fail "QEMU ($board) has outlived whoever started it"
done
[ "$(well QEMU)" = 0 ] || fail 'boards are there after kill -9'
begin --machine lm3s6965evb --serial QEMU-1 # nothing is left in its way

for board in $(cat "/proc/$emulation/task/$emulation/children"); do kill -9 "$board"; done
status=0
wait $emulation || status=$?
[ $status = 3 ] || fail "its only board has died: status $status"
grep -q 'QEMU-1: .*has ended' errors || fail "its only board has died: $(cat errors)"

for words in '0' 'many' '--machine pdp11' '--firmware /no/such.elf' '--serial a/b'; do
    status=0
    # shellcheck disable=SC2086 # several words
    "$DOMDOM" board emulate $words >said 2>errors || status=$?
    [ $status = 2 ] || fail "emulate $words: status $status"
    [ -s errors ] || fail "emulate $words: no word of what was wrong"
done
