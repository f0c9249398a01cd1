#!/bin/sh
# A capture that begins in the middle of a night, of orders to all and readings that lamps push:
# tshark finds nothing malformed and every checksum right without being told anything.
set -u
failures=0

cat >late.lua <<'END2'
scenario{city = "bentre", start = "2020-08-03 18:00", stop = "18:12"}
set{["node.report_s"] = 120}
at("18:11", function() segment("S-10"):lamps():override(50, "5m") end)
END2

complain() {
    printf '%s\n' "$*"
    failures=$((failures + 1))
}

# count FILTER: packets of the capture that it passes.
count() {
    tshark -r late/air.pcapng -Y "$1" 2>/dev/null | wc -l
}

rm -rf late
"$DOMDOM" run late.lua --out late --quiet --capture --capture-segment S-10 --capture-from 10m || exit 1
[ "$(count 'coap.code == 2 && ipv6.dst == ff03::fd')" -gt 10 ] || complain 'no order to all'
[ "$(count "coap.code == 2 && !(ipv6.dst == ff03::fd)")" -gt 100 ] || complain "no readings pushed"
bad=$(count '_ws.malformed || wpan.fcs_ok == 0')
[ "$bad" -eq 0 ] || complain "$bad packets malformed or with a wrong FCS"
bad=$(count 'udp.checksum.status == 0 || icmpv6.checksum.status == 0')
[ "$bad" -eq 0 ] || complain "$bad packets with a wrong checksum"
bad=$(count 'coap && !(ipv6.src == fd42:e4bf:6f5d::/48)')
[ "$bad" -eq 0 ] || complain "$bad messages from who knows where"
[ $failures -eq 0 ]
