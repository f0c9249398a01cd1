#!/bin/sh
# A night's captures read by tshark: nothing malformed, every FCS and checksum right, the interfaces
# named after the segments; ranks, addresses and messages are those of the twin's own records; and
# nothing of it changes the night.
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

# dissect FILE: a line a packet, in the order of time:
#  1 moment  2 interface  3 octets  4 level  5 malformed  6 FCS right
#  7 UDP's and 8 ICMPv6's checksum (0 bad)  9 from and 10 to, IPv6  11 rank in a DIO  12 CoAP's code
# 13 its id  14 a DAO's target and 15 its parent
dissect() {
    tshark -r "$1" -o 6lowpan.context0:fd42:e4bf:6f5d::/64 -T fields -e frame.time_epoch \
        -e frame.interface_name -e frame.len -e wpan-tap.rss -e _ws.malformed -e wpan.fcs_ok \
        -e udp.checksum.status -e icmpv6.checksum.status -e ipv6.src -e ipv6.dst \
        -e icmpv6.rpl.dio.rank -e coap.code -e coap.mid -e icmpv6.rpl.opt.target.prefix \
        -e icmpv6.rpl.opt.transit.parent 2>/dev/null >"$2"
}

# sound FILE NAME: what must hold of every capture.
sound() {
    awk -F'\t' -v name="$2" '
        $1 < last { early++ } { last = $1 }
        $5 != "" { malformed++ }
        $6 != "1" && $6 != "True" { fcs++ }
        $7 == "0" || $8 == "0" { sums++ }
        END {
            if (NR < 100) print name ": only " NR " packets"
            if (early) print name ": " early " packets come before the one before"
            if (malformed) print name ": " malformed " malformed packets"
            if (fcs) print name ": " fcs " packets with a wrong FCS, or none"
            if (sums) print name ": " sums " packets with a wrong checksum"
        }' "$1" >wrong
    [ ! -s wrong ] || complain "$(cat wrong)"
}

play plain
play whole --capture --capture-at L-0001
[ "$(digest plain)" = "$(digest whole)" ] || complain 'a capture changes the digest'
dissect whole/air.pcapng air
dissect whole/air-at.pcapng ear
sound air air.pcapng
sound ear air-at.pcapng

cut -f 2 air | sort -u >interfaces
"$DOMDOM" city list segments | awk '{print $1}' | sort >segments
cmp -s interfaces segments || complain "interfaces are not the segments: $(diff interfaces segments | head -n 5)"
[ "$(cut -f 2 ear | sort -u)" = L-0001 ] || complain 'what L-0001 hears is not named after it'

# What tshark decodes is what the twin tells. An address ends with its node's number in the segment.
# Every parent that a lamp tells its controller it has, or has had, by the records; a rank, which
# grows with the link's ETX from the lamp's choice on, is still that of the choice in nine DIOs of ten.
places() {
    sqlite3 -separator "$(printf '\t')" whole/run.sqlite "SELECT s.name,
        printf('%x', p.entity - (SELECT min(id) FROM entity WHERE part_of = s.id AND type = 'lamp') + 1),
        $1 FROM mesh_parent p JOIN entity l ON l.id = p.entity JOIN entity s ON s.id = l.part_of" |
        sort -u
}
places p.rank >ranks
places "CASE p.parent WHEN s.id THEN '0' ELSE printf('%x', p.parent -
    (SELECT min(id) FROM entity WHERE part_of = s.id AND type = 'lamp') + 1) END" >parents
awk -F'\t' '$11 != "" && $11 < 65535 { sub(/.*:/, "", $9); if ($9 != "0" && !seen[$2 $9]++)
    print $2 "\t" $9 "\t" $11 }' air | sort >told
awk -F'\t' '$14 != "" { sub(/.*:/, "", $14); sub(/.*:/, "", $15)
    print $2 "\t" $14 "\t" $15 }' air | sort -u >chosen
[ "$(wc -l <told)" -gt 6000 ] && [ "$(wc -l <chosen)" -gt 3000 ] ||
    complain "$(wc -l <told) lamps tell a rank, $(wc -l <chosen) a parent"
[ $(($(comm -12 ranks told | wc -l) * 10)) -gt $(($(wc -l <told) * 9)) ] ||
    complain "$(comm -12 ranks told | wc -l) ranks of $(wc -l <told) are those of the records"
comm -13 parents chosen >strange
[ ! -s strange ] || complain "parents that nobody had: $(head -n 3 strange)"
[ -z "$(awk -F'\t' '$11 != "" && $11 < 256 && ($9 !~ /:0$/ || $11 != 128)' air)" ] ||
    complain 'a root with another rank than 128, or a lamp with no more than a root'

# Every message is a CoAP message, requests down and answers up, as often as recorded: the same on
# every hop and when it is sent again.
down=$(awk -F'\t' '$12 != "" && $10 !~ /^ff|:0$/ { print $2, $13 }' air | sort -u | wc -l)
up=$(awk -F'\t' '$12 != "" && $10 ~ /:0$/ { print $2, $9, $13 }' air | sort -u | wc -l)
sent=$(sqlite3 whole/run.sqlite "SELECT count(*) FILTER (WHERE direction = 'down') || ' down, ' ||
    count(*) FILTER (WHERE direction = 'up') || ' up' FROM mesh_message_v")
[ "$down down, $up up" = "$sent" ] && [ "$down" -gt 1000 ] ||
    complain "messages: recorded $sent, tshark decodes $down down, $up up"

# The filters keep what they say, and before it only what the controllers told of the contexts.
play part --capture --capture-segment S-02,S-01 --capture-from 5m --capture-until 10m
dissect part/air.pcapng part.txt
begin=$(date -u -d '2020-08-03 10:00:00' +%s)
awk -F'\t' -v from=$((begin + 300)) -v until=$((begin + 600)) \
    '($2 == "S-01" || $2 == "S-02") && $1 >= from && $1 < until' air | cut -f 1-4 >want
awk -F'\t' -v from=$((begin + 300)) '$1 >= from' part.txt | cut -f 1-4 >got
early=$(tshark -r part/air.pcapng -Y "frame.time_epoch < $((begin + 300)) && icmpv6.type != 134" 2>/dev/null)
[ -z "$early" ] || complain "before --capture-from: $early"
[ -s got ] && cmp -s want got || complain "the filters' capture is not that part of the whole"

# A past run is captured by playing it again.
rm -rf again
"$DOMDOM" replay plain --out again --capture --quiet || complain 'replay --capture fails'
cmp -s whole/air.pcapng again/air.pcapng || complain 'the replay captures other frames'
[ $failures -eq 0 ]
