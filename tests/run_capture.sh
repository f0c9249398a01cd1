#!/bin/sh
# A night's captures read by tshark: nothing malformed, every FCS and checksum right, the interfaces
# named after the segments; and nothing of it changes the night.
set -u
failures=0
night=$DOMDOM_SOURCE/scenarios/first_night.lua

complain() {
    printf '%s\n' "$*"
    failures=$((failures + 1))
}

# play FOLDER OPTIONS...: twenty minutes of the first night.
play() {
    rm -rf "$1"
    "$DOMDOM" run "$night" --until 20m --out "$@" --quiet 2>error.txt || {
        complain "run --out $*: status $?"
        cat error.txt
    }
}

digest() {
    sed -n 's/.*"digest": "\([0-9a-f]*\)".*/\1/p' "$1/summary.json"
}

# fields FILE FILTER FIELD...: a line a packet.
fields() {
    file=$1 filter=$2
    shift 2
    set -- $(printf ' -e %s' "$@")
    tshark -r "$file" -o 6lowpan.context0:fd42:e4bf:6f5d::/64 -Y "$filter" -T fields "$@" 2>/dev/null
}

# none FILE FILTER WHAT: no packet matches.
none() {
    n=$(fields "$1" "$2" frame.number | wc -l)
    [ "$n" -eq 0 ] || complain "$1: $n packets $3, the first is $(fields "$1" "$2" frame.number | head -n 1)"
}

play plain
play whole --capture --capture-at S-01
[ "$(digest plain)" = "$(digest whole)" ] || complain 'a capture changes the digest'

for file in whole/air.pcapng whole/air-at.pcapng; do
    capinfos -M "$file" >info 2>/dev/null || complain "$file: capinfos fails"
    grep -q 'Strict time order: *True' info || complain "$file: not in the order of time"
    [ "$(fields "$file" frame frame.number | wc -l)" -gt 100 ] || complain "$file: hardly a packet"
    none "$file" '_ws.malformed' 'are malformed'
    none "$file" '!wpan.fcs_ok' 'have a wrong FCS, or none'
    none "$file" 'udp.checksum.status == "Bad" || icmpv6.checksum.status == "Bad"' 'have a wrong checksum'
done

fields whole/air.pcapng frame frame.interface_name | sort -u >interfaces
"$DOMDOM" city list segments | awk '{print $1}' | sort >segments
cmp -s interfaces segments || complain "interfaces are not the segments: $(diff interfaces segments | head -n 5)"
[ "$(fields whole/air-at.pcapng frame frame.interface_name | sort -u)" = S-01 ] ||
    complain 'what S-01 hears is not named after it'

# Each data frame that was acknowledged has a level; the filters keep what they say.
play part --capture --capture-segment S-02,S-01 --capture-from 5m --capture-until 10m
fields part/air.pcapng frame frame.interface_name | sort -u | tr '\n' ' ' | grep -qx 'S-01 S-02 ' ||
    complain 'other segments than those asked for'
fields whole/air.pcapng '(frame.interface_name == "S-01" || frame.interface_name == "S-02") &&
    frame.time >= "2020-08-03 10:05:00Z" && frame.time < "2020-08-03 10:10:00Z"' \
    frame.time_epoch frame.interface_name frame.len wpan.seq_no wpan-tap.rss | sort >want
fields part/air.pcapng frame frame.time_epoch frame.interface_name frame.len wpan.seq_no wpan-tap.rss | sort >got
[ -s got ] && cmp -s want got || complain "the filters' capture is not that part of the whole"

# A past run is captured by playing it again.
rm -rf again
"$DOMDOM" replay plain --out again --capture --quiet || complain 'replay --capture fails'
cmp -s whole/air.pcapng again/air.pcapng || complain 'the replay captures other frames'
[ $failures -eq 0 ]
