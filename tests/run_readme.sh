#!/bin/sh
# Every command of the README's sh blocks works as it stands there, but for First Night's end, and its
# scenario passes. The two commands at its top are run too, but for the tests, which are what runs this.
set -u
mkdir -p readme && cd readme || exit 1
rm -rf ./* && ln -s "$DOMDOM_SOURCE/scenarios" scenarios
mkdir build && ln -s "$DOMDOM_BUILD" build/release
printf '#!/bin/sh\nexec "%s" "$@"\n' "$DOMDOM" >domdom && chmod +x domdom

readme=$DOMDOM_SOURCE/README.md
sed -n '/^```sh$/,/^```$/{/^```/!p}' "$readme" >commands
sed -n 's/^    \(\.\/domdom run .*\)/\1/p' "$readme" >>commands
sed -n '/^```lua$/,/^```$/{/^```/!p}' "$readme" >written.lua
echo './domdom run written.lua' >>commands
sed -n 's/.*`\(\.\/domdom new [a-z_]*\)`.*/\1/p' "$readme" >>commands
echo './domdom run my_night.lua' >>commands

# Of First Night the first four hours are enough here: that it passes is run_digest's to see.
sed -i '/first_night\.lua/{/--until/!s/$/ --until 21:15/}' commands

count=0 failed=0 background=''
trap 'for it in $background; do kill "$it"; done' EXIT
while IFS= read -r line; do
    count=$((count + 1))
    if [ "$line" != "${line%&}" ]; then # goes on beside what follows
        sh -c "exec ${line%&}" >background.log 2>&1 </dev/null &
        background="$background $!"
        sleep 1
    elif ! sh -c "$line" >log 2>&1 </dev/null; then
        echo "this command of the README failed: $line"
        tail -n 5 log
        failed=1
    fi
done <commands
[ "$count" -ge 15 ] || { echo "only $count commands were found in the README"; failed=1; }
exit $failed
