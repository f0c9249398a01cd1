#!/bin/sh
# Broken scenarios: exit status 2 within seconds, and exactly one message, which names file and line
# and says what to do.
set -u
failures=0
cp "$DOMDOM_SOURCE/tests/cities/three_streets.geojson" streets.geojson

# refused STATUS WHERE PATTERN FILE: playing FILE must fail with one message "domdom: WHERE...PATTERN".
refused() {
    timeout -s KILL 20 "$DOMDOM" run "$4" >out.txt 2>error.txt
    got=$?
    messages=$(grep -ac '^domdom: ' error.txt)
    if [ $got -ne "$1" ] || [ "$messages" -ne 1 ] || ! grep -aqE -e "^domdom: $2.*$3" error.txt; then
        printf '%s\n  gave status %s (expected %s) and %s messages; none is "%s", /%s/:\n' \
            "$(tail -n 1 "$4" 2>&1 | cut -c 1-200)" $got "$1" "$messages" "$2" "$3"
        cut -c 1-300 error.txt
        failures=$((failures + 1))
    fi
}

# bad PATTERN CODE: CODE, on line 2 below a sound scenario{}, is refused with that message.
bad() {
    printf '%s\n%s\n' 'scenario{city = "streets.geojson", start = "2020-08-03 17:00", stop = "18:00"}' "$2" >case.lua
    refused 2 'case\.lua:2: ' "$1" case.lua
}

# bad_start PATTERN CODE: the same of CODE alone, as line 1.
bad_start() {
    printf '%s\n' "$2" >case.lua
    refused 2 'case\.lua:1: ' "$1" case.lua
}

# Syntax.
bad "'\\)' expected.*; look at" 'at("17:10" function() end)'
bad 'unfinished string.*; close' 'local x = "abc'
bad 'unexpected symbol' 'x = ]]'

# Unknown names.
bad "no lamp 'L-00001', did you mean 'L-0001'" 'lamp("L-00001")'
bad "no road 'Dong Khoi', did you mean 'Đồng Khởi'" 'road("Dong Khoi")'
bad "no segment 'S-1', did you mean 'S-01'" 'segment("S-1")'
bad "no road 'x'; .domdom city list roads. lists" 'lamps{road = "x"}'
bad "no field 'raod', did you mean 'road'" 'lamps{raod = "x"}'
bad "no field 'at_mots', did you mean 'at_most'" 'expect{name = "a", measure = "lamps.lit", at_mots = 1}'
bad "no setting 'mesh.fade', did you mean 'mesh.fade_db'" 'set{["mesh.fade"] = 3}'
bad "no figure 'lamp.lit', did you mean 'lamps.lit'" 'expect{name = "a", measure = "lamp.lit", at_most = 1}'
bad "no fault 'breker', did you mean 'breaker'" 'process(function() feeder("F-003"):fail("breker") end)'
bad "'jammer' happens to a" 'process(function() feeder("F-003"):fail("jammer") end)'
bad "no kind of record 'alarm_rised', did you mean 'alarm_raised'" 'on("alarm_rised", function() end)'
bad "field of alarm_raised 'waht', did you mean 'what'" 'on("alarm_raised", {waht = "x"}, function() end)'
bad "unknown name 'lampz'; did you mean 'lamp'" 'lampz()'
bad "no action 'overide', did you mean 'override'" 'process(function() act("overide city 50%") end)'
bad "no 'io' here" 'io.open("/etc/passwd")'

# Wrong units and values.
bad 'must be a duration, not 5; write seconds\(5\)' 'process(function() wait(5) end)'
bad 'must be a moment, not 5; write "21:10"' 'at(5, function() end)'
bad "'25:00' is no moment; write" 'at("25:00", function() end)'
bad 'lies after the scenario.s stop' 'at("19:00", function() end)'
bad 'level must be 0 to 100 percent, not 120' 'process(function() lamps():override(120) end)'
bad 'level must be 0 to 100 percent' 'process(function() lamps():override(0 / 0) end)'
bad 'level must be 0 to 100 percent' 'program{{at = "sunset", level = 120}}'
bad 'is no switch point; write "23:00"' 'program{{at = "25:00", level = 20}}'
bad 'a limit that is no number' 'expect{name = "a", measure = "lamps.lit", at_most = 0 / 0}'
bad 'a limit that is no number' 'expect{name = "a", measure = "lamps.lit", at_most = 1 / 0}'
bad 'must be 0 to 20 dB' 'set{["mesh.fade_db"] = 0 / 0}'
bad 'minutes\(-1\) is no duration' 'minutes(-1)'
bad 'this product is no duration' 'local never = minutes(1) * (0 / 0)'
bad 'is negative' 'process(function() wait(minutes(5) - minutes(6)) end)'
bad 'whole number from 0 on, not -1' 'lamps():pick(-1)'
bad 'does not lie within the run' 'expect{name = "a", measure = "lamps.lit", at_most = 1, at = "19:00"}'
bad 'but the run ends at' 'within{name = "a", from = "17:50", limit = "30m", check = lamps}'

# The air.
bad "no kind of jammer 'wify', did you mean 'wifi'" 'at("17:10", function() lamp("L-0001"):fail("jammer", {kind = "wify"}) end)'
bad "fail has no field 'pover', did you mean 'power'" 'at("17:10", function() lamp("L-0001"):fail("jammer", {pover = 20}) end)'
bad 'only a jammer has kind, power' 'at("17:10", function() lamp("L-0001"):fail("led_open", {power = 20}) end)'
bad "'jammer' happens to a lamp, a segment or a road" 'at("17:10", function() feeder("F-003"):fail("jammer") end)'
bad 'rfid jammer disturbs nobody here' 'at("17:10", function() lamp("L-0001"):fail("jammer", {kind = "rfid"}) end)'
bad 'there can be 16 at once' 'at("17:10", function() lamps():fail("jammer") end)'
bad 'weather needs something' 'at("17:10", function() weather{} end)'
bad 'rain = -1 is out of range' 'at("17:10", function() weather{rain = -1} end)'
bad "no segment 'S-1', did you mean" 'radios{["S-1"] = {channel = 15}}'
bad 'channel must be a whole number' 'radios{["S-01"] = {channel = 15.5}}'
bad 'must come before the first' 'lamps() radios{["S-01"] = {channel = 15}}'
bad 'segment S-01: channel 27 lies outside the band.*use 11 to 26' 'radios{["S-01"] = {channel = 27}} lamps()'
bad 'PAN id 0xffff is reserved' 'radios{["S-01"] = {pan = 0xffff}} lamps()'
bad 'are both given PAN id 0x0007' 'set{["mesh.cut_db"] = -30} radios{["S-01"] = {pan = 7}, ["S-02"] = {pan = 7}} lamps()'
bad 'mesh.preset = 4 is out of range: it must be 1 to 3' 'set{["mesh.preset"] = 4}'
bad 'its controller reaches none of its' 'set{["mesh.tx_change_db"] = -60} lamps()'

# What would silently match nothing, or everything.
bad 'these are lamps, those are feeders' 'lamps():without(feeder("F-001"))'
bad "no what 'lampfailure', did you mean 'lampFailure'" 'on("alarm_raised", {what = "lampfailure"}, print)'
bad "'entity' is a name in quotes" 'on("alarm_raised", {entity = lamp("L-0001")}, print)'
bad "'number' is a number" 'on("alarm_raised", {number = "one"}, print)'
bad 'methods are called with a colon' 'lamps().count()'
bad 'between needs two numbers' 'expect{name = "a", measure = "lamps.lit", between = {41, 39}}'
bad 'an alarm of feeders' 'at("17:10", function() lamps():alarm("supplyLoss") end)'
bad 'there are only' 'segment("S-02"):pick(2)'
bad 'a selection is no list' 'for _ in pairs(lamps()) do end'
bad 'must return true or false' 'within{name = "a", from = "17:10", limit = "5m", check = function() return lamps():dark() end}'
bad 'a segment or a road, but' 'at("17:10", function() act("fail feeder:F-003 jammer") end)'
bad 'write 40' 'at("17:10", function() lamps():override(0.4) end)'

# What would never end, or eat the machine.
bad 'put a wait into its loop' 'while true do end'
bad 'put a wait into its loop' 'at("17:10", function() while true do end end)'
bad 'put a wait into its loop' 'process(function() while true do pcall(error) end end)'
bad 'put a wait into its loop' 'process(function() while true do wait(seconds(0)) end end)'
bad 'put a wait into its loop' 'local function f() at(elapsed(), f) end at("17:10", f)'
bad 'too many ways to match' 'string.find(("a"):rep(40), ("a?"):rep(40) .. ("a"):rep(40))'
bad '64 MiB of memory; look for' 'local s = "x" while true do s = s .. s end'
bad '64 MiB' 'at("17:10", function() local t = {} while true do t[#t + 1] = lamps() end end)'
bad 'calls itself without end' 'local function f() return f() + 1 end f()'
bad 'write the gist' 'process(function() note(("x"):rep(5000000)) end)'
bad 'fewer of them' 'every("1m", function() for i = 1, 50000 do note(elapsed():seconds() .. " " .. i) end end)'

# Errors in what is called later.
bad 'nil value \(local .x.\).*; nothing is stored' 'process(function() wait("1m") local x = nil; x.y = 1 end)'
bad 'without a message; write error' 'process(function() wait("1m") error() end)'
bad 'waits by wait' 'process(function() coroutine.yield(5) end)'
bad 'seen' 'on("lamp_light", function() error("seen") end)'
bad "unknown name 'foo'" 'within{name = "a", limit = "1m", check = function() return foo.bar end}'
bad 'measure must return a number, not x' 'expect{name = "a", at = "17:30", at_most = 1, measure = function() return "x" end}'
bad 'boom' 'expect{name = "a", at_most = 1, measure = function() error("boom") end}'

# What begins wrongly.
bad_start "a scenario begins with scenario\{.*'domdom new'" 'local nothing'
bad_start 'scenario\{...\} must come first' 'lamps()'
bad_start 'no civil time after the start; write' \
    'scenario{city = "bentre", start = "2020-08-03 17:00", stop = "2020-08-03 16:00"}'
bad_start 'is no civil time; write' 'scenario{city = "bentre", start = "2020-02-30 17:00", stop = "18:00"}'
bad_start "needs the field 'stop'" 'scenario{city = "bentre", start = "2020-08-03 17:00"}'
bad_start "no field 'sead', did you mean 'seed'" \
    'scenario{city = "bentre", start = "2020-08-03 17:00", stop = "18:00", sead = 1}'
bad_start 'seed must be a whole number' \
    'scenario{city = "bentre", start = "2020-08-03 17:00", stop = "18:00", seed = -1}'

# What can be played all the same is only warned of.
warned() {
    printf '%s\n%s\n' 'scenario{city = "bentre", start = "2020-08-03 17:00", stop = "17:01"}' "$2" >case.lua
    if ! "$DOMDOM" run --quiet case.lua >out.txt 2>error.txt || ! grep -qE "^domdom: warning: .*$1" error.txt; then
        printf '%s\n  is not warned of: /%s/\n' "$2" "$1"
        failures=$((failures + 1))
    fi
}
warned 'radios send with 24.00 dBm EIRP, above the rule.s 20.00' 'set{["mesh.tx_change_db"] = 16}'
warned 'segment S-.*no chain of links leads from its controller to lamp L-' 'set{["mesh.tx_change_db"] = -28}'

# What is no scenario.
: >empty.lua
printf '\177ELF\002\001\001\377\376\200' >binary.lua
printf '\033LuaT\000\031' >compiled.lua
head -c 5242880 /dev/zero | tr '\0' '-' >large.lua
mkdir -p folder.lua
refused 2 'empty\.lua:1: ' "'domdom new' writes one" empty.lua
refused 2 'binary\.lua:1: ' 'save the file as UTF-8' binary.lua
refused 2 'compiled\.lua:1: ' 'give the \.lua file' compiled.lua
refused 2 'large\.lua: ' 'larger than 4 MiB' large.lua
refused 2 'folder\.lua: ' 'name a scenario file' folder.lua
refused 2 'absent\.lua: ' 'name a scenario file' absent.lua
[ $failures -eq 0 ]
