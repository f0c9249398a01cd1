#!/bin/sh
# `domdom mesh`: what it tells of a run in a folder and of a scenario, and what it refuses and how.
set -u
failures=0
export LC_ALL=C.UTF-8

cp "$DOMDOM_SOURCE/tests/cities/three_streets.geojson" streets.geojson
cat >case.lua <<'END2'
scenario{city = "streets.geojson", start = "2020-08-03 17:00", stop = "17:10"}
END2

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

# field EXPRESSION: of the JSON in out.txt.
field() {
    sed -n "s/^ *\"$1\": \(.*[^,]\),*$/\1/p" out.txt | head -n 1
}

rm -rf run kept temporary && mkdir temporary
"$DOMDOM" run case.lua --out run --quiet || exit 1
good '^case.lua, 2020-08-03 17:00:00 to 2020-08-03 17:10:00$' mesh run
[ "$(grep -c '^S-[0-9]' out.txt)" -eq "$("$DOMDOM" city list segments streets.geojson | wc -l)" ] ||
    complain 'not a row a segment'
good '^routes$' mesh run --segment S-03
good 'routes as of 2020-08-03 17:05:00$' mesh run --segment S-03 --at 17:05
good 'routes as of 2020-08-03 17:05:00$' mesh run --segment=S-03 --at=5m --lost --worst 3
good '"by_hops": ' mesh run --json
sent=$(sqlite3 run/run.sqlite 'SELECT count(*) FROM mesh_message')
got=$(sqlite3 run/run.sqlite 'SELECT count(*) FROM mesh_message WHERE outcome = 0')
[ "$(field messages)" = "$sent" ] && [ "$(field delivered)" = "$got" ] ||
    complain "messages: $(field messages) and $(field delivered), run.sqlite has $sent and $got"

# A scenario is played into a folder of its own, which goes away unless it is asked for.
TMPDIR=$PWD/temporary good '17:00:00 to 2020-08-03 17:03:00$' mesh case.lua --until 3m --seed 7
[ -z "$(ls temporary)" ] || complain 'a temporary folder stays behind'
good '17:00:00 to 2020-08-03 17:03:00$' mesh case.lua --until 3m --out kept
[ -s kept/run.sqlite ] || complain '--out: no run was kept'
TMPDIR=$PWD/absent timeout 60 "$DOMDOM" mesh case.lua >out.txt 2>error.txt
[ $? -eq 3 ] && grep -q 'absent/domdom_mesh_' error.txt || complain 'no place for the run: not 3'

refused "needs a scenario or the folder of a run" mesh
refused "one scenario or folder at a time: what is 'b'" mesh run b
refused 'temporary: holds no run.sqlite; name the folder of a run' mesh temporary
refused "no segment 'S-3', did you mean 'S-03'" mesh run --segment S-3
refused "'25:00' is neither a duration since the start" mesh run --at 25:00
refused "'11m' lies after the run's end" mesh run --at 11m
refused "no option '--segmnt', did you mean '--segment'" mesh run --segmnt S-03
refused '--worst -1: must be a whole number' mesh run --worst -1
refused '--lost takes no value' mesh run --lost=1
refused '--at needs a value' mesh run --at
refused '--seed is for playing a scenario; run is a run that was played' mesh run --seed 3
refused 'absent.lua' mesh absent.lua
printf 'UPDATE meta SET value = 1 WHERE key = "schema";' | sqlite3 run/run.sqlite
refused 'left by another version of domdom .schema 1; .* domdom replay run --out' mesh run
[ $failures -eq 0 ]
