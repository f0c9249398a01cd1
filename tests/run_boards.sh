#!/bin/sh
# Boards in controllers' places: in lock-step the city does not notice; unplugged, reset, without
# supply and back, each as its policy says; in real time they keep their deadlines; and every run
# replays without them. The boards are host processes of the reference firmware.
set -eu

fail() {
    echo "run_boards: $*" >&2
    exit 1
}

# has FILE TEXT
has() {
    grep -qF -- "$2" "$1" || {
        cat "$1" >&2
        fail "'$2' is missing in $1"
    }
}

digest() {
    sed -n 's/.*"digest": "\([0-9a-f]*\)".*/\1/p' "$1/summary.json"
}

# runs STATUS COMMAND...: its output goes to the file `said`.
runs() {
    wanted=$1
    shift
    status=0
    timeout 100 "$DOMDOM" "$@" >said 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || {
        cat said >&2
        fail "'$*' ended with status $status, not $wanted"
    }
}

cp "$DOMDOM_SOURCE/tests/cities/three_streets.geojson" streets.geojson
cat >plain.lua <<'LUA'
scenario{ city = "streets.geojson", start = "2020-08-03 17:30", stop = "18:40" }
expect{ name = "lit", measure = "lamps.lit", at_least = 0 }
LUA
rm -rf plain boards unplugged live

# The city does not notice boards in lock-step, whatever the number of threads.
runs 0 run plain.lua --out plain
runs 0 run plain.lua --board S-01=emulated:host --board S-02=emulated:host,shadow --out boards
has said "board of S-01: at work"
has said "no divergence"
[ "$(digest plain)" = "$(digest boards)" ] || fail "the digest is another with boards"
runs 0 replay boards
has said "the same digest"
rm -r boards
runs 0 run plain.lua --board S-01=emulated:host --threads 3 --out boards
[ "$(digest plain)" = "$(digest boards)" ] || fail "the digest is another with boards and threads"

# What an instructor does to boards, and what comes of it.
cat >unplugged.lua <<'LUA'
scenario{ city = "streets.geojson", start = "2020-08-03 17:30", stop = "18:40" }
local shadowed, waits, cold = segment("S-01"), segment("S-02"), segment("S-03")
shadowed:attach{ emulated = "host", shadow = true }
waits:attach{ emulated = "host", on_lost = "wait" }
cold:attach{ emulated = "host" }
local seen = {}
at("17:40", function()
    shadowed:unplug() waits:unplug() cold:unplug()
    for _, it in ipairs{ shadowed, waits, cold } do
        local board = it:board()
        seen[#seen + 1] = board.state .. " " .. board.verdict .. " " .. board.seat
    end
end)
at("17:50", function() shadowed:plug() waits:plug() cold:plug() end)
at("18:00", function() shadowed:reset_board() end)
at("18:10", function() waits:power_board(false) end)
at("18:15", function() waits:power_board(true) shadowed:wire{ drop = 0.02, duplicate = 0.1 } end)
local function is(i, text) return function() return seen[i] == text and 1 or 0 end end
expect{ name = "shadow takes over", measure = is(1, "lost unplugged shadow"), equals = 1 }
expect{ name = "nobody is there", measure = is(2, "lost unplugged nobody"), equals = 1 }
expect{ name = "cold start", measure = is(3, "lost unplugged cold"), equals = 1 }
expect{ name = "at work", measure = "boards.at_work", equals = 3 }
expect{ name = "losses", measure = "boards.losses", equals = 5 }
expect{ name = "no divergence", measure = function() return shadowed:board().divergences end, equals = 0 }
expect{ name = "compared", measure = "boards.compared", at_least = 100 }
LUA
runs 0 run unplugged.lua --out unplugged
first=$(digest unplugged)
runs 0 replay unplugged
has said "the same digest"
runs 0 run unplugged.lua --out unplugged --force
[ "$first" = "$(digest unplugged)" ] || fail "the same boards, unplugged alike, give another digest"

# A run that is to fail with its board does; one whose board never comes goes on without it.
runs 3 run plain.lua --board S-01=emulated:host,on_lost=fail --act '5m unplug segment:S-01' --quiet
has said "segment S-01 has lost its board (unplugged)"
runs 3 run plain.lua --board S-01="$PWD/nothing,on_lost=fail,find=200ms" --quiet
has said "its board is missing (not_found)"
runs 3 run plain.lua --board S-01="$PWD,on_lost=fail,find=200ms" --quiet
has said "no serial port"
rm -f mute
setpriv --pdeathsig KILL "$(dirname "$DOMDOM")/domdom-board" --link "$PWD/mute" >/dev/null &
mute=$!
until [ -e mute ]; do sleep 0.05; done
kill -STOP $mute
runs 3 run plain.lua --board S-01="$PWD/mute,on_lost=fail,find=1s" --quiet
has said "its board is missing (no_hello)"
kill -KILL $mute
rm -r boards
runs 0 run plain.lua --board S-01="$PWD/nothing,find=200ms" --out boards
[ "$(digest plain)" = "$(digest boards)" ] || fail "a board that is not there changes the run"

# What is wrong is said.
runs 2 run plain.lua --board S-99=emulated:host
has said "there is no segment 'S-99'"
runs 2 run plain.lua --board S-01=emulated:host,on_lost=fallbak
has said "did you mean 'fallback'"
runs 2 run plain.lua --board S-01=emulated:hst
has said "did you mean 'host'"
cat >wrong.lua <<'LUA'
scenario{ city = "streets.geojson", start = "2020-08-03 17:30", stop = "18:40" }
segment("S-01"):attach{ seral = "SEG-0042" }
LUA
runs 2 run wrong.lua
has said "wrong.lua:2:"
has said "did you mean 'serial'"
cat >wrong.lua <<'LUA'
scenario{ city = "streets.geojson", start = "2020-08-03 17:30", stop = "18:40" }
at("17:40", function() segment("S-02"):unplug() end)
LUA
runs 2 run wrong.lua
has said "segment S-02 has no board; attach one first"

# In real time they keep their deadlines, and what they said replays. What cannot be had on a busy
# machine is not asked for: that there are no overruns.
cat >live.lua <<'LUA'
scenario{ city = "streets.geojson", start = "2020-08-03 18:00", stop = "18:30" }
for i = 1, 3 do segment("S-0" .. i):attach{ emulated = "host", shadow = i == 1 } end
expect{ name = "at work", at = "18:00:06", measure = "boards.at_work", equals = 3 }
expect{ name = "deadlines", at = "18:00:06", measure = "boards.deadlines", at_least = 60 }
expect{ name = "the centre knows them", at = "18:00:06", measure = function()
    return #desk.alarms{ what = "controller_silent" } end, equals = 0 }
LUA
runs 0 run live.lua --speed 1 --until 7s --out live
has said "in real time"
runs 0 replay live
has said "the same digest"

# While the run is stopped a board's clock runs on, and its shadow's is set by it afterwards: all in
# all by more than its times may differ (1 s).
cat >stopped.lua <<'LUA'
scenario{ city = "streets.geojson", start = "2020-08-03 18:00", stop = "18:30" }
for i = 1, 3 do segment("S-0" .. i):attach{ emulated = "host", shadow = true } end
LUA
timeout 60 "$DOMDOM" run stopped.lua --speed 1 --until 6s --out stopped --force >said 2>&1 &
run=$!
for before in 2 0.4; do # each shorter than what a board takes for the twin's end
    sleep $before
    pkill -STOP -P $run
    sleep 0.7
    pkill -CONT -P $run
done
wait $run || fail "a run that was stopped for a while does not come to its end"
if grep -F "clock_ms: expected" said; then
    fail "a run that was stopped for a while finds that times differ"
fi
