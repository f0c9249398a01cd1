#!/bin/sh
# Ctrl-C, SIGTERM, a lost terminal and SIGKILL in mid-run: what the run had is kept, and replays to the same digest.
set -u
failures=0
night=$DOMDOM_SOURCE/scenarios/first_night.lua

complain() {
    printf 'SIG%s at speed %s: %s\n' "$signal" "$speed" "$*"
    sed 's/^/  /' error.txt
    failures=$((failures + 1))
}

# interrupt SCENARIO: plays it into the folder `run`, sends it $signal when its records are begun,
# and leaves its exit status in $got.
interrupt() {
    rm -rf run
    "$DOMDOM" run "$1" --out run --speed "$speed" >out.txt 2>error.txt &
    process=$!
    while kill -0 $process 2>/dev/null && [ ! -s run/journal ]; do sleep 0.1; done
    sleep 0.8
    kill -"$signal" $process
    wait $process 2>/dev/null
    got=$?
    check=$(sqlite3 run/run.sqlite 'pragma integrity_check; select value from meta where key = "complete"')
    [ "$check" = "$(printf 'ok\n0')" ] || complain "run.sqlite says: $check"
}

digest() {
    sed -n 's/.*"digest": "\([0-9a-f]*\)".*/\1/p' "$1/summary.json"
}

# A year of a little city, so that there is time at full speed too.
cp "$DOMDOM_SOURCE/tests/cities/three_streets.geojson" streets.geojson
echo 'scenario{city = "streets.geojson", start = "2020-08-03 17:00", stop = "2021-08-03 17:00"}' >year.lua

for signal in INT TERM HUP; do
    for speed in 600 max; do
        interrupt year.lua
        [ $got -eq 3 ] || complain "status $got, expected 3"
        [ "$(grep -c '^domdom: interrupted; what the run had is kept' error.txt)" -eq 1 ] ||
            complain 'it did not say one time that it was interrupted'
        grep -q '"verdict": "interrupted"' run/summary.json || complain 'no such verdict'
        if command -v xmllint >/dev/null; then
            xmllint --noout run/junit.xml || complain 'junit.xml is broken'
        fi
        rm -rf again
        "$DOMDOM" replay run --out again --quiet 2>error.txt || complain 'the replay differs'
        [ "$(digest run)" = "$(digest again)" ] || complain 'the replay left another digest'
        grep -q '"verdict": "interrupted"' again/summary.json || complain 'the replay has another verdict'
    done
done

signal=KILL speed=600
interrupt "$night"
[ "$(sqlite3 run/run.sqlite 'select count(*) > 0 from lamp_light')" = 1 ] ||
    complain 'run.sqlite has no records up to the last commit'
"$DOMDOM" replay run >out.txt 2>error.txt
got=$?
[ $got -eq 1 ] && grep -q 'no digest to compare with' error.txt ||
    complain "replay: status $got, and not that there is no digest:"
[ $failures -eq 0 ]
