# packages.sh - sourced by run.sh and test.sh: installs the Debian packages that are missing.
# shellcheck shell=sh

# need_packages NAME...: asks apt only when something is missing, so a second run costs nothing.
need_packages() {
    missing=
    for package in "$@"; do
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=
        [ "$status" = installed ] || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0

    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            echo "missing:$missing - run as root, or install sudo" >&2
            return 1
        fi
        as_root=sudo
    fi
    echo "== installing:$missing"
    # shellcheck disable=SC2086 # a list of words on purpose
    { $as_root apt-get update -q &&
        $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -q -y --no-install-recommends $missing; } >apt.log 2>&1 || {
        tail -n 20 apt.log >&2
        echo "apt-get failed; the whole log is in apt.log" >&2
        return 1
    }
    rm -f apt.log
}

# unpack_program PACKAGE PATH: puts one program of a Debian package into build/tools, at its PATH
# there. Installing the package would start its service.
unpack_program() {
    [ ! -x "build/tools/$2" ] || return 0
    rm -rf build/tools/new
    mkdir -p build/tools/new "build/tools/$(dirname "$2")"
    { (cd build/tools/new && apt-get download -q "$1") &&
        dpkg-deb -x build/tools/new/"$1"_*.deb build/tools/new &&
        mv "build/tools/new/$2" "build/tools/$2"; } >build/tools/unpack.log 2>&1
    unpacked=$?
    rm -rf build/tools/new
    return $unpacked
}
