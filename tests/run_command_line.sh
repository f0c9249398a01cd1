#!/bin/sh
# The command line itself: help, version, what is said to a word that is no command.
set -u
failures=0

# expect STATUS PATTERN ARGUMENTS...: what `domdom ARGUMENTS` returns, and what it prints somewhere.
expect() {
    status=$1 pattern=$2
    shift 2
    output=$("$DOMDOM" "$@" 2>&1)
    got=$?
    if [ $got -ne "$status" ] || ! printf '%s\n' "$output" | grep -qE -e "$pattern"; then
        printf 'domdom %s: status %s (expected %s), and not /%s/ in:\n%s\n' \
            "$*" $got "$status" "$pattern" "$output"
        failures=$((failures + 1))
    fi
}

expect 0 '^usage: domdom COMMAND'
expect 0 '^  run +play a scenario'
expect 0 '^usage: domdom COMMAND' --help
expect 0 '^usage: domdom COMMAND' help
expect 0 '^domdom [0-9]+\.[0-9]+\.[0-9]+$' --version
expect 2 "no command 'rnu', did you mean 'run'\?" rnu
expect 2 "no command 'ctiy', did you mean 'city'\?" ctiy
expect 2 "no command 'xylophone'; .domdom. alone lists" xylophone
expect 2 "did you mean 'bench'\?" help bensh
expect 2 "did you mean 'settings'\?" help setting
expect 2 '^domdom: bench: --threads takes a number from 1 to 256$' bench street --threads 257
expect 2 'launcher at the root of the sources: \./domdom test' test
for command in run replay new city bench api test help; do
    expect 0 "^(\./)?domdom $command" help $command
    expect 0 "^(\./)?domdom $command" $command --help
done

if [ -w /dev/full ]; then
    "$DOMDOM" help >/dev/full 2>error.txt
    got=$?
    if [ $got -ne 3 ] || ! grep -q 'cannot write' error.txt; then
        echo "a full disk: status $got (expected 3), message: $(cat error.txt)"
        failures=$((failures + 1))
    fi
fi
[ $failures -eq 0 ]
