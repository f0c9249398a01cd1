#!/bin/sh
# `domdom energy` and `domdom light`: what they tell of a run and of a city, and what they refuse.
set -u
failures=0
export LC_ALL=C.UTF-8

cp "$DOMDOM_SOURCE/tests/cities/three_streets.geojson" streets.geojson
cat >case.lua <<'END'
scenario{city = "streets.geojson", start = "2021-01-01 12:00", stop = "2021-01-02 12:00"}
set{["mesh.off"] = 1, ["centre.poll_s"] = 0, ["account.tariff_vnd"] = 2000}
END

complain() {
    printf '%s\n' "$*"
    sed 's/^/  /' out.txt error.txt | cut -c 1-200 | head -n 20
    failures=$((failures + 1))
}

# good PATTERN ARGUMENTS...: ends with 0, prints the pattern on stdout and nothing on stderr.
good() {
    pattern=$1
    shift
    timeout -s KILL 60 "$DOMDOM" "$@" >out.txt 2>error.txt
    got=$?
    [ $got -eq 0 ] && [ ! -s error.txt ] && grep -qE -e "$pattern" out.txt ||
        complain "domdom $*: status $got (expected 0), or no /$pattern/:"
}

# refused PATTERN ARGUMENTS...: ends with 2, prints nothing on stdout and one message on stderr.
refused() {
    pattern=$1
    shift
    timeout -s KILL 60 "$DOMDOM" "$@" >out.txt 2>error.txt
    got=$?
    [ $got -eq 2 ] && [ ! -s out.txt ] && [ "$(wc -l <error.txt)" -eq 1 ] &&
        grep -qE -e "^domdom: .*$pattern" error.txt ||
        complain "domdom $*: status $got (expected 2), or not one /$pattern/:"
}

# sums FILE COLUMN: of a table's rows before the city's, and the city's.
sums() {
    awk -v c="$2" '/^the city/ { print sum, $(c + 1); exit } started { sum += $c } / lamps /{ started = 1 }' "$1"
}

rm -rf run
"$DOMDOM" run case.lua --out run --quiet || exit 1
good '2021-01-01 12:00:00 to 2021-01-02 12:00:00: 12.5 h of darkness$' energy run
good '2000 VND/kWh and 10 % VAT' energy run --by road
for by in lamp feeder road ward; do
    good '^the city ' energy run --by $by
    sums out.txt 2 | awk '{ exit $1 != $2 || !$2 }' || complain "--by $by: lamps do not add up"
done
lamps=$("$DOMDOM" city list lamps streets.geojson | wc -l)
good "\"lamps\": $lamps," energy run --json
kwh=$(sqlite3 run/run.sqlite 'SELECT round(sum(energy) / 1000, 3) FROM lamp_energy')
grep -q "\"energy_kwh\": $kwh" out.txt || complain "not the $kwh kWh of the lamps' records"
refused "there is no grouping 'rod', did you mean 'road'" energy run --by rod
refused 'needs the folder of a run' energy
refused 'holds no run.sqlite' energy .
refused "there is no option '--jsn'" energy run --jsn

# A meter that drifts is found by nothing but its nodes.
cat >drift.lua <<'END'
scenario{city = "streets.geojson", start = "2021-01-01 12:00", stop = "2021-01-03 12:00"}
set{["mesh.off"] = 1, ["centre.poll_s"] = 0, ["power.meter_drift"] = 20}
local drifting = feeders():first(1)
at("2021-01-01 13:00", function() drifting:fail("meter_drift") end)
END
good ' 0 part by more than 2 % from their nodes' energy run
"$DOMDOM" run drift.lua --out drift --force --quiet || exit 1
good ' 1 part by more than 2 % from their nodes' energy drift
grep -qE "^$("$DOMDOM" city list feeders streets.geojson | head -n 1 | cut -d ' ' -f 1) .* -[0-9]" out.txt ||
    complain 'not the feeder whose meter drifts'

# In minutes nodes that count whole watt-hours leave some uncounted.
sed -e 's/start = .*}/start = "2021-01-01 19:00", stop = "19:12"}/' -e '/fail/d' drift.lua >minutes.lua
"$DOMDOM" run minutes.lua --out minutes --force --quiet || exit 1
good ' meters 0 part by more than 2 % from their nodes' energy minutes

# Neither new luminaires with new nodes, nor lamps that had none, make a meter drift.
cat >refit.lua <<'END'
scenario{city = "streets.geojson", start = "2021-01-01 12:00", stop = "2021-01-02 12:00"}
set{["mesh.off"] = 1, ["centre.poll_s"] = 0}
at("23:00", function() feeders():first(1):lamps():refit("LED-street-150") end)
END
"$DOMDOM" run refit.lua --out refit --force --quiet || exit 1
good '^Of [0-9]+ feeders. meters 0 part by more than 2 % from their nodes' energy refit
sed -e 's/set{/set{["light.before"] = 1, /' refit.lua >sodium.lua
"$DOMDOM" run sodium.lua --out sodium --force --quiet || exit 1
good 'No feeder has both a meter and nodes. meters to compare' energy sodium

good '^road +class' light
good ' 100 %' light streets.geojson
good '"roads": ' light streets.geojson --level 50 --json
refused 'must be a number from 0 to 100' light --level 101
refused "there is no road 'Dong Khoi', did you mean 'Đồng Khởi'" light --road 'Dong Khoi'
[ $failures -eq 0 ]
