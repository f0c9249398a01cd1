#!/bin/sh
# Every action by its text from the command line: it is done, journalled, told in the records, and a
# replay of the journal alone does the same. A verb that is not played here fails the test.
set -u
failed=0
export LC_ALL=C.UTF-8
complain() {
    printf '%s\n' "$*"
    failed=1
}

cp "$DOMDOM_SOURCE/tests/cities/three_streets.geojson" streets.geojson
cat >night.lua <<'END'
scenario{city = "streets.geojson", start = "2020-08-03 18:30", stop = "2020-08-03 23:00"}
set{["backhaul.outages"] = 0, ["citizens.per_day"] = 0}
firmware{name = "node-2", target = "node", version = 2, kib = 4}
expect{name = "alarms were raised", measure = "alarms.raised", at_least = 1}
END

# The first alarm is of the lamp that fails first.
cat >acts <<'END'
18:31 log the shift begins
18:40 fail lamp:L-0001 led_open
19:30 acknowledge 1
19:30 shelve 1 2h waits for a driver
19:30 unshelve 1
19:30 open lamp:L-0001 unknown high
19:30 link 1 alarm 1
19:30 cause 1 lamp
19:31 override city 50% 10m
19:45 override lamp:L-0002 20%
19:50 resume lamp:L-0002
19:51 read segment:S-01
19:52 program segment:S-01 sunset=100,22:00=60,sunrise=0
19:53 group lamp:L-0005 corner
19:54 calendar city full:sunset=100,sunrise=0;dim:sunset=100,23:00=60,sunrise=0;full@fri-sat;dim
19:55 calendar city half:sunset=50,sunrise=0;half corner
19:56 override city 30% 5m group=corner to=30s back=1m
20:02 group city corner off
20:00 repair lamp:L-0001 led_open
20:01 fail segment:S-02 jammer wifi power=20 duty=30
20:05 repair segment:S-02
20:06 hazard city led_short 1 5
20:07 batch city 30% overheating 5
20:08 weather rain=10 clouds=100
20:09 weather storm 1 10m
20:10 weather nature
20:11 strike lamp:L-0003 12
20:12 refit lamp:L-0004
20:13 commission segment:S-02
20:20 close 1
20:20 dispatch feeder:F-001 crew:crew-3 priority=low
20:40 recall crew:crew-3
20:41 dispatch lamp:L-0009 priority=low
20:41 recall 2
20:21 file road:road-001 rubbish as=advertising a heap of it
20:21 transfer 1 ward:ward-1
20:22 file lamp:L-0005 lighting unfounded
20:23 transfer 2 city
20:24 answer 2 not_found
20:50 attach segment:S-01 emulated=host shadow
21:00 wire segment:S-01 drop=0.02
21:05 unplug segment:S-01
21:10 plug segment:S-01
21:15 reset segment:S-01
21:20 supply segment:S-01 off
21:25 supply segment:S-01 on
21:40 detach segment:S-01
20:30 update segment:S-01 node-2 canary=1 soak=10
20:31 update halt 1
20:40 update continue 1
21:00 update abort 1 back
END

set --
while IFS= read -r line; do set -- "$@" --act "$line"; done <acts
rm -rf run again
"$DOMDOM" run night.lua --out run "$@" >out.txt 2>error.txt || complain "it does not pass: $(tail -n 3 out.txt error.txt)"
# What an action complains of is printed; nothing may be but the verdict and the shift's notes.
grep -nE "there is|needs|is no|cannot" out.txt && complain "an action was refused"

"$DOMDOM" help actions | sed -n 's/^| `\([a-z_]*\).*/\1/p' | sort -u >verbs
cut -d ' ' -f 2 acts | sort -u >played
[ "$(wc -l <verbs)" -ge 14 ] || complain "the help lists too few verbs"
missing=$(comm -23 verbs played)
[ -z "$missing" ] || complain "not played here: $missing"

[ "$(grep -c '"action"' run/journal)" -eq "$(wc -l <acts)" ] ||
    complain "not every action is in the journal"
sqlite3 run/run.sqlite 'select distinct verb from action_v order by verb' >told
cmp -s told played || complain "the records tell of other verbs: $(diff told played)"
"$DOMDOM" replay run --out again >replayed.txt 2>&1 || complain "the replay differs: $(cat replayed.txt)"
sqlite3 again/run.sqlite 'select moment, verb, entity_name, entities, text from action_v order by record_id' >second
sqlite3 run/run.sqlite 'select moment, verb, entity_name, entities, text from action_v order by record_id' >first
cmp -s first second || complain "the replay tells of other actions"
exit $failed
