#!/bin/sh
# One digest for First Night, whatever does not belong to the run: repetition, outputs, pacing,
# place, language, time zone, build; and another one for another seed.
set -u
failures=0
night=$DOMDOM_SOURCE/scenarios/first_night.lua

# digest COMMAND...: the digest that it prints, as text or as JSON.
digest() {
    "$@" 2>/dev/null | sed -n 's/.*digest"*:* "*\([0-9a-f]\{32\}\).*/\1/p'
}

wanted=$(digest "$DOMDOM" run "$night")
[ -n "$wanted" ] || { echo 'First Night prints no digest'; exit 1; }

# same WHAT DIGEST
same() {
    [ "$2" = "$wanted" ] && return
    printf '%s: digest %s, expected %s\n' "$1" "$2" "$wanted"
    failures=$((failures + 1))
}

rm -rf run run2
same 'with --out' "$(digest "$DOMDOM" run "$night" --out run)"
same 'summary.json' "$(digest cat run/summary.json)"
grep -q '"verdict": "pass"' run/summary.json || { echo 'First Night does not pass'; failures=1; }
same 'on two threads' "$(digest "$DOMDOM" run "$night" --threads 2 --out run2)"
same 'a replay' "$(digest "$DOMDOM" replay run | sort -u)"

# The run file row by row, in the order in which the rows were written.
for run in run run2; do
    sqlite3 $run/run.sqlite .dump >$run.txt
done
if [ ! -s run.txt ] || ! cmp run.txt run2.txt; then
    echo 'one thread and two leave different rows in the run file'
    failures=$((failures + 1))
fi

# The first hour and a half, at some speeds, in some places; nodes that find each other as well.
wanted=$(digest "$DOMDOM" run "$night" --until 18:30)
rm -rf run
same 'with a capture' "$(digest "$DOMDOM" run "$night" --until 18:30 --out run --capture --capture-at S-01)"
same 'its replay' "$(digest "$DOMDOM" replay run | sort -u)"
same 'with --json' "$(digest "$DOMDOM" run "$night" --until 18:30 --json)"
same 'another folder' "$(cd "$DOMDOM_SOURCE/scenarios" && digest "$DOMDOM" run first_night.lua --until 18:30)"
same 'another place' "$(TZ=America/New_York LC_ALL=C LANG=fr_FR.UTF-8 digest "$DOMDOM" run "$night" --until 18:30)"
same 'a small stack and no environment' "$(ulimit -s 1024; digest env -i "$DOMDOM" run "$night" --until 18:30)"
for speed in 20000 1000000; do
    same "at speed $speed" "$(digest "$DOMDOM" run "$night" --until 18:30 --speed $speed)"
done
[ "$(digest "$DOMDOM" run "$night" --until 18:30 --seed 2)" != "$wanted" ] ||
    { echo 'seeds 1 and 2 give the same digest'; failures=1; }

# The other build, when there is one and it is not older than the sources.
for other in debug release; do
    binary=$DOMDOM_SOURCE/build/$other/domdom
    [ -x "$binary" ] && [ ! "$binary" -ef "$DOMDOM" ] || continue
    newer=$(cd "$DOMDOM_SOURCE" && find engine models lua -type f -newer "$binary")
    [ -n "$newer" ] || same "the $other build" "$(digest "$binary" run "$night" --until 18:30)"
done

wanted=$(digest "$DOMDOM" run "$night" --until 17:30 --set mesh.cold_start=1)
rm -rf run
same 'from cold, on two threads' \
    "$(digest "$DOMDOM" run "$night" --until 17:30 --set mesh.cold_start=1 --threads 2 --out run)"
same 'from cold, a replay' "$(digest "$DOMDOM" replay run | sort -u)"

# Weather and lightning: nature's and a scenario's.
storm=$DOMDOM_SOURCE/scenarios/lightning.lua
wanted=$(digest "$DOMDOM" run "$storm" --set nature.on=1 --until 19:45)
rm -rf run
same 'a thunderstorm, on two threads' \
    "$(digest "$DOMDOM" run "$storm" --set nature.on=1 --until 19:45 --threads 2 --out run)"
same 'a thunderstorm, a replay' "$(digest "$DOMDOM" replay run | sort -u)"
[ "$(sqlite3 run/run.sqlite 'select count(*) from strike')" -gt 0 ] || { echo 'no lightning'; failures=1; }
[ $failures -eq 0 ]
