#!/bin/sh
# The reference page, the annotations and the picture in scenarios/ are what the program makes today.
set -u
same() {
    "$@" >made 2>&1
    if ! cmp -s made "$DOMDOM_SOURCE/$file"; then
        echo "$file is not what the program makes; renew it: ./domdom $1 ... (diff follows)"
        diff made "$DOMDOM_SOURCE/$file" | head -n 20
        failed=1
    fi
}
failed=0
file=scenarios/API.md same "$DOMDOM" api
file=scenarios/domdom_api.lua same "$DOMDOM" api --annotations
"$DOMDOM" city draw --out night.svg >/dev/null
file=scenarios/bentre/night.svg same cat night.svg
exit $failed
