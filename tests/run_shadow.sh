#!/bin/sh
# Shadow mode from end to end: a board that is as its shadow never parts from it, and leaves the
# digest alone, over bad wires too; boards whose firmware is another one are found out, each for what
# it does, alone and beside another board.
set -u
failures=0
odd=''
shown=''
trap 'kill $odd 2>/dev/null' EXIT

complain() {
    printf '%s: %s\n' "$what" "$*"
    [ "$what" = "$shown" ] || sed 's/^/  /' out.txt error.txt
    shown=$what
    failures=$((failures + 1))
}

digest() {
    sed -n 's/.*"digest": "\([0-9a-f]*\)".*/\1/p' "$1/summary.json"
}

cp "$DOMDOM_SOURCE/tests/cities/three_streets.geojson" streets.geojson
cat >evening.lua <<'END'
scenario{ city = "streets.geojson", start = "2020-08-03 18:00", stop = "2020-08-03 20:00" }
local here = segment("S-01")
local leeways = {
    level = { datagram = { level_pm = 50 } },
    slow = { datagram = { time_us = 1500000 }, line = { time_us = 1500000 }, contactors = { time_us = 1500000 } },
}
local way, path, other = param("way", "none"), param("path", ""), param("other", "")
if way ~= "none" then
    here:attach{ path = path ~= "" and path or nil, emulated = path == "" and "host" or nil,
        shadow = other ~= "" and { path = other } or true,
        leeway = leeways[param("leeway", "none")] }
    here:expect_no_divergence()
end
if way == "wires" then
    at("18:00", function() here:wire{ drop = 0.02, corrupt = 0.02, duplicate = 0.02, truncate = 0.01 } end)
end
if way == "trouble" then
    here:brown_out{ times = 2, every = "20m" }
    here:loose_cable{ times = 2, every = "20m" }
end
at("19:00", function() here:override(60, "20m") end)
END

# play FOLDER PARAMETER...: an evening; got is its status.
play() {
    folder=$1
    shift
    sets=''
    for set in "$@"; do sets="$sets --set $set"; done
    "$DOMDOM" run evening.lua --out "$folder" --force $sets >out.txt 2>error.txt
    got=$?
}

# odd_board WAY: path is where it is.
odd_board() {
    rm -f "$1.path"
    "$DOMDOM_BUILD/tests/odd_board" "$DOMDOM_BUILD/domdom-board" "$1" >"$1.path" &
    odd="$odd $!"
    tries=0
    while [ ! -s "$1.path" ] && [ $tries -lt 100 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
    path=$(cat "$1.path")
}

what='no board'
play plain
[ $got -eq 0 ] || complain "status $got"

what='a board as its shadow'
play same way=same
[ $got -eq 0 ] || complain "status $got"
[ "$(digest same)" = "$(digest plain)" ] || complain 'another digest than without it'
grep -q ' messages compared: no divergence' out.txt || complain 'no report'

what='bad wires'
play wires way=wires
[ $got -eq 0 ] || complain "status $got"
[ "$(digest wires)" = "$(digest plain)" ] || complain 'another digest than over a good one'
grep -Eq '"grants_repeated": *[1-9]' wires/summary.json || complain 'the wire was a good one'

what='a supply that fails and a loose cable'
play once way=trouble
[ $got -eq 0 ] || complain "status $got"
grep -Eq '"losses": *4' once/summary.json || complain 'not lost four times'
play twice way=trouble
[ "$(digest once)" = "$(digest twice)" ] || complain 'not the same again'

what='real time'
"$DOMDOM" run evening.lua --out paced --force --speed 1 --until 4s --set way=same --set leeway=slow >out.txt 2>error.txt
got=$?
[ $got -eq 0 ] || complain "status $got"
grep -Eq '^[1-9][0-9]* messages compared: no divergence' out.txt || complain 'a divergence, or nothing compared'

# parts WAY PATTERN: a board that is odd in that way is found out by that.
parts() {
    what="a board of another $1"
    odd_board "$1"
    play "$1" way="$1" path="$path"
    [ $got -eq 1 ] || complain "status $got"
    grep -Eq "^first divergence: $2" out.txt || complain "its first divergence is no $2"
    [ "$(grep -c '^  [ >] 2020-08-03 ' out.txt)" -eq 20 ] || complain 'not twenty messages around it'
    [ "$(grep -c '^  > 2020-08-03 ' out.txt)" -eq 1 ] || complain 'which of them it is is not shown'
    grep -Eq '"kind": *"[a-z]+"' "$1/summary.json" || complain 'summary.json has no divergence'
}
parts level 'different at 2020-08-03 19:00:[0-9.]*: 3416/1 command: expected 600, got 650'
parts mute 'missing at .*: line readings'
parts threshold 'unexpected at .*: datagram, lamp [0-9]+, CON'

what='another level that may be'
play leeway way=leeway leeway=level path="$(cat level.path)"
[ $got -eq 0 ] || complain "status $got"

what='the new firmware beside the old one'
kill $odd
odd=''
odd_board level
new=$path
rm -f old.path
"$DOMDOM_BUILD/domdom-board" --serial OLD >old.path &
odd="$odd $!"
while [ ! -s old.path ]; do sleep 0.05; done
play two way=two path="$new" other="$(cat old.path)"
[ $got -eq 1 ] || complain "status $got"
grep -Eq '^first divergence: different at 2020-08-03 19:00:[0-9.]*: 3416/1 command: expected 600, got 650' out.txt ||
    complain 'its first divergence is another'
grep -q 'other board' out.txt || complain 'which board said what is not told'

exit $((failures > 0))
