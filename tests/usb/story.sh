# shellcheck shell=sh
# What happens in the guest. `complain` makes the test fail; '@' lines are told to the stage.
failed=0
complain() {
    echo "FAIL: $*"
    failed=1
}
say() { echo "$(cut -d ' ' -f 1 /proc/uptime) $*"; }

# until_ok SECONDS COMMAND...: waits until the command succeeds.
until_ok() {
    tenths=$(($1 * 10))
    shift
    while ! "$@" >/dev/null 2>&1; do
        [ $tenths -gt 0 ] || return 1
        tenths=$((tenths - 1))
        sleep 0.1
    done
}

# listed LINES PATTERN...: what `board list` prints has so many boards, and a line like each.
listed() {
    lines=$1
    shift
    domdom board list "$list_options" >list.txt 2>&1
    [ "$(grep -c '^SEG-' list.txt)" -eq "$lines" ] || complain "not $lines boards: $(cat list.txt)"
    for pattern; do
        tr -s ' ' <list.txt | grep -q "$pattern" || complain "no line like '$pattern': $(cat list.txt)"
    done
}

say "== access"
# Who is in no group that may open it is told what to do; with the rule, an engineer may.
echo "@plug SEG-0001"
until_ok 10 test -e /dev/serial/by-id/usb-Dom_Dom_Segment_controller_SEG-0001-if00 ||
    complain "SEG-0001 does not come"
su guest -c "domdom board list" >list.txt 2>&1
tr -s ' ' <list.txt | grep -q '^SEG-0001 1209:0001 0 1-1 /dev/ttyACM0 no_access' ||
    complain "a guest sees: $(cat list.txt)"
grep -q 'udev rule: `domdom board list --rule | sudo tee' list.txt ||
    complain "a guest is not told what to do: $(cat list.txt)"
domdom board list --rule 0403:6001 >/etc/udev/rules.d/60-domdom.rules || complain "no rule"
echo 'SUBSYSTEM=="tty", ATTRS{serial}=="SEG-0004", ENV{DOMDOM_BAUD}="921600"' >/etc/udev/rules.d/61-own.rules
udevadm control --reload
udevadm trigger --action=add --subsystem-match=usb --subsystem-match=tty
udevadm settle --timeout=10
su engineer -c "domdom board list" >list.txt 2>&1
tr -s ' ' <list.txt | grep -q '^SEG-0001 1209:0001 0 1-1 /dev/ttyACM0 well host' ||
    complain "an engineer sees: $(cat list.txt)"
udevadm info /dev/ttyACM0 >info.txt
grep -q '^E: ID_MM_PORT_IGNORE=1' info.txt || complain "ModemManager may have it: $(cat info.txt)"
grep -q '^E: TAGS=.*:uaccess:' info.txt || complain "no uaccess: $(cat info.txt)"

say "== an FTDI converter"
echo "@plug SEG-0004"
until_ok 10 test -e /dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_SEG-0004-if00-port0 ||
    complain "SEG-0004 does not come: $(ls /dev/serial/by-id)"
[ "$(cat /sys/bus/usb-serial/devices/ttyUSB0/latency_timer)" = 1 ] ||
    complain "FTDI's latency is $(cat /sys/bus/usb-serial/devices/ttyUSB0/latency_timer) ms"

say "== three boards, and one behind the converter"
echo "@plug SEG-0002"
echo "@plug SEG-0003"
until_ok 10 test -e /dev/ttyACM2 || complain "SEG-0002 and SEG-0003 do not come"
udevadm settle --timeout=10
list_options=--wait=3
listed 4 '^SEG-0001 1209:0001 0 1-1 /dev/ttyACM0 well' '^SEG-0002 1209:0001 0 1-2 /dev/ttyACM1 well' \
    '^SEG-0003 1209:0001 0 1-3 /dev/ttyACM2 well' '^SEG-0004 0403:6001 0 1-8 /dev/ttyUSB0 well'

[ "$(stty -F /dev/ttyUSB0 speed)" = 921600 ] || complain "the speed is $(stty -F /dev/ttyUSB0 speed)"

say "== pulled, and back under another node"
# Somebody who keeps the old node open has the board come back as another.
exec 7</dev/ttyACM0
domdom board monitor SEG-0001 >monitor.txt 2>&1 &
monitor=$!
until_ok 10 grep -q 'hello.*SEG-0001' monitor.txt || complain "no Hello: $(cat monitor.txt)"
echo "@unplug SEG-0001"
until_ok 10 grep -q 'unplugged' monitor.txt || complain "unseen: $(cat monitor.txt)"
listed 3 '^SEG-0002 .* well' '^SEG-0003 .* well' '^SEG-0004 .* well'
domdom board monitor SEG-0001 --for 1 >gone.txt 2>&1
grep -q 'no board SEG-0001 is there' gone.txt || complain "a pulled board: $(cat gone.txt)"
echo "@plug SEG-0001"
until_ok 10 test -e /dev/ttyACM3 || complain "no other node: $(ls /dev/ttyACM*)"
udevadm settle --timeout=10
list_options=--no-hello
listed 4 '^SEG-0001 1209:0001 0 1-1 /dev/ttyACM3 well'
list_options=--wait=3
greeted() { [ "$(grep -c 'hello.*SEG-0001' monitor.txt)" -ge "$1" ]; }
until_ok 10 greeted 2 || complain "not found again: $(cat monitor.txt)"
listed 4 '^SEG-0001 .* no_access' # the monitor has it
kill $monitor
wait $monitor
listed 4 '^SEG-0001 .* well'
exec 7<&-

say "== the twin in lock-step: the same run as without boards"
digest() { sed -n 's/^  "digest": "\(.*\)",/\1/p' "$1"; }
domdom run night.lua --json >alone.txt 2>error.txt || complain "without boards: $(cat error.txt)"
domdom run night.lua --json --board S-01=SEG-0001 --board S-02=SEG-0002 --board S-03=SEG-0004 \
    >three.txt 2>error.txt || complain "with three boards: $(cat error.txt)"
[ -n "$(digest alone.txt)" ] && [ "$(digest three.txt)" = "$(digest alone.txt)" ] ||
    complain "another run with three boards: $(cat alone.txt three.txt)"
[ "$(grep -c '"seat": "board"' three.txt)" -eq 3 ] || complain "no three boards: $(cat three.txt)"

say "== the twin in real time: a board is pulled, and comes back under another node"
at_work() { [ "$(grep -c "$1: at work" run.txt)" -ge "$2" ]; }
domdom run night.lua --speed 1 --out run --board S-01=SEG-0001 --board S-02=SEG-0002 \
    --board S-03=SEG-0004 >run.txt 2>&1 &
run=$!
for segment in S-01 S-02 S-03; do
    until_ok 10 at_work $segment 1 || complain "$segment is not at work: $(cat run.txt)"
done
old=$(readlink /dev/serial/by-id/*SEG-0002*)
exec 7<"/dev/${old##*/}"
echo "@unplug SEG-0002"
until_ok 10 grep -q 'S-02: lost (' run.txt || complain "nobody saw it go: $(cat run.txt)"
plugged=$(cut -d ' ' -f 1 /proc/uptime)
echo "@plug SEG-0002"
until_ok 10 at_work S-02 2 || complain "S-02 is not at work again: $(cat run.txt)"
say "at work again, plugged in at $plugged"
new=$(readlink /dev/serial/by-id/*SEG-0002*)
[ "$new" != "$old" ] || complain "no other node than $old"
exec 7<&-
sleep 2
kill -INT $run
wait $run
cat run.txt
# of SEGMENT: what the summary says of it, in one line.
of() { tr -d ' \n' <run/summary.json | sed "s/.*\"boards\":.*\"$1\":{\(\"board\"[^}]*}\).*/\1/"; }
case $(of S-02) in
*'"seat":"board"'*'"losses":1,'*) ;;
*) complain "S-02 at the end: $(of S-02)" ;;
esac

say "== mute, and unplugged converter"
echo "@kill SEG-0003"
sleep 0.3
list_options=--wait=1
listed 4 '^SEG-0003 .* no_hello' '^SEG-0001 .* well'
echo "@unplug SEG-0004"
until_ok 10 test ! -e /dev/ttyUSB0 || complain "SEG-0004 stays"
listed 3 '^SEG-0003 .* no_hello'
say "== end"
exit $failed
