#!/bin/sh
# First Night passes on a secured air, too, and refuses nothing where nobody attacks.
set -u
rm -rf night
"$DOMDOM" run "$DOMDOM_SOURCE/scenarios/first_night.lua" --set mesh.security=1 --out night --quiet ||
    exit 1
refused=$(sqlite3 night/run.sqlite 'SELECT count(*) FROM mesh_refused')
[ "$refused" -eq 0 ] || echo "$refused frames were refused"
[ "$refused" -eq 0 ]
