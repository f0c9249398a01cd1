#!/bin/sh
# The shipped scenarios of weeks pass; and every one in which something happens does not when it does
# not happen.
set -u
failed=0
for run in bad_batch retrofit_2020 "cable_theft --set switched=false"; do
    name=${run%% *} options=${run#"$name"}
    # shellcheck disable=SC2086 # options are words
    if ! "$DOMDOM" run "$DOMDOM_SOURCE/scenarios/$name.lua" $options >log 2>&1; then
        echo "$run does not pass:"
        tail -n 14 log
        failed=1
    fi
done
for scenario in $(grep -l 'param("happens"' "$DOMDOM_SOURCE"/scenarios/*.lua); do
    "$DOMDOM" run "$scenario" --set happens=false >log 2>&1
    status=$?
    if [ $status != 1 ]; then
        echo "$scenario ends with $status though nothing happens:"
        tail -n 14 log
        failed=1
    fi
done
exit $failed
