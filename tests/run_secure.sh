#!/bin/sh
# Link security from end to end: tshark reads a capture of secured frames when it is given what the
# run leaves for it, and nothing without; the outcome is the same each time.
set -u
failures=0
export LC_ALL=C.UTF-8
command -v tshark >/dev/null || exit 77

cat >case.lua <<'END'
scenario{city = "bentre", start = "2020-08-03 18:00", stop = "18:10"}
radios{ ["S-02"] = {key = "00112233445566778899AABBCCDDEEFF"} }
set{["mesh.security"] = 1}
END

complain() {
    printf '%s\n' "$*"
    failures=$((failures + 1))
}

# frames FILTER [CONFIGURATION]: how many frames of the capture pass it.
frames() {
    WIRESHARK_CONFIG_DIR=${2:-$PWD/none} tshark -r run/air.pcapng -Y "$1" 2>/dev/null | wc -l
}

digest() {
    sed -n 's/^ *"digest": "\(.*\)",/\1/p' "$1/summary.json"
}

rm -rf run again none && mkdir none
"$DOMDOM" run case.lua --until 5m --quiet --out run --capture --capture-segment S-01,S-02 || exit 1
grep -qx '"00112233445566778899aabbccddeeff","1","No hash"' run/wireshark/ieee802154_keys ||
    complain 'the given key is not told'
[ "$(wc -l <run/wireshark/ieee802154_keys)" -eq 2 ] || complain 'not two keys for two segments'

keys=$PWD/run/wireshark
sealed=$(frames 'wpan.aux_sec.sec_level == 5')
[ "$sealed" -gt 200 ] || complain "$sealed secured frames"
[ "$(frames 'wpan.frame_type == 1 && !wpan.security')" -eq 0 ] || complain 'data in the clear'
[ "$(frames '6lowpan || ipv6 || coap')" -eq 0 ] || complain 'read without a key'
[ "$(frames 6lowpan "$keys")" -eq "$sealed" ] || complain 'not all are read with the keys'
[ "$(frames 'coap.code == 69 || coap.code == 68 || coap.code == 2' "$keys")" -gt 50 ] ||
    complain 'no CoAP with the keys'
bad='_ws.malformed || wpan.fcs_ok == 0 || udp.checksum.status == 0 || icmpv6.checksum.status == 0'
[ "$(frames "$bad" "$keys")" -eq 0 ] || complain 'malformed, or a checksum is wrong'
refused=$(sqlite3 run/run.sqlite 'SELECT count(*) FROM mesh_refused')
[ "$refused" -eq 0 ] || complain "$refused frames refused where nobody attacks"

"$DOMDOM" run case.lua --until 5m --quiet --out again --threads 2 || exit 1
[ -n "$(digest run)" ] && [ "$(digest run)" = "$(digest again)" ] ||
    complain 'another outcome without captures, or on two threads'

sed -i 's/FF"/F"/' case.lua
"$DOMDOM" run case.lua --quiet >out.txt 2>&1
[ $? -eq 2 ] && grep -q 'a key must be 32 hexadecimal digits' out.txt || complain 'a short key: not 2'
[ $failures -eq 0 ]
