#!/bin/sh
# A hundred million spoilt frames, and no fault: each input of fuzz_board_frame is 64 of them.
set -eu
fuzz=$DOMDOM_BUILD/tests/fuzz_board_frame
wanted=1562500
"$fuzz" "$DOMDOM_SOURCE/tests/fuzz/corpus/board_frame" $wanted 1700 | tee ran
grep -q " and $wanted mutations" ran || {
    echo "fewer than $((64 * wanted)) frames were tried in the time that there is"
    exit 1
}
