#!/bin/sh
# An installation works from wherever it is moved to, with spaces in the path, and finds its data.
set -eu
rm -rf prefix 'moved here'
cmake --install "$DOMDOM_BUILD" --prefix "$PWD/prefix" >/dev/null
mv prefix 'moved here'
'moved here/bin/domdom' --version
[ -f 'moved here/share/doc/domdom/LICENSE' ]
'moved here/bin/domdom' board list --rule | cmp - "$DOMDOM_SOURCE/hil/60-domdom.rules"
if [ -d "$DOMDOM_SOURCE/scenarios" ]; then
    diff -r "$DOMDOM_SOURCE/scenarios" 'moved here/share/domdom/scenarios'
fi
if [ -f "$DOMDOM_SOURCE/scenarios/bentre/city.geojson" ]; then
    'moved here/bin/domdom' city info
fi
