#!/bin/sh
# The shipped scenarios of days and weeks pass; and every one about faults does not when its faults do
# not happen.
set -u
failed=0
for run in bad_batch retrofit_2020 first_reports_2020 "cable_theft --set switched=false"; do
    name=${run%% *} options=${run#"$name"}
    # shellcheck disable=SC2086 # options are words
    if ! "$DOMDOM" run "$DOMDOM_SOURCE/scenarios/$name.lua" $options >log 2>&1; then
        echo "$run does not pass:"
        tail -n 14 log
        failed=1
    fi
done
for name in lightning spring_tide cable_theft day_burners blackout bad_batch retrofit_2020 feeder_loss \
    forgotten_override city_on monsoon_reports first_reports_2020; do
    "$DOMDOM" run "$DOMDOM_SOURCE/scenarios/$name.lua" --set happens=false >log 2>&1
    status=$?
    if [ $status != 1 ]; then
        echo "$name ends with $status though nothing happens:"
        tail -n 14 log
        failed=1
    fi
done
exit $failed
