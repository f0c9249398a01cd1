#!/bin/sh
# What `domdom mesh` tells of a night's routes agrees with the records, and the routes with reason.
set -u
failures=0
complain() {
    printf '%s\n' "$*"
    failures=$((failures + 1))
}
ask() {
    sqlite3 run/run.sqlite "$1"
}

rm -rf run
"$DOMDOM" run "$DOMDOM_SOURCE/scenarios/first_night.lua" --until 20m --out run --quiet || exit 1

# Every lamp has its place in the tree of its own segment, once, below its parent.
"$DOMDOM" mesh run --segment S-03 >report.txt || complain 'mesh fails'
lamps=$(ask "SELECT count(*) FROM entity JOIN entity s ON s.id = entity.part_of
    WHERE s.name = 'S-03' AND entity.type = 'lamp'")
rows=$(sed -n '/^routes$/,/^$/p' report.txt | grep -c '^ *L-')
[ "$rows" -eq "$lamps" ] || complain "$rows lamps of $lamps are in the tree"
grep -q '^without a way' report.txt && complain 'lamps have no way to their controller'

# Parents are of the same segment; ranks grow away from the root.
[ "$(ask "SELECT count(*) FROM mesh_parent m JOIN entity l ON l.id = m.entity
    JOIN entity p ON p.id = m.parent
    WHERE l.part_of <> CASE p.type WHEN 'segment' THEN p.id ELSE p.part_of END")" -eq 0 ] ||
    complain 'a parent is of another segment'
[ "$(ask 'SELECT min(rank) >= 256 AND min(etx) >= 1 FROM mesh_parent WHERE parent IS NOT NULL')" = 1 ] ||
    complain 'a rank less than a hop above the root, or an ETX below one'

# Every lost message says why; counters only grow; duty is a share.
[ "$(ask 'SELECT count(*) FROM mesh_message m WHERE outcome > 0 AND NOT EXISTS
    (SELECT 1 FROM mesh_loss l WHERE l.cause = m.record_id)')" -eq 0 ] ||
    complain 'lost messages without a reason'
[ "$(ask 'SELECT count(*) FROM mesh_link WHERE acknowledged > attempts OR level > 0')" -eq 0 ] ||
    complain 'links with more acknowledgements than attempts, or above 0 dBm'
[ "$(ask 'SELECT count(*) FROM (SELECT frames - lag(frames) OVER (PARTITION BY entity ORDER BY t_ns) d
    FROM mesh_air) WHERE d < 0')" -eq 0 ] || complain 'frames counted backwards'
[ "$(ask 'SELECT count(DISTINCT entity) FROM mesh_air')" -gt 6800 ] || complain 'nodes without air time'
[ "$(ask 'SELECT count(*) FROM mesh_air WHERE air_time * 1e6 > t_ns')" -eq 0 ] ||
    complain 'a node sent for longer than the run'
grep -q '^busiest nodes$' report.txt || complain 'no busiest nodes'
[ $failures -eq 0 ]
