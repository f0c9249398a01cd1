#!/bin/sh
# `domdom board list` and `map`: boards at pseudo-terminals, those that say nothing, and mistakes.
set -u
failed=0
complain() {
    printf '%s\n' "$*"
    failed=1
}
boards=''
trap 'kill -CONT $boards 2>/dev/null; kill $boards 2>/dev/null' EXIT
export XDG_RUNTIME_DIR="$PWD/runtime"
rm -rf runtime && mkdir -p -m 700 runtime

# start NAME SERIAL [OPTIONS]: a board at the path NAME.
start() {
    name=$1 serial=$2
    shift 2
    setpriv --pdeathsig KILL "$(dirname "$DOMDOM")/domdom-board" --link "$PWD/$name" --serial "$serial" "$@" >/dev/null &
    boards="$boards $!"
    tries=100
    while [ ! -e "$name" ] && [ $tries -gt 0 ]; do
        sleep 0.05
        tries=$((tries - 1))
    done
    [ -e "$name" ] || complain "$name does not come"
}

# has PATTERN: the last list has such a line.
has() { tr -s ' ' <list.txt | grep -qE -- "$1" || complain "no line like '$1': $(cat list.txt)"; }

rm -f one two mute again file
start one SEG-T1 --segment S-02
start two SEG-T2 --segment S-01
start mute SEG-T3
"$DOMDOM" board list "$PWD/one" "$PWD/two" >list.txt || complain "the list fails"
has '^SEG-T1 - - path .*/one well host .* S-02'
has '^SEG-T2 - - path .*/two well host .* S-01'
"$DOMDOM" board list "$PWD/one" --json | sed -n 's/.*"segment": "\(.*\)".*/\1/p' | grep -qx S-02 ||
    complain "JSON without the segment"
"$DOMDOM" board map "$PWD/one" "$PWD/two" >list.txt || complain "the map fails"
[ "$(sed -n '2s/ .*//p;3s/ .*//p' list.txt | tr '\n' ' ')" = "S-01 S-02 " ] ||
    complain "not by segment: $(cat list.txt)"

# Who is silent, what is no port, what is not there.
kill -STOP "${boards##* }"
echo text >file
"$DOMDOM" board list "$PWD/mute" "$PWD/file" "$PWD/nowhere" --wait 0.5 >list.txt || complain "the list fails"
has '^- - - path .*/mute no_hello'
has '^- - - path .*/file not_found'
has '^.*/file: no serial port'
has '^- - - path .*/nowhere not_found'
# Two of one serial, two of one segment.
start again SEG-T1 --segment S-02
"$DOMDOM" board map "$PWD/one" "$PWD/again" >list.txt || complain "the map fails"
has '^S-02 SEG-T1 path - .*/one ambiguous'
has '^S-02: SEG-T1 and SEG-T1 are both'
# One that somebody has open.
"$DOMDOM" board monitor "$PWD/two" --for 3 >monitor.txt 2>&1 &
monitor=$!
tries=40
until grep -q 'hello' monitor.txt || [ $tries -eq 0 ]; do
    sleep 0.05
    tries=$((tries - 1))
done
"$DOMDOM" board list "$PWD/two" --wait 0.5 >list.txt || complain "the list fails"
has '^- - - path .*/two no_access'
has 'somebody else has it open'
kill "$monitor"

# The rule, for boards of one's own too.
"$DOMDOM" board list --rule ABCD:0042 >rule.txt || complain "no rule"
grep -q 'ATTRS{idVendor}=="abcd", ATTRS{idProduct}=="0042", ENV{DOMDOM_BOARD}="1"' rule.txt ||
    complain "no line of one's own: $(cat rule.txt)"

# wrong STATUS PATTERN ARGUMENTS...: refused so.
wrong() {
    status=$1 pattern=$2
    shift 2
    timeout 20 "$DOMDOM" board "$@" >out.txt 2>error.txt
    got=$?
    if [ $got -ne "$status" ] || ! grep -q -- "$pattern" error.txt; then
        complain "board $*: status $got, not $status; no /$pattern/: $(cat error.txt)"
    fi
}
wrong 2 "did you mean '--json'" list --jsn
wrong 2 'must be seconds' list --wait soon
wrong 2 'needs a value' list --wait
wrong 2 'VID:PID' list --rule 12345
wrong 2 'monitor which board' monitor
wrong 3 'no board SEG-T9 is there' monitor SEG-T9
wrong 2 'no such speed' monitor "$PWD/one@12345"
exit $failed
