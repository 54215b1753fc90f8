#!/bin/sh
# test.sh - installs what the tests need on Debian 12, builds, and runs every test.
#
#   ./test.sh                 all stages, in this order
#   ./test.sh STAGE...        unit   normal build with warnings as errors, all tests and vectors
#                             asan   the same tests under the address and undefined-behaviour
#                                    sanitizers
#                             tsan   the tests with threads under the thread sanitizer
#                             tidy   layers, headers, house rules, formatting, static analysis
#                             fuzz   each fuzz target for 10 s (60 s with CI=true)
#                             web    the page: types, web/dist against web/src, end to end in
#                                    Chromium; pictures of every page in build/pictures
#                             shell  the scripts themselves
#
# The last line is "N passed, N failed", with ", N skipped" where something was skipped. The exit
# code is 0 only when something passed and nothing failed. Logs stay in build*/.
set -u
cd "$(dirname "$0")" || exit 1
. tools/packages.sh

jobs=$(nproc)
passed=0
failed=0
skipped=0
started=$(date +%s)

# One fuzz target; test.sh calls itself with this through xargs.
fuzz_one() {
    name=$1
    mkdir -p "build-fuzz/corpus/$name" "tests/fuzz/corpus/$name" build-fuzz/found
    set -- "build-fuzz/corpus/$name" "tests/fuzz/corpus/$name" "-max_total_time=$2" \
        -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        "-artifact_prefix=build-fuzz/found/$name-"
    [ ! -f "tests/fuzz/$name.dict" ] || set -- "-dict=tests/fuzz/$name.dict" "$@"
    "build-fuzz/tests/fuzz/fuzz_$name" "$@" >"build-fuzz/fuzz_$name.log" 2>&1
    echo $? >"build-fuzz/fuzz_$name.status"
}
if [ "${1-}" = --fuzz-one ]; then
    fuzz_one "$2" "$3"
    exit 0
fi

note() {
    echo "== $* (at $(($(date +%s) - started)) s)"
}

# step NAME LOG COMMAND...: runs a command; shows the end of its log when it fails, which counts as
# one failed test.
step() {
    step_name=$1
    step_log=$2
    shift 2
    mkdir -p "$(dirname "$step_log")"
    if "$@" >"$step_log" 2>&1; then
        echo "ok      $step_name"
    else
        tail -n 60 "$step_log"
        echo "FAILED  $step_name (log: $step_log)"
        failed=$((failed + 1))
        return 1
    fi
}

# check NAME LOG COMMAND...: a step that is a test, so it counts when it holds, too.
check() {
    step "$@" && passed=$((passed + 1))
}

# build DIR TARGET OPTION...: configures and builds a folder; a failure is one failed test.
# TARGET is "all" or a target of ninja's.
build() {
    dir=$1
    target=$2
    shift 2
    mkdir -p "$dir"
    if [ -f "$dir/build.ninja" ]; then
        step "$dir: configure" "$dir/setup.log" meson setup --reconfigure "$dir" "$@" || return 1
    else
        step "$dir: configure" "$dir/setup.log" meson setup "$dir" "$@" || return 1
    fi
    step "$dir: build" "$dir/build.log" ninja -C "$dir" "$target"
}

# run_tests DIR ARGUMENT...: runs meson's tests and adds up what each of them counted.
run_tests() {
    dir=$1
    shift
    rm -f "$dir"/meson-logs/testlog*.json
    meson test -C "$dir" --no-rebuild --num-processes "$jobs" "$@" >"$dir/test.log" 2>&1
    status=$?
    # The file is named after the wrapper when there is one.
    counts=$(python3 tests/support/count_results.py "$dir"/meson-logs/testlog*.json) ||
        counts="0 1 0"
    echo "$counts" | sed '$d'
    # shellcheck disable=SC2046 # three numbers on purpose
    set -- $(echo "$counts" | tail -n 1)
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + $3))
    echo "$dir: $1 passed, $2 failed and $3 skipped (log: $dir/meson-logs/testlog.txt)"
    if [ "$2" -eq 0 ] && [ "$status" -ne 0 ]; then
        tail -n 40 "$dir/test.log"
        echo "FAILED  $dir: meson test ended with $status"
        failed=$((failed + 1))
    fi
}

stage_unit() {
    unpack_program prometheus usr/bin/promtool ||
        echo "promtool can't be had (log: build/tools/unpack.log)"
    build build all -Dwerror=true -Dtests=true -Dbench=true || return
    run_tests build --no-suite tidy
}

stage_asan() {
    build build-asan all -Dwerror=true -Dbench=false -Dbuildtype=debugoptimized \
        -Db_sanitize=address,undefined || return
    ASAN_OPTIONS=abort_on_error=1:detect_stack_use_after_return=1:strict_string_checks=1 \
    UBSAN_OPTIONS=halt_on_error=1:abort_on_error=1:print_stacktrace=1 TESTS_PATIENCE=4 \
        run_tests build-asan --no-suite tidy --timeout-multiplier 4
}

stage_tsan() {
    build build-tsan all -Dwerror=true -Dbench=false -Db_sanitize=thread || return
    # The sanitizer of gcc 12 can't place its shadow when addresses are randomised widely.
    set -- --suite threads --timeout-multiplier 8
    if setarch "$(uname -m)" -R true 2>/dev/null; then
        set -- "$@" --wrapper "setarch $(uname -m) -R"
    fi
    TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1 TESTS_PATIENCE=8 \
        run_tests build-tsan "$@"
}

sources() {
    find include src tests bench examples -name node_modules -prune -o \
        \( -name '*.c' -o -name '*.h' -o -name '*.cc' \) -print | sort
}

format_check() {
    sources | xargs clang-format --dry-run -Werror
}

cppcheck_check() {
    mkdir -p build/cppcheck
    sources | grep -v '\.h$' | cppcheck --file-list=- --enable=warning,performance,portability \
        --quiet --inline-suppr --suppressions-list=tests/tidy/cppcheck.suppress \
        --error-exitcode=1 -j "$jobs" --cppcheck-build-dir=build/cppcheck --max-configs=4 \
        --library=posix --library=gnu -D_GNU_SOURCE -D__GNUC__=12 -D__linux__ \
        -DDAGD_VERSION='"0"' -DDAGD_TESTS_DIR='"tests"' -I include -I src -I tests
}

# The analyzer of clang may look at so many states of a function: its own limit of 225,000 takes
# four times as long and found nothing more here. ANALYZER_NODES=225000 ./test.sh tidy goes there.
clang_tidy_check() {
    python3 -c '
import json
for file in sorted({entry["file"] for entry in json.load(open("build/compile_commands.json"))}):
    print(file)' | (cd build && xargs -P "$jobs" -n 4 clang-tidy --quiet -p . \
        --extra-arg=-Wno-unknown-warning-option --extra-arg=-Xclang \
        --extra-arg=-analyzer-config --extra-arg=-Xclang \
        "--extra-arg=max-nodes=${ANALYZER_NODES:-60000}")
}

stage_tidy() {
    build build all -Dwerror=true -Dtests=true -Dbench=true || return
    run_tests build --suite tidy
    check clang-format build/clang-format.log format_check
    check cppcheck build/cppcheck.log cppcheck_check
    check clang-tidy build/clang-tidy.log clang_tidy_check
}

stage_fuzz() {
    seconds=10
    [ "${CI-}" != true ] || seconds=60
    CC=clang CXX=clang++ build build-fuzz fuzz -Dfuzz=true -Dbench=false \
        -Db_sanitize=address,undefined -Db_lundef=false || return
    rm -f build-fuzz/fuzz_*.status
    targets=$(find build-fuzz/tests/fuzz -maxdepth 1 -type f -name 'fuzz_*' -perm -100 |
        sed 's/.*fuzz_//' | sort)
    echo "$targets" | xargs -r -P "$jobs" -I '{}' sh test.sh --fuzz-one '{}' "$seconds"
    for name in $targets; do
        if [ "$(cat "build-fuzz/fuzz_$name.status" 2>/dev/null)" = 0 ]; then
            runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "build-fuzz/fuzz_$name.log")
            echo "ok      fuzz $name ($runs runs)"
            passed=$((passed + 1))
        else
            tail -n 40 "build-fuzz/fuzz_$name.log"
            echo "FAILED  fuzz $name (log: build-fuzz/fuzz_$name.log, input: build-fuzz/found/)"
            failed=$((failed + 1))
        fi
    done
}

# tap NAME LOG COMMAND...: a program that speaks TAP; each of its cases counts.
tap() {
    tap_name=$1
    tap_log=$2
    shift 2
    "$@" >"$tap_log" 2>&1
    tap_status=$?
    good=$(grep -c '^ok ' "$tap_log")
    bad=$(grep -c '^not ok ' "$tap_log")
    grep '^# .*\(ms\|KiB\)' "$tap_log"
    if [ "$tap_status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1 # it ended before it could tell
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
    if [ "$bad" -gt 0 ]; then
        grep -A 25 '^not ok ' "$tap_log" || tail -n 40 "$tap_log"
        echo "FAILED  $tap_name (log: $tap_log)"
    else
        echo "ok      $tap_name ($good cases)"
    fi
}

# The page's tools come from npm's registry: without it their tests are skipped, but not in CI.
web_tools() {
    mkdir -p build
    if npm ci --prefix web --ignore-scripts --no-audit --no-fund >build/web-npm.log 2>&1; then
        return 0
    fi
    if [ "${CI-}" = true ]; then
        tail -n 20 build/web-npm.log
        echo "FAILED  web: npm ci (log: build/web-npm.log)"
        failed=$((failed + 1))
    else
        echo "SKIPPED web: npm's registry can't be reached (log: build/web-npm.log)"
        skipped=$((skipped + 1))
    fi
    return 1
}

types_check() {
    (cd web && node_modules/.bin/tsc --noEmit -p .)
}

stage_web() {
    web_tools || return
    build build dagd -Dwerror=true -Dtests=true -Dbench=true || return
    check "web: types" build/web-types.log types_check
    check "web: dist is what src gives" build/web-dist.log node web/build.mjs --check
    check "web: contrast of the tokens" build/web-contrast.log python3 web/test/contrast.py
    rm -rf build/pictures
    mkdir -p build/pictures
    DAGD_PICTURES=build/pictures tap "web: end to end" build/web-end-to-end.log \
        node web/test/end_to_end.mjs build/dagd
    tap "web: every page" build/web-pages.log node web/test/pages.mjs build/dagd build/pictures
}

stage_shell() {
    for script in run.sh test.sh tools/packages.sh .ci/run bench/run tests/services/*.sh; do
        if [ ! -f "$script" ] || ! head -n 2 "$script" | grep -q 'sh$\|packages.sh'; then
            continue
        fi
        check "shellcheck $script" "build/shellcheck-$(basename "$script").log" \
            shellcheck -x "$script"
    done
}

[ $# -gt 0 ] || set -- unit asan tsan tidy fuzz web shell
for stage in "$@"; do
    case $stage in
    unit | asan | tsan | tidy | fuzz | web | shell) ;;
    *)
        echo "usage: ./test.sh [unit] [asan] [tsan] [tidy] [fuzz] [web] [shell]" >&2
        exit 2
        ;;
    esac
done

need_packages gcc g++ libc6-dev meson ninja-build pkg-config python3 python3-venv libcmocka-dev \
    libcurl4-openssl-dev libevent-dev libhiredis-dev librdkafka-dev libssl-dev openssl \
    tzdata libsimdjson-dev libsodium-dev clang clang-format clang-tidy cppcheck shellcheck \
    libclang-rt-14-dev spin activemq maven openjdk-17-jre-headless \
    redis-server || exit 1
case " $* " in
*' web '*)
    need_packages chromium || exit 1
    command -v npm >/dev/null 2>&1 || need_packages nodejs npm || exit 1
    ;;
esac

for stage in "$@"; do
    note "$stage"
    "stage_$stage"
done
note "done"

result="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || result="$result, $skipped skipped"
echo "$result"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
