#!/bin/sh
# run.sh - builds dagd on Debian 12 and serves sample DAGs with it.
#
#   ./run.sh                install what is missing, build into build/, serve the DAGs of
#                           examples/serve from build/serve/ until Ctrl-C
#   ./run.sh build          the same without serving
#   ./run.sh --OPTION...    the same with options for `dagd serve`, such as --listen 127.0.0.1:0
#
# Works as root or through sudo; a second run installs nothing and builds only what changed.
set -eu
cd "$(dirname "$0")"
. tools/packages.sh

case "${1-}" in
'' | build | --*) ;;
*)
    echo "usage: ./run.sh [build | --OPTION...]" >&2
    exit 2
    ;;
esac

need_packages gcc g++ libc6-dev meson ninja-build pkg-config libcmocka-dev libsimdjson-dev \
    libcurl4-openssl-dev libevent-dev libhiredis-dev librdkafka-dev libsodium-dev libssl-dev tzdata

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

# What the server writes stays in build/: changes of the samples as well.
mkdir -p build/serve
[ -d build/serve/dags ] || cp -R examples/serve build/serve/dags
echo "== build/dagd serve, with the DAGs of build/serve/dags; Ctrl-C ends it"
exec build/dagd serve --dags build/serve/dags --data build/serve/data \
    --file-root build/serve/files --start-all "$@"
