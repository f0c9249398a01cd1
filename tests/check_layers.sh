#!/bin/sh
# A folder includes only from folders above it in the design's table, and never what it must not
# know. Prints what breaks that. First shows itself, on bad files of its own, that it would see it.
set -eu

# forbidden FOLDER: prints the words that no include of the folder may match (extended regex).
forbidden() {
    lua='<(lua|lualib|lauxlib)\.h>' sdl='<SDL' sockets='<(sys/socket|sys/un|netinet/|arpa/|netdb|ev)'
    case $1 in
    engine) echo "\"(models|hil|lua|viz|tests)/|$lua|$sdl" ;;
    models) echo "\"(hil|lua|viz|tests)/|$lua|$sdl|$sockets" ;;
    hil) echo "\"(lua|viz|tests)/|$lua|$sdl" ;;
    lua) echo "\"(viz|tests)/|$sdl" ;;
    viz) echo "\"(lua|tests)/|$lua" ;;
    esac
}

# The segment controller's core is also compiled for a microcontroller: it knows nothing but itself.
# So is the mesh's stack, which knows the core's messages besides.
core=models/controller/core
core_may='<(stdint|stdbool|stddef|limits|string|math)\.h>|"models/controller/core/'
stack=models/mesh/stack
stack_may='<(stdint|stdbool|stddef|string)\.h>|"models/mesh/stack/|"models/controller/core/message.h"'

# So is the kit, which knows its messages and nothing of the twin; the reference firmware is the
# controller's application on it.
kit=hil/kit
kit_may='<(stdint|stdbool|stddef|string|pb_decode|pb_encode|pb)\.h>|"hil/(kit/|domdom\.pb\.h)'
firmware=hil/firmware
firmware_may='<|"hil/(kit|firmware)/|"models/(controller/|backhaul/wire(\.pb|_fields)\.h|mesh/stack/coap/)'

# only FOLDER MAY: what in the folder includes more than it may.
only() {
    [ -d "$1" ] || return 0
    grep -rnE '^ *# *include' --include='*.[ch]' "$1" | grep -vE "include *($2)" || :
}

# order: folders of the models, then of hil, each with what its includes may not match. From below: what things
# are (catalogue, devices, city, sky), what they do (mesh, lamps, power, controllers), who is out in
# the weather, what is done to it all, and what is reckoned of it. In the mesh the survey knows
# nothing of stations, a layer of the stack nothing of those above it, and none of them the mesh as
# the city sees it.
order() {
    above='account|exposure|roadlight|action|citizens|crew|hub|score|measure|figure|twin'
    cat <<ORDER
models/mesh/radio "models/(mesh/(survey|air|stack|mesh)|world|neighbourhood)
models/mesh/survey "models/(mesh/(air|stack/(lowpan|rpl|net|coap)|mesh)|neighbourhood)
models/mesh/air "models/(mesh/(mesh|stack/coap/coap_)|segment|twin|controller/house|light)
models/mesh/stack/mac "models/mesh/stack/(lowpan|rpl|net|coap)/
models/mesh/stack/lowpan "models/mesh/stack/(rpl|net|coap)/
models/mesh/stack/rpl "models/mesh/stack/(net|coap)/
models/mesh/stack/net "models/mesh/stack/coap/
models/mesh/stack/coap "models/mesh/stack/(mac|lowpan|rpl|net)/
models/mesh "models/($above|centre|segment\\.h|controller/house|light/|power/|sky/)
models/city "models/($above|centre|backhaul|controller|mesh|sky|settings|world|neighbourhood|segment|light/(node|life|gear)|power)
models/city/plan "models/($above|centre|backhaul|controller|mesh|sky|world|neighbourhood|segment|light/|power/[a-z_]*\\.h|city/(import|city_command))
models/city/import "models/($above|centre|backhaul|controller/house|mesh|sky|world|neighbourhood|segment|power|city/city_command)
models/sky "models/($above|centre|backhaul|segment\\.h|controller/house|mesh|light|power)
models/power/device "models/($above|centre|backhaul|city|controller|mesh|sky|world|neighbourhood|segment|light/(node|life|gear)|power/[a-z_]*\\.h)
models/light "models/($above|centre|backhaul|city|segment\\.h|controller/house)
models/power "models/($above|centre|backhaul|segment\\.h|mesh)
models/backhaul "models/($above|centre|city|controller/(house|core/core)|light|mesh|power|segment|sky)
models/centre "models/($above|city|controller/house|light|mesh|power|segment|sky)
models/controller "models/($above|centre|city|segment\\.h|sky)
models/exposure "models/(account|crew|centre|roadlight|action|citizens|twin)
models/roadlight "models/(account|crew|centre|exposure|backhaul|controller|mesh|power|twin)
models/action "models/(account|roadlight|citizens|measure|figure|twin)
models/action/verbs "models/(account|roadlight|citizens|measure|figure|twin)
models/crew "models/(account|exposure|roadlight|citizens|hub|score|measure|figure|twin)
models/score "models/(account|exposure|roadlight|measure|figure|twin)
models/figure "models/(action|twin)
models/citizens "models/(account|exposure|roadlight|action|measure|figure|twin|crew|segment|backhaul|mesh|light|power|controller)
models/account "models/(crew|centre|exposure|roadlight|backhaul|controller|mesh|twin)
hil/wire "hil/(text|shadow|board|outlet|recording|rack|battery|command)/
hil/text "hil/(shadow|board|outlet|recording|rack|battery|command)/
hil/shadow "hil/(board|outlet|recording|rack|battery|command)/
hil/board "hil/(outlet|recording|rack|battery|command)/
hil/outlet "hil/(recording|rack|battery|command)/
hil/recording "hil/(outlet|rack|battery|command)/
hil/battery "hil/(outlet|recording|rack|command)/
hil/rack "hil/(battery|command)/
ORDER
}

# Lamps and feeders act on each other, and so do cabinets and controllers: each by one door, and not
# in headers: a header of lamps or power knows the state of a segment, never the other's work. Of a
# city's files only its commands know how one is planned or imported. Of the crews' only a visit sees
# what is true.
doors() {
    grep -rnE 'include *"models/power/' "$1/models/light" | grep -v '\.c:.*"models/power/flow\.h"' || :
    grep -rnE 'include *"models/light/' "$1/models/power" |
        grep -vE '"models/light/(catalogue|photocell)\.h"|\.c:.*"models/light/node\.h"' || :
    grep -rnE 'include *"models/power/' "$1"/models/controller |
        grep -v '\.c:.*"models/power/cabinet\.h"' || :
    grep -rnE 'include *"models/controller/house' "$1/models/power" | grep -v '\.c:' || :
    grep -nE 'include *"models/city/(plan|import)/' "$1"/models/city/*.[ch] |
        grep -v '/city_command\.c:' || :
    truth='neighbourhood|segment|light/|power/|mesh/|controller/house|action/'
    grep -rnE "include *\"models/($truth)" "$1/models/crew" | grep -v '/visit\.c:' || :
}

# violations ROOT: one line each, with file and line.
violations() {
    for folder in engine models hil lua viz; do
        [ -d "$1/$folder" ] || continue
        found=$(grep -rnE '^ *# *include' --include='*.[ch]' "$1/$folder" || :)
        printf '%s\n' "$found" | grep -E "include *($(forbidden $folder))" || :
        # Every include of ours is written from the root.
        printf '%s\n' "$found" | grep -E 'include *"' |
            grep -vE 'include *"(engine|models|hil|lua|viz|tests)/' || :
    done
    order | while read -r folder pattern; do
        [ -d "$1/$folder" ] || continue
        grep -nE "^ *# *include *$pattern" "$1/$folder"/*.[ch] || :
    done
    doors "$1"
    only "$1/$core" "$core_may"
    only "$1/$stack" "$stack_may"
    only "$1/$kit" "$kit_may"
    only "$1/$firmware" "$firmware_may"
}

bad=$(mktemp -d)
trap 'rm -rf "$bad"' EXIT
expected=0
while read -r file include; do
    mkdir -p "$bad/$(dirname "$file")"
    printf '#include %s\n' "$include" >>"$bad/$file"
    expected=$((expected + 1))
done <<'END'
engine/a.c "models/city/city.h"
engine/output/a.c <lua.h>
models/a.h "hil/board/board.h"
models/mesh/a.c <sys/socket.h>
models/a.c "lua/run.h"
hil/a.c <SDL2/SDL.h>
hil/kit/a.c "models/controller/application.h"
hil/wire/a.c "hil/board/board.h"
hil/recording/a.c "hil/rack/rack.h"
hil/firmware/a.c "hil/wire/link.h"
lua/a.c "viz/window.h"
viz/a.c "lua/run.h"
lua/b.c "library.h"
models/controller/core/a.c "engine/base.h"
models/controller/core/a.c <stdlib.h>
models/mesh/radio/a.c "models/world.h"
models/mesh/survey/a.c "models/mesh/air/air.h"
models/mesh/air/a.c "models/mesh/mesh.h"
models/mesh/stack/lowpan/a.h "models/mesh/stack/rpl/dodag.h"
models/mesh/stack/coap/a.c "models/mesh/stack/net/net.h"
models/mesh/stack/a.c <stdio.h>
models/mesh/stack/a.c "engine/base.h"
models/mesh/stack/a.h "models/controller/core/core.h"
models/city/a.c "models/world.h"
models/city/b.c "models/power/device/breaker.h"
models/city/c.c "models/city/plan/city_plan.h"
models/city/plan/a.c "models/power/cabinet.h"
models/city/plan/a.c "models/city/import/import.h"
models/city/import/a.c "models/world.h"
models/sky/a.c "models/light/node.h"
models/sky/b.c "models/exposure/surge.h"
models/power/device/a.h "models/segment_state.h"
models/light/a.c "models/segment.h"
models/light/b.c "models/power/cabinet.h"
models/light/b.h "models/power/flow.h"
models/power/a.h "models/light/node.h"
models/power/b.c "models/light/node_light.h"
models/power/b.h "models/controller/house.h"
models/controller/a.c "models/power/flow.h"
models/centre/a.c "models/light/node.h"
models/exposure/a.c "models/twin.h"
models/action/a.c "models/measure.h"
models/citizens/a.c "models/light/node.h"
models/account/a.c "models/roadlight/street.h"
models/crew/a.c "models/citizens.h"
models/crew/b.c "models/segment.h"
END
seen=$(violations "$bad" | wc -l)
if [ "$seen" -ne "$expected" ]; then
    echo "the check sees $seen of $expected violations made on purpose:"
    violations "$bad"
    exit 1
fi

found=$(violations "$DOMDOM_SOURCE")
if [ -n "$found" ]; then
    echo "a folder includes only from itself and those before it (engine, models, hil, then lua or viz):"
    printf '%s\n' "$found"
    exit 1
fi
