#!/bin/sh
# Broken city files, in a scenario and in `domdom city`: exit status 2 and one message, which names
# the city file, its line and a remedy.
set -u
failures=0
good=$DOMDOM_SOURCE/scenarios/bentre/city.geojson

# expect WHERE PATTERN ARGUMENTS...: `domdom ARGUMENTS` is refused with one such message.
expect() {
    where=$1 pattern=$2
    shift 2
    timeout -s KILL 20 "$DOMDOM" "$@" >out.txt 2>error.txt
    got=$?
    messages=$(grep -ac '^domdom' error.txt)
    if [ $got -ne 2 ] || [ "$messages" -ne 1 ] || ! grep -aqE -e "$where.*$pattern.*; " error.txt; then
        printf 'domdom %s: status %s (expected 2), %s messages; none is /%s.*%s.*; /:\n%s\n' \
            "$*" $got "$messages" "$where" "$pattern" "$(cut -c 1-300 error.txt)"
        failures=$((failures + 1))
    fi
}

# bad NAME LINE PATTERN: the city file NAME is refused, at that line, wherever it is used.
bad() {
    place="$1:$2: "
    [ -n "$2" ] || place="$1: "
    printf 'scenario{city = "%s", start = "2020-08-03 17:00", stop = "18:00"}\n' "$1" >case.lua
    expect "case\\.lua:1: .*$place" "$3" run case.lua
    expect "$place" "$3" city info "$1"
    expect "$place" "$3" city check "$1"
}

lamp=$(grep -n '"id":"L-0002"' "$good" | cut -d : -f 1)
head -c 1000000 "$good" >truncated.geojson
sed "${lamp}s/\"powerRating\":[0-9]*/\"powerRating\":\"bright\"/" "$good" >type.geojson
sed "${lamp}s/\"coordinates\":\[[^]]*/\"coordinates\":[0.5,0.5/" "$good" >off.geojson
sed "${lamp}s/L-0002/L-0001/" "$good" >twice.geojson
sed "${lamp}s/\"refRoad\":\"[^\"]*/\"refRoad\":\"road-999/" "$good" >road.geojson
: >empty.geojson
echo hello >text.geojson
echo '{}' >other.geojson
echo '[1, 2]' >list.geojson
mkdir -p folder.geojson
rm -f absent.geojson

bad truncated.geojson "$(($(wc -l <truncated.geojson) + 1))" ''
bad type.geojson "$lamp" 'powerRating'
bad off.geojson "$lamp" 'off the map'
bad twice.geojson "$lamp" 'L-0001'
bad road.geojson "$lamp" 'road-999'
bad empty.geojson '' 'is empty'
bad text.geojson 1 ''
bad other.geojson 1 ''
bad list.geojson 1 ''
bad folder.geojson '' ''
bad absent.geojson '' ''
[ $failures -eq 0 ]
