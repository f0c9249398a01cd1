#!/bin/sh
# The scenario language, tested in itself: every scenario of tests/scenarios passes, and Mesh Storm;
# of those of tests/failing no criterion is met.
set -u
failed=0
for scenario in "$DOMDOM_SOURCE"/tests/scenarios/*.lua "$DOMDOM_SOURCE"/scenarios/mesh_storm.lua; do
    if ! "$DOMDOM" run "$scenario" >log 2>&1; then
        echo "$scenario does not pass:"
        tail -n 12 log
        failed=1
    fi
done
for scenario in "$DOMDOM_SOURCE"/tests/failing/*.lua; do
    "$DOMDOM" run "$scenario" >log 2>&1
    status=$? stated=$(grep -cE '^(expect|within) ' "$scenario")
    if [ $status != 1 ] || ! grep -q ": fail, 0 of $stated criteria met" log; then
        echo "$scenario ends with $status, not all of its $stated criteria fail:"
        cat log
        failed=1
    fi
done
exit $failed
