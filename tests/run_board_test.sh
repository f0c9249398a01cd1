#!/bin/sh
# The conformance battery on the reference firmware for a Cortex-M, under QEMU, as a user runs it.
set -eu
[ -f "$DOMDOM_BUILD/domdom-board-lm3s6965evb.elf" ] || { echo "the firmware is not built"; exit 1; }

"$DOMDOM" board test emulated --junit junit.xml >report
grep -Eq '^emulated: .* 0 failed' report
cases=$(grep -c '<testcase' junit.xml)
[ "$cases" -ge 60 ] || { echo "only $cases cases in junit.xml"; exit 1; }
! grep -q '<failure' junit.xml

# What is wrong is told apart: a case that there is not, a board that there is not, nobody there.
status=0
"$DOMDOM" board test emulated:host --only 199 >out 2>err || status=$?
[ $status = 2 ] && grep -q 'there is no such case' err
status=0
"$DOMDOM" board test /dev/null >out 2>err || status=$?
[ $status -ge 2 ] && grep -q '/dev/null' err
status=0
"$DOMDOM" board test >out 2>err || status=$?
[ $status = 2 ] && grep -q 'which board' err

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
