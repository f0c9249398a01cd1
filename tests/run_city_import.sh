#!/bin/sh
# Files of every kind become cities that run at once: imported, checked, and played for an evening.
# What cannot become one is refused with one message, and leaves nothing behind.
set -u
failures=0
files=$DOMDOM_SOURCE/tests/cities/import

complain() {
    printf '%s\n' "$*"
    failures=$((failures + 1))
}

# good LAMPS FILE OPTIONS...: the file becomes a city of so many lamps, laid out as it should be, and
# lit after sunset.
good() {
    lamps=$1
    shift
    rm -f city.geojson
    "$DOMDOM" city import "$@" --out city.geojson >out.txt 2>error.txt ||
        complain "import $*: $(cat error.txt)"
    grep -q "luminaires  $lamps, " out.txt || complain "import $*: not $lamps lamps: $(cat out.txt)"
    "$DOMDOM" city check city.geojson >check.txt 2>&1 || complain "check of $*: $(cat check.txt)"
    cat >evening.lua <<'END'
scenario{name = "evening", city = "city.geojson", start = "2020-08-03 17:00", stop = "19:00"}
expect{name = "dark by day", at = "17:10", measure = "lamps.lit", at_most = 0}
expect{name = "lit", at = "18:50", measure = "lamps.lit", at_least = 95}
END
    "$DOMDOM" run evening.lua >run.txt 2>&1 || complain "run of $*: $(cat run.txt)"
}

# The grid of a town: 8 streets of 40 lamps, with wattages of their own, as lists have it.
awk 'BEGIN {
    print "id,lat,lon,power,height,street"
    for (s = 0; s < 8; s++)
        for (k = 0; k < 40; k++)
            printf "P%d-%d,%.6f,%.6f,%s,8,Street %d\n", s, k, 10.03 + s * 0.0009 + k % 2 * 0.00009,
                105.78 + k * 0.00027, k % 10 ? 60 + s : "", s + 1
}' >grid.csv
awk -F , 'NR == 1 { print "["; next } { printf "%s{\"id\":\"%s\",\"type\":\"Streetlight\",\"location\":{\"type\":\"GeoProperty\",\"value\":{\"type\":\"Point\",\"coordinates\":[%s,%s]}},\"powerRating\":{\"type\":\"Property\",\"value\":90}}\n", (NR > 2 ? "," : ""), $1, $3, $2 } END { print "]" }' grid.csv >grid.json
good 320 grid.csv
grep -qx 'note: 32 lamps without a wattage: taken as usual on their roads (75 W); first: line 2' error.txt ||
    complain "the notes are: $(cat error.txt)"
good 320 grid.json --name 'Cần Thơ' --utc 7
good 3 "$files/vn2000.csv" --crs EPSG:3405
good 73 "$files/streets.osm"
good 73 "$files/streets.osm.gz"
good 73 "$files/streets.osm.pbf"
good 11 "$files/points.geojson"

# The summary as JSON, and nothing else on the output.
"$DOMDOM" city import grid.csv --out city.geojson --json >summary.json 2>error.txt ||
    complain "--json: $(cat error.txt)"
grep -q '"luminaires": 320' summary.json && grep -q '"count": 32' summary.json || complain "--json: $(cat summary.json)"

# The same bytes every time.
cp city.geojson first.geojson
"$DOMDOM" city import grid.csv --out city.geojson >out.txt 2>&1
cmp -s first.geojson city.geojson || complain 'another city the second time'

# bad PATTERN ARGUMENTS...: refused with one such message; a file that was there stays as it was.
bad() {
    pattern=$1
    shift
    echo before >kept.geojson
    timeout -s KILL 20 "$DOMDOM" city import "$@" --out kept.geojson >out.txt 2>error.txt
    got=$?
    if [ $got -ne 2 ] || [ "$(grep -c '^domdom' error.txt)" -ne 1 ] || ! grep -qE -e "$pattern" error.txt; then
        complain "import $*: status $got, not /$pattern/: $(cut -c 1-300 error.txt)"
    fi
    [ "$(cat kept.geojson)" = before ] || complain "import $*: the output was touched"
    [ ! -e kept.geojson.part ] || complain "import $*: left kept.geojson.part"
}
head -c 3001 grid.csv >cut.csv
: >empty.csv
echo 'lat,lon' >none.csv
printf 'lat,lon\n10.03,105.78\n10.04,105.78\n48.2,16.3\n' >far.csv
printf 'this is no pbf, whatever its name says' >no.pbf
mkdir -p folder.csv
bad 'cut.csv:[0-9]+: .*truncated' cut.csv
bad 'empty.csv: .*is empty' empty.csv
bad 'none.csv: no lamps' none.csv
bad 'far.csv:4: .*km from the middle' far.csv
bad 'no.pbf: is no OpenStreetMap PBF' no.pbf
bad 'folder.csv: is a directory' folder.csv
bad 'absent.csv: ' absent.csv
bad 'vn2000.csv:2: .*--crs EPSG' "$files/vn2000.csv"
bad 'utc' grid.csv --utc noon
bad '\-\-box' grid.csv --box 1,2,3
bad "did you mean '--crs'" grid.csv --csr 4326
bad 'replaced by its own import' kept.geojson
[ $failures -eq 0 ]
