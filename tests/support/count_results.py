"""Adds up what a run of `meson test` counted.

usage: count_results.py TESTLOG.json...

A program that speaks TAP counts case by case, one that closes with "N passed, N failed" by these
numbers, any other as one test. Shows what failed; the last line is "PASSED FAILED SKIPPED".
"""
import json
import re
import sys

CLOSING = re.compile(r"^(?:\w+: *)?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$", re.M)
TAP = re.compile(r"^(not )?ok\b[^#\n]*(#\s*skip)?", re.M | re.I)
PLAN = re.compile(r"^1\.\.(\d+)", re.M)
TAIL = 40


def count(entry):
    """What one program counted: passed, failed, skipped."""
    output = entry.get("stdout", "")
    good = entry["result"] in ("OK", "EXPECTEDFAIL")
    if entry["result"] == "SKIP":
        return 0, 0, 1
    closing = CLOSING.findall(output)
    if closing:
        passed, failed, skipped = (int(number or 0) for number in closing[-1])
    else:
        cases = TAP.findall(output)
        skipped = sum(1 for _, skip in cases if skip)  # cmocka's are "not ok 2 # SKIP"
        failed = sum(1 for bad, skip in cases if bad and not skip)
        passed = len(cases) - failed - skipped
        if sum(map(int, PLAN.findall(output))) > len(cases):  # it ended early
            good = False
        if not cases and good:
            passed = 1
    if not good and not failed:  # it crashed, hung or broke its protocol
        failed = 1
    return passed, failed, skipped


def show(entry):
    output = entry.get("stdout", "") + entry.get("stderr", "")
    print("\n".join(output.splitlines()[-TAIL:]))
    print(f"FAILED  {entry['name']}: {entry['result']}, exit code {entry['returncode']}")


def main(paths):
    totals = [0, 0, 0]
    for path in paths:
        try:
            with open(path, encoding="utf-8", errors="replace") as log:
                entries = [json.loads(line) for line in log if line.strip()]
        except FileNotFoundError:
            continue  # no test of the chosen suite
        for entry in entries:
            counts = count(entry)
            if counts[1]:
                show(entry)
            totals = [total + more for total, more in zip(totals, counts)]
    print(*totals)


main(sys.argv[1:])
