#!/bin/sh
# The scenario language, tested in itself: every scenario of tests/scenarios passes; of those of
# tests/failing no criterion is met.
set -u
failed=0
pass() {
    if ! "$DOMDOM" run "$@" >log 2>&1; then
        echo "$* does not pass:"
        tail -n 12 log
        failed=1
    fi
}
for scenario in "$DOMDOM_SOURCE"/tests/scenarios/*.lua; do pass "$scenario"; done
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
