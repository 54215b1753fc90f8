#!/bin/sh
# run.sh - builds dagd on Debian 12 and runs a sample DAG with it.
#
#   ./run.sh          install what is missing, build into build/, run examples/dags/sample.json
#   ./run.sh build    the same without the run
#
# Works as root or through sudo; a second run installs nothing and builds only what changed.
set -eu
cd "$(dirname "$0")"
. tools/packages.sh

case "${1-}" in
'' | build) ;;
*)
    echo "usage: ./run.sh [build]" >&2
    exit 2
    ;;
esac

need_packages gcc g++ libc6-dev meson ninja-build pkg-config libcmocka-dev libsimdjson-dev \
    libevent-dev libsodium-dev libssl-dev tzdata

if [ ! -f build/build.ninja ]; then
    echo "== configuring build/"
    mkdir -p build
    meson setup build >build/setup.log 2>&1 || {
        tail -n 20 build/setup.log >&2
        exit 1
    }
fi
echo "== building build/dagd and build/tests/conformance"
ninja -C build program >build/build.log 2>&1 || {
    tail -n 40 build/build.log >&2
    echo "the build failed; the whole log is in build/build.log" >&2
    exit 1
}
[ "${1-}" != build ] || exit 0

echo "== build/dagd run examples/dags/sample.json (reads examples/data/orders.jsonl)"
exec build/dagd run examples/dags/sample.json
