#!/bin/sh
# The options of `domdom run` and `domdom replay`: what they take, what they refuse and how.
set -u
failures=0
export LC_ALL=C.UTF-8

cp "$DOMDOM_SOURCE/tests/cities/three_streets.geojson" streets.geojson
cat >case.lua <<'END'
scenario{city = "streets.geojson", start = "2020-08-03 17:00", stop = "17:10"}
local count, word, flag = param("count", 5), param("word", "x"), param("flag", true)
at("17:01", function() note("count " .. count .. ", word " .. word .. ", flag " .. tostring(flag)) end)
expect{name = "dark by day", at = "17:05", measure = "lamps.lit", at_most = 0}
END

complain() {
    printf '%s\n' "$*"
    sed 's/^/  /' out.txt error.txt | cut -c 1-200
    failures=$((failures + 1))
}

# good PATTERN ARGUMENTS...: ends with 0 and prints the pattern on stdout.
good() {
    pattern=$1
    shift
    timeout -s KILL 60 "$DOMDOM" "$@" >out.txt 2>error.txt
    got=$?
    [ $got -eq 0 ] && grep -qE -e "$pattern" out.txt ||
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

# json ARGUMENTS...: ends with 0, JSON alone on stdout, nothing on stderr.
json() {
    "$DOMDOM" "$@" --json >out.txt 2>error.txt
    got=$?
    [ $got -eq 0 ] && [ ! -s error.txt ] && is_json out.txt ||
        complain "domdom $* --json: status $got (expected 0), or more or less than JSON:"
}

# By whom is at hand; SQLite is there, the run file needs it.
is_json() {
    [ "$(sqlite3 :memory: "select json_valid(cast(readfile('$1') as text))")" = 1 ]
}

good 'seed 77, digest' run case.lua --seed 77
good 'seed 0, digest' run case.lua --seed=0
for value in -1 1.5 x '' 99999999999999999999; do
    refused 'must be a whole number from 0 on' run case.lua --seed "$value"
done

good '^360 s in' run case.lua --until 6m
good '^330 s in' run case.lua --until 5m30s
good '^480 s in' run case.lua --until 17:08
good '^480 s in' run case.lua --until '2020-08-03 17:08'
good '^7200 s in' run case.lua --until 2h
good '^1 expectation lies after the end' run case.lua --until 2m
for value in x '' 25:00 -5m 99999999d; do
    refused 'neither a duration \(90m\) nor a civil time' run case.lua --until "$value"
done
refused 'before the scenario.s start' run case.lua --until '2020-08-03 16:00'

good '^600 s in' run case.lua --speed 20000
good '^600 s in' run case.lua --speed max
for value in 0 -1 x nan inf 1e7 ''; do
    refused 'must be 0.001 to 1000000, or max' run case.lua --speed "$value"
done
good '^600 s in' run case.lua --threads 1
good '^600 s in' run case.lua --threads 256
for value in 0 -1 257 2.5 two ''; do
    refused 'must be a whole number from 1 to 256' run case.lua --threads "$value"
done

refused 'needs a terminal whose keys end the pause' run case.lua --paused --out paused </dev/null
[ -e paused ] && complain '--paused without a terminal left a folder'

good 'count 7, word a=b, flag false$' run case.lua --set count=7 --set word=a=b --set flag=false
good '^600 s in' run case.lua --set mesh.fade_db=3
refused "there is no parameter 'cuont', did you mean 'count'" run case.lua --set cuont=7
refused 'case\.lua:2: .*must be a number' run case.lua --set count=many
refused 'case\.lua:2: .*must be a number' run case.lua --set count=nan
refused 'case\.lua:2: .*must be a boolean' run case.lua --set flag=perhaps
refused 'write NAME=VALUE' run case.lua --set count
refused 'write NAME=VALUE' run case.lua --set =5
refused "no setting 'mesh.fade', did you mean 'mesh.fade_db'" run case.lua --set mesh.fade=3
refused 'out of range: it must be 0 to 20 dB' run case.lua --set mesh.fade_db=99
refused 'out of range: it must be 0 to 20 dB' run case.lua --set mesh.fade_db=nan
refused 'a setting is a number' run case.lua --set mesh.fade_db=x

for moment in 17:05 5m '2020-08-03 17:05'; do
    rm -rf acted
    good '^600 s in' run case.lua --act "$moment override road:Đồng_Khởi 50% 2m" --out acted
    grep -q '"t":300000000000,"kind":"action","text":"override road:Đồng_Khởi 50% 2m"' acted/journal ||
        complain "--act '$moment ...': not in the journal:"
    good '^replayed: the same digest' replay acted
done
good 'no live alarm 3' run case.lua --act '17:05 acknowledge 3'
refused "no action 'overide', did you mean 'override'" run case.lua --act '17:05 overide city 50%'
refused "no road 'Dong Khoi', did you mean 'Đồng Khởi'" run case.lua --act '17:05 read road:Dong_Khoi'
refused "no fault 'breker', did you mean 'breaker'" run case.lua --act '17:05 fail feeder:F-003 breker'
refused "'cty' names nothing; write" run case.lua --act '17:05 read cty'
refused 'begins with its time' run case.lua --act '25:00 read city'
refused 'begins with its time' run case.lua --act 17:05
for moment in 16:00 17:11 sunset '2020-08-03 16:00'; do
    refused 'does not lie within the run' run case.lua --act "$moment read city"
done

captured() {
    rm -rf captured
    good '^600 s in' run case.lua --out captured "$@"
}
refused 'writes into the run.s folder; name one by --out' run case.lua --capture
refused 'writes into the run.s folder; name one by --out' run case.lua --capture-at L-0001
refused 'capture-segment says what .* add --capture' run case.lua --out none --capture-segment S-01
refused 'capture-until says what .* add --capture' run case.lua --out none --capture-until 5m
refused "no segment 'S-1', did you mean 'S-01'" run case.lua --out none --capture --capture-segment S-02,S-1
refused "no node 'L-00001', did you mean 'L-0001'" run case.lua --out none --capture-at L-00001
refused "capture-from: '9x' is no moment" run case.lua --out none --capture --capture-from 9x
refused 'capture-until 11m: .* within the run' run case.lua --out none --capture --capture-until 11m
refused 'lies before --capture-from 17:05' run case.lua --out none --capture --capture-from 17:05 --capture-until 2m
[ ! -e none ] || complain 'a run that was refused left a folder'
captured --capture --capture-segment S-02,S-01 --capture-from 1m --capture-until 17:02
[ -s captured/air.pcapng ] && [ ! -e captured/air-at.pcapng ] || complain '--capture: not one file:'
captured --capture-at S-01 --capture-from 1m
[ -s captured/air-at.pcapng ] && [ ! -e captured/air.pcapng ] || complain '--capture-at: not one file:'
good '^600 s in' run case.lua --out captured --force
[ ! -e captured/air-at.pcapng ] || complain 'a capture of the earlier run is left:'

json run case.lua
json replay acted
grep -q '"verdict": "pass"' out.txt || complain 'replay --json: not the summary:'
for command in 'run case.lua' 'replay acted'; do
    "$DOMDOM" $command --quiet >out.txt 2>error.txt || complain "$command --quiet fails:"
    [ ! -s out.txt ] && [ ! -s error.txt ] || complain "$command --quiet says something:"
done

refused "no option '--jsn', did you mean '--json'" run case.lua --jsn
refused "no option '--seed', did you mean" replay acted --seed 3
refused '--out needs a value' run case.lua --out
refused '--quiet takes no value' run case.lua --quiet=1
refused "needs a scenario; 'domdom help run'" run
refused "one scenario at a time: what is 'b'" run case.lua b
refused "needs a run.s folder; 'domdom help replay'" replay
refused 'absent/journal: cannot be read .*; name a folder' replay absent
refused 'case.lua/journal: cannot be read .*; name a folder' replay case.lua
[ $failures -eq 0 ]
