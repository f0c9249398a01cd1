#!/bin/sh
# The launcher: its cost once all is built, and what it does about packages, on a copy of it with
# programs made up for the purpose in its path. It never gets as far as a real installation.
set -u
failures=0
fail() {
    echo "$*"
    failures=$((failures + 1))
}

# Once built it costs no more than a tenth of a second: the best of ten, as others work here too.
# (Only where the launcher built what is tested, else it would set off a build of its own.)
if [ "$DOMDOM_BUILD" = "$DOMDOM_SOURCE/build/release" ] && [ -f "$DOMDOM_BUILD/configured" ]; then
    "$DOMDOM_SOURCE/domdom" --version >/dev/null || fail "the launcher failed"
    best=1000
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        start=$(date +%s%N)
        "$DOMDOM_SOURCE/domdom" --version >/dev/null
        took=$((($(date +%s%N) - start) / 1000000))
        [ $took -lt $best ] && best=$took
    done
    echo "launcher and program: $best ms"
    [ $best -le 100 ] || fail "the launcher costs $best ms; a tenth of a second is the limit"
fi

rm -rf 'a place'
mkdir -p 'a place/bin'
cd 'a place' || exit 1
cp "$DOMDOM_SOURCE/domdom" .
for program in sh env dirname readlink mkdir cat cc flock; do
    ln -s "$(command -v $program)" bin/$program
done
invent() {
    printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
    chmod +x "bin/$1"
}
# shellcheck disable=SC2016 # expanded by the programs
{
    invent id 'echo 1000'
    invent dpkg-query 'case $4 in libev-dev | libc6-dev) printf "ii " ;; *) exit 1 ;; esac'
    invent apt-get 'echo "$*" >>"$LOG"; exit 100'
}
LOG=$PWD/log
export LOG

# Neither root nor sudo: it names what is missing, what is there not, and stops.
(cd / && PATH="$OLDPWD/bin" "$OLDPWD/domdom" help) >output 2>&1
status=$?
[ $status -eq 3 ] || fail "without root or sudo: status $status, expected 3"
grep -q 'apt-get install .*cmake ninja-build .*libjansson-dev' output ||
    fail "without root or sudo it does not name the packages: $(cat output)"
grep -qE 'libev-dev|gcc|criterion' output && fail "names what is there or not needed: $(cat output)"
[ -e log ] && fail "apt-get was called without root"
PATH=$PWD/bin ./domdom test >output 2>&1
grep -q 'libcriterion-dev' output || fail "test does not ask for Criterion: $(cat output)"

# Boards: each command asks for what it needs, and `run` for no more than any other.
asks() { # a package that is named, one that is not, the command
    with=$1 without=$2
    shift 2
    PATH=$PWD/bin ./domdom "$@" >output 2>&1
    grep -q "$with" output || fail "$* does not ask for $with: $(cat output)"
    grep -q "$without" output && fail "$* asks for $without: $(cat output)"
}
asks libudev-dev nanopb run night.lua --board S-17=emulated
asks libudev-dev nanopb board list
asks nanopb gcc-arm board emulate 2 --machine host
asks nanopb gcc-arm board test emulated:host
asks gcc-arm criterion board emulate 2
asks qemu-system-arm criterion board replay S-17.rec --against new.elf

# With sudo: install, and once more after an update; then the log is shown.
# shellcheck disable=SC2016 # expanded by the program
invent sudo '[ "$1" = -n ] && exit 0; exec "$@"'
PATH=$PWD/bin ./domdom help >output 2>&1
status=$?
[ $status -eq 3 ] || fail "apt-get fails: status $status, expected 3"
grep -q 'could not install' output || fail "apt-get fails: $(cat output)"
grep -q '^-qy .* install .*cmake' log || fail "no installation: $(cat log)"
grep -q 'update$' log || fail "no update when the installation fails: $(cat log)"

# Packages that a later version of the launcher needs are seen to although dpkg changed nothing.
invent dpkg-query 'printf "ii "'
invent cmake 'exit 1'
PATH=$PWD/bin ./domdom help >output 2>&1
grep -q 'cmake could not configure' output || fail "with all packages there: $(cat output)"
invent dpkg-query 'exit 1'
PATH=$PWD/bin ./domdom help >output 2>&1
grep -q 'cmake could not configure' output || fail "looked again without a reason: $(cat output)"
sed 's/^for_all="/&new-one /' domdom >newer && chmod +x newer
PATH=$PWD/bin ./newer help >output 2>&1
grep -q 'could not install.*new-one' output || fail "a new package is not seen to: $(cat output)"
[ $failures -eq 0 ]
