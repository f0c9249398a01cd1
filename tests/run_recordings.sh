#!/bin/sh
# Runs with boards replay from their recordings to the same digest, without any board: in lock-step, in real time, with
# boards that come and go, and after a crash. A recording that is another board's is found out.
set -u
failures=0
cp "$DOMDOM_SOURCE/tests/cities/three_streets.geojson" streets.geojson
echo 'scenario{city = "streets.geojson", start = "2020-08-03 17:00", stop = "2021-08-03 17:00"}' >year.lua

complain() {
    printf '%s: %s\n' "$what" "$*"
    sed 's/^/  /' error.txt
    failures=$((failures + 1))
}

digest() {
    sed -n 's/.*"digest": "\([0-9a-f]*\)".*/\1/p' "$1/summary.json"
}

# play FOLDER OPTIONS...: a run in that folder; got is its status.
play() {
    folder=$1
    shift
    "$DOMDOM" run year.lua --out "$folder" --force "$@" >out.txt 2>error.txt
    got=$?
}

replays() {
    "$DOMDOM" replay "$1" --quiet >out.txt 2>error.txt || complain "the replay: status $?"
}

what='lock-step'
play plain --until 6h
[ $got -eq 0 ] || complain "the run without boards: status $got"
play steps --until 6h --board S-01=emulated:host --board S-02=emulated:host --act '40m unplug segment:S-01' \
    --act '60m plug segment:S-01' --act '90m reset segment:S-02' --act '100m detach segment:S-01' \
    --act '110m attach segment:S-01 emulated=host shadow' --act '150m unplug segment:S-01'
[ $got -eq 0 ] || complain "status $got"
[ "$(digest steps)" != "$(digest plain)" ] || complain 'what boards did left no trace'
[ "$(cd steps/boards && echo *)" = 'S-01.2.rec S-01.rec S-02.rec' ] || complain "recordings: $(ls steps/boards)"
replays steps

what="another board's recording"
cp -r steps other
cp other/boards/S-01.rec other/boards/S-02.rec
"$DOMDOM" replay other --quiet >out.txt 2>error.txt
got=$?
[ $got -eq 2 ] && grep -q 'S-02.rec: at .* told the board something else (start) .* (another start' error.txt || complain "status $got"

what='real time'
play paced --until 6s --speed 1 --board S-01=emulated:host --board S-02=emulated:host \
    --act '2s unplug segment:S-01' --act '3s plug segment:S-01' --act '4s override road:Hùng_Vương 50% 1h'
[ $got -eq 0 ] || complain "status $got"
grep -q 'lost (unplugged)' out.txt || complain 'no board was lost'
replays paced

what='crash'
"$DOMDOM" run year.lua --out crash --force --board S-01=emulated:host --board S-03=emulated:host >out.txt 2>error.txt &
process=$!
tries=0
while [ "$(cat crash/boards/*.rec 2>/dev/null | wc -c)" -lt 300000 ] && [ $tries -lt 300 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
kill -KILL $process
wait $process 2>/dev/null
"$DOMDOM" replay crash --out again --force >out.txt 2>error.txt
got=$?
[ $got -eq 1 ] && grep -q 'no digest to compare with' error.txt || complain "status $got"
grep -q "^the run was killed; its boards' recordings reach to 20" out.txt || complain 'it does not say how far it goes'
# Up to there it was the very run: in lock-step boards leave no trace, so that one without is the same.
reached=$(sed -n 's/.*"simulated_s": \([0-9]*\).*/\1/p' again/summary.json)
[ "$reached" -gt 3600 ] || complain "only up to $reached s"
play plain --until "${reached}s"
for table in lamp_light reading session traffic; do
    query="select count(*), sum(t_ns % 1000003 * entity) from $table where t_ns < ${reached}000000000"
    [ "$(sqlite3 again/run.sqlite "$query")" = "$(sqlite3 plain/run.sqlite "$query")" ] ||
        complain "up to $reached s the replay is another run: $table"
done

what='shown'
"$DOMDOM" board replay steps/boards/S-02.rec >out.txt 2>error.txt || complain "status $?"
grep -q '^segment  S-02 of Three streets' out.txt && grep -q '^entries  2 starts' out.txt || complain "$(cat out.txt)"
"$DOMDOM" board replay steps/boards/S-02.rec --list --from 18:30 --until 18:31 >out.txt 2>error.txt || complain "status $?"
grep -q '^2020-08-03 18:30:.*  start  ' out.txt || complain 'its second start is not in the list'
grep '^2020' out.txt | grep -qv '^2020-08-03 18:3[01]:' && complain 'it lists other times'
"$DOMDOM" board replay year.lua >out.txt 2>error.txt
got=$?
[ $got -eq 2 ] && grep -q 'no recording of a board' error.txt || complain "of no recording: status $got"

what='against'
"$DOMDOM" board replay steps/boards/S-02.rec --against emulated:host >out.txt 2>error.txt || complain "status $?"
grep -q 'messages compared: no divergence' out.txt || complain "$(cat out.txt)"
# Another firmware, told the same: the kit's example, which says nothing to the centre.
firmware=$DOMDOM_BUILD/domdom-board-example.elf
if [ -f "$firmware" ] && command -v qemu-system-arm >/dev/null; then
    "$DOMDOM" board replay steps/boards/S-02.rec --against "$firmware" --until 17:30 >out.txt 2>error.txt
    got=$?
    [ $got -eq 1 ] && grep -q '^first divergence: missing at 2020-08-03 17:00:00.000: line hello' out.txt ||
        complain "another firmware: status $got"
fi
"$DOMDOM" board replay steps/boards/S-02.rec --against /nowhere/at/all >out.txt 2>error.txt
got=$?
[ $got -eq 3 ] && grep -q '/nowhere/at/all' error.txt || complain "a board that is not there: status $got"
"$DOMDOM" board replay steps/boards/S-02.rec --against emulated:host --from 400d >out.txt 2>error.txt
got=$?
[ $got -eq 2 ] && grep -q 'nothing was compared' error.txt || complain "where nothing is said: status $got"
head -c 100 steps/boards/S-02.rec >stump.rec
"$DOMDOM" board replay stump.rec >out.txt 2>error.txt
got=$?
[ $got -eq 2 ] && grep -q 'stump.rec: was cut off before' error.txt || complain "nothing whole: status $got"

what='between a board and its twin'
"$DOMDOM" board emulate --machine host --serial "TAP-$$" >emulate.txt 2>&1 &
emulate=$!
tries=0
while ! grep -q "TAP-$$" emulate.txt && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
"$DOMDOM" board record "TAP-$$" --out wire.rec --link "$PWD/board" >record.txt 2>error.txt &
record=$!
tries=0
while [ ! -e board ] && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
play tapped --until 1h --board "S-01=$PWD/board"
[ $got -eq 0 ] || complain "the run through it: status $got"
kill -INT $record
wait $record || complain "board record: status $?"
kill -INT $emulate
wait $emulate
[ ! -e board ] || complain 'its link stays behind'
"$DOMDOM" board replay wire.rec >out.txt 2>error.txt || complain "status $?"
in_run=$("$DOMDOM" board replay tapped/boards/S-01.rec --frames | grep -c 'to board  .*grant')
on_wire=$("$DOMDOM" board replay wire.rec --frames | grep -c 'to board  .*grant')
[ "$in_run" -gt 100 ] && [ "$in_run" -eq "$on_wire" ] || complain "$on_wire grants of $in_run"

exit $failures
