#!/bin/sh
# mutate.sh - breaks a copy of the tree in one place after the other and sees the simulator find it.
#
#   tests/mutations/mutate.sh [--count N] [--jobs N] [NAME...]
#
# N seeds for each mutation (20,000). The copy and its build lie in a temporary folder. The last
# line is "N passed, N failed"; the exit code is 0 when the unbroken tree is good and every
# mutation was found.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
mutations=$root/tests/mutations/mutations.py
count=20000
jobs=$(nproc)
while [ $# -gt 0 ]; do
    case $1 in
    --count) count=$2 && shift 2 ;;
    --jobs) jobs=$2 && shift 2 ;;
    -*) sed -n '2,8s/^# \{0,1\}//p' "$0" && exit 2 ;;
    *) break ;;
    esac
done
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

good() {
    passed=$((passed + 1))
    echo "ok      $*"
}

bad() {
    failed=$((failed + 1))
    echo "FAILED  $*"
}

# The unit tests that see what the simulator can't, as targets.
units() {
    python3 "$mutations" list | sed -n 's,.* \(test_.*\),tests/\1,p' | sort -u
}

build() {
    # shellcheck disable=SC2046 # names, one a word
    ninja -C "$work/build" -j "$jobs" tests/sim/sim $(units) >"$work/build.log" 2>&1 || {
        tail -n 20 "$work/build.log"
        return 1
    }
}

# seeds OPTION...: runs the simulator; a seed that crashes it or hangs it counts as found.
seeds() {
    timeout 600 "$work/build/tests/sim/sim" "$@" >"$work/sim.log" 2>&1
}

# holds PART: the simulator, or the unit test, finds nothing.
holds() {
    case $1 in
    test_*) timeout 600 "$work/build/tests/$1" >"$work/sim.log" 2>&1 ;;
    *) seeds "$1" --count "$count" ;;
    esac
}

# found: what has found it.
found() {
    where=$(sed -n -e 's/^FAILED .*--seed \([0-9]*\).*/seed \1/p' \
        -e 's/^\[  FAILED  \] \([a-z_]*\)$/\1/p' "$work/sim.log" | head -n 1)
    echo "${where:-(it crashed)}"
}

copy() {
    mkdir "$work/tree" && (cd "$root" && tar cf - --exclude=./build --exclude='./build-*' \
        --exclude=./.git --exclude=node_modules .) | (cd "$work/tree" && tar xf -) &&
        meson setup "$work/build" "$work/tree" -Dbench=false >"$work/setup.log" 2>&1
}

if ! copy; then
    tail -n 20 "$work/setup.log"
    exit 1
fi
build || exit 1
if seeds --count 1000; then
    good "the tree as it is"
else
    bad "the tree as it is: $(grep FAILED "$work/sim.log")"
fi

# shellcheck disable=SC2046 # names, one a word
[ $# -gt 0 ] || set -- $(python3 "$mutations" list | cut -d' ' -f1)
for name; do
    part=$(python3 "$mutations" list | sed -n "s/^$name //p")
    what=$(python3 "$mutations" tell "$name")
    if ! python3 "$mutations" apply "$name" "$work/tree"; then
        bad "$name"
        continue
    fi
    if ! build; then
        bad "$name: it doesn't build"
    elif holds "$part"; then
        bad "$name: not found ($part, $count seeds): $what"
    else
        good "$name: $(found): $what"
    fi
    python3 "$mutations" undo "$name" "$work/tree"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
