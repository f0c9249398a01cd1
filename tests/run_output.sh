#!/bin/sh
# The output folder: one that exists, cannot be made, or fills up in mid-run; and a reader of our
# lines who goes away. A run that breaks off keeps what it had.
set -u
failures=0
cp "$DOMDOM_SOURCE/tests/cities/three_streets.geojson" streets.geojson
cat >month.lua <<'END'
scenario{city = "streets.geojson", start = "2020-08-03 17:00", stop = "2020-09-03 17:00"}
expect{name = "dark by day", at = "17:30", measure = "lamps.lit", at_most = 0}
END

complain() {
    printf '%s\n' "$*"
    sed 's/^/  /' error.txt
    failures=$((failures + 1))
}

# expect STATUS PATTERN ARGUMENTS...: playing a month with these ends so, with one such message.
expect() {
    status=$1 pattern=$2
    shift 2
    timeout -s KILL 60 "$DOMDOM" run month.lua "$@" >out.txt 2>error.txt
    got=$?
    messages=$(grep -c '^domdom: ' error.txt)
    [ $got -eq "$status" ] && [ "$messages" -eq 1 ] && grep -qE "^domdom: .*$pattern" error.txt ||
        complain "$*: status $got (expected $status), $messages messages; none is /$pattern/:"
}

# kept FOLDER: what a run that broke off must have left.
kept() {
    grep -q '"verdict": "interrupted"' "$1/summary.json" || complain "$1/summary.json: no verdict"
    [ "$(sqlite3 "$1/run.sqlite" 'pragma integrity_check')" = ok ] ||
        complain "$1/run.sqlite is damaged"
    rows=$(sqlite3 "$1/run.sqlite" 'select count(*) from lamp_light')
    [ "${rows:-0}" -ge 44 ] || complain "$1/run.sqlite has kept $rows rows of lamp_light"
    "$DOMDOM" replay "$1" --quiet >out.txt 2>error.txt || complain "$1 cannot be replayed:"
}

rm -rf used file sealed limited
mkdir used sealed
echo mine >used/mine.txt
echo >file
expect 2 'exists and is not empty; .*--force' --out used
expect 2 'is a file, not a folder; choose' --out file
expect 2 'is a file, not a folder; choose' --out file/run
expect 2 'wants the name' --out ''
expect 3 'cannot make this folder .*; choose' --out /proc/domdom
if [ "$(id -u)" -ne 0 ]; then
    chmod 500 sealed
    expect 3 'cannot .*; choose' --out sealed/run
fi

"$DOMDOM" run month.lua --until 1h --out used --force --quiet >out.txt 2>error.txt || complain '--force: fails'
"$DOMDOM" run month.lua --until 1h --out used --force --quiet >out.txt 2>error.txt || complain '--force: fails'
[ "$(ls used | tr '\n' ' ')" = 'journal junit.xml mine.txt run.sqlite summary.json ' ] ||
    complain "--force: the folder has: $(ls used)"

# A disk that is full: files may not grow beyond 8 MiB, with the signal about it ignored.
(
    trap '' XFSZ
    ulimit -f 16384
    expect 3 'run\.sqlite: cannot write the run.s records .*; ' --out limited
    exit $failures
) || failures=$((failures + 1))
kept limited

# A real full disk, where mounting is allowed.
mkdir -p disk
if mount -t tmpfs -o size=8m domdom-test disk 2>/dev/null; then
    expect 3 'disk is full: free some space' --out disk/run
    kept disk/run
    umount disk
fi

# Who reads our lines goes away: the run goes on and is kept.
rm -rf piped
{
    "$DOMDOM" run month.lua --until 1d --out piped 2>error.txt
    echo $? >status.txt
} | true
[ "$(cat status.txt)" -eq 3 ] && grep -q '"verdict": "pass"' piped/summary.json ||
    complain "a closed pipe: status $(cat status.txt) (expected 3), $(ls piped)"
[ $failures -eq 0 ]
