# What happens in the guest. `complain` makes the test fail; '@' lines are told to the stage.
failed=0
complain() {
    echo "FAIL: $*"
    failed=1
}
say() { echo "$(cut -d ' ' -f 1 /proc/uptime) $*"; }

# until SECONDS COMMAND...: waits until the command succeeds.
until_ok() {
    tenths=$(($1 * 10))
    shift
    while ! "$@" >/dev/null 2>&1; do
        [ $tenths -gt 0 ] || return 1
        tenths=$((tenths - 1))
        sleep 0.1
    done
}

node_of() { domdom board list --no-hello --json | sed -n "/\"serial\": \"$1\"/,/}/s/.*\"node\": \"\(.*\)\".*/\1/p"; }
is_at() { [ "$(node_of "$1")" = "$2" ]; }
gone() { [ -z "$(node_of "$1")" ]; }

say "without a rule"
echo "@plug SEG-0001"
until_ok 10 test -e /dev/ttyACM0 || complain "SEG-0001 does not come"
say "there"
domdom board list || complain "list"
say "listed"
udevadm info /dev/ttyACM0 | cat
ls -l /dev/ttyACM* /dev/serial/by-id
echo "@plug SEG-0004"
until_ok 10 test -e /dev/ttyUSB0 || complain "SEG-0004 does not come"
domdom board list || complain "list"
say "end"
exit $failed
