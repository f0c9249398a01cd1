#!/bin/sh
# The conformance battery on the reference firmware for a Cortex-M, under QEMU, as a user runs it.
set -eu
[ -f "$DOMDOM_BUILD/domdom-board-lm3s6965evb.elf" ] || { echo "the firmware is not built"; exit 1; }

"$DOMDOM" board test emulated --junit junit.xml >report
grep -Eq '^emulated: .* 0 failed' report
cases=$(grep -c '<testcase' junit.xml)
[ "$cases" -ge 60 ] || { echo "only $cases cases in junit.xml"; exit 1; }
if grep -q '<failure' junit.xml; then echo "junit.xml tells of failures that the report does not"; exit 1; fi

# What is wrong is told apart: a case that there is not, a board that there is not, nobody there.
told() { # the least status, the error's words, the arguments
    least=$1 words=$2 status=0
    shift 2
    "$DOMDOM" board test "$@" >out 2>err || status=$?
    if [ "$status" -lt "$least" ] || ! grep -q "$words" err; then
        echo "board test $*: status $status, not '$words': $(cat err)"
        exit 1
    fi
}
told 2 'there is no such case' emulated:host --only 199
told 2 '/dev/null' /dev/null
told 2 'which board'

# A board with flash of its own borrows none, and keeps its log there.
"$DOMDOM_BUILD/domdom-board" --flash flash --link board >/dev/null &
board=$!
trap 'kill $board' EXIT
while ! [ -e board ]; do sleep 0.05; done
"$DOMDOM" board test ./board --only 600,700,1200,904,907 --junit own.xml >own || { cat own; exit 1; }
! grep -q 'name="90' own.xml
grep -q 'name="1206' own.xml
[ "$(tr -d '\000' <flash | wc -c)" -gt 1000 ] || { echo "nothing was kept in its own flash"; exit 1; }

# One case, as JSON.
"$DOMDOM" board test emulated:host --only 101 --json >one.json
grep -q '"result": "passed"' one.json
echo "$cases cases"
