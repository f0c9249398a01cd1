#!/bin/sh
# The scenario language, tested in itself: every scenario of tests/scenarios passes.
set -u
failed=0
for scenario in "$DOMDOM_SOURCE"/tests/scenarios/*.lua; do
    if ! "$DOMDOM" run "$scenario" >log 2>&1; then
        echo "$scenario does not pass:"
        tail -n 12 log
        failed=1
    fi
done
exit $failed
