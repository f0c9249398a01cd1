#!/bin/sh
# fetch_nanopb.sh DIR: nanopb's runtime (its C files) in DIR, from Debian's source package. The
# package is found through lists of its own, made from the machine's; those are left as they are.
set -eu
into=$1
work=$into.work
stop() {
    echo "nanopb: $*" >&2
    exit 1
}
command -v apt-get >/dev/null || stop "apt-get is needed to fetch its source; or put its pb*.[ch] into $into"
rm -rf "$work"
mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial" "$into"
for source in /etc/apt/sources.list.d/*.sources; do
    [ -f "$source" ] || continue
    sed 's/^Types:.*/Types: deb-src/' "$source" >"$work/parts/$(basename "$source")"
done
for source in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$source" ] || continue
    sed -n 's/^deb\(-src\)\{0,1\}[[:space:]]/deb-src /p' "$source" | sort -u >"$work/parts/$(basename "$source" .list).list"
done
apt() {
    timeout 300 apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/parts" \
        -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" \
        -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=3 -o Acquire::http::Timeout=30 "$@"
}
cd "$work"
{ apt update && apt source --download-only nanopb; } >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    stop "its source package could not be fetched; see above"
}
mkdir source
tar -xzf nanopb_*.orig.tar.gz --strip-components=1 -C source
cp source/pb.h source/pb_*.[ch] "$into"
rm -rf "$work"
