#!/bin/sh
# A feeder's loss becomes one incident within three minutes that names it, in at least 95 of 100 seeds,
# each of them half an hour of the whole city; and no more than 0.1 % of lamp-nights bring a false
# alarm of a lamp (24 such half hours are a night).
set -u
named=0 passed=0 false=0 seed=1 seeds=${SEEDS:-100}
while [ "$seed" -le "$seeds" ]; do
    "$DOMDOM" run "$DOMDOM_SOURCE/scenarios/feeder_loss.lua" --seed "$seed" --json >run 2>/dev/null && passed=$((passed + 1))
    measured() { grep -A 3 "\"$1\"" run | sed -n 's/.*"measured": \([0-9.e+-]*\).*/\1/p'; }
    late=$(measured 'named within 3 min') one=$(measured 'by one incident')
    alarms=$(measured 'false lamp alarms')
    if awk "BEGIN { exit !($late <= 180 && $one == 1) }"; then
        named=$((named + 1))
    else
        echo "seed $seed: named after $late s, by $one incidents"
    fi
    false=$(awk "BEGIN { print $false + $alarms }")
    seed=$((seed + 1))
done
nights=$(awk "BEGIN { print $false / ($seeds / 24) }")
echo "$named of $seeds named rightly by one incident, $passed met every criterion; false lamp alarms: $nights % of lamp-nights"
awk "BEGIN { exit !($named >= 0.95 * $seeds && $nights <= 0.1) }"
