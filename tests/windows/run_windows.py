"""`dagd run` keeps time windows.

usage: run_windows.py DAGD
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tidy"))
from tap import Report

LINE = '{"a": 1}\n'


def dag(**keys):
    return {"name": "line",
            "subscribers": [{"name": "in", "config": {"source": "file://in.jsonl",
                                                      "follow": False}}],
            "publishers": [{"name": "out", "config": {"destination": "file://-"}}],
            "nodes": [{"name": "take", "type": "SubscriptionNode", "subscriber": "in"},
                      {"name": "give", "type": "PublicationNode", "publishers": ["out"]}],
            "edges": [{"from_node": "take", "to_node": "give"}], **keys}


def run(dagd, folder, definition, *arguments):
    (folder / "in.jsonl").write_text(LINE)
    (folder / "dag.json").write_text(json.dumps(definition))
    return subprocess.run([dagd, "run", "dag.json", *arguments], cwd=folder, text=True,
                          capture_output=True, timeout=60, env={**os.environ, "TZ": "UTC"})


def window(zone_offset, begin, end):
    """A window around now, in hours."""
    now = datetime.now(timezone.utc) + timedelta(hours=zone_offset)
    return {"start_time": (now + timedelta(hours=begin)).strftime("%H%M"),
            "end_time": (now + timedelta(hours=end)).strftime("%H%M")}


def expect(done, code, stdout, stderr=""):
    found = []
    if done.returncode != code:
        found.append(f"exit code {done.returncode} instead of {code}: {done.stderr}")
    if done.stdout != stdout:
        found.append(f"standard output is {done.stdout!r}")
    if stderr not in done.stderr:
        found.append(f"standard error lacks {stderr!r}: {done.stderr}")
    return found


def cases(dagd, folder):
    output = '{"a":1}\n'
    done = run(dagd, folder, dag(**window(0, -1, 1)))
    yield "an open window", expect(done, 0, output)
    done = run(dagd, folder, dag(**window(0, 2, 3)), "--for", "300ms")
    yield "a closed window", expect(done, 0, "", "suspended: its time window opens at")
    zone = {"schedule": {"timezone": "Asia/Kolkata"}}
    done = run(dagd, folder, dag(**window(5.5, -1, 1), **zone))
    yield "an open window of another zone", expect(done, 0, output)
    done = run(dagd, folder, dag(**window(0, -1, 1), **zone), "--for", "300ms")
    yield "a window that is open elsewhere", expect(done, 0, "", "suspended")
    today, tomorrow = ((datetime.now(timezone.utc) + timedelta(days=days)).strftime("%Y-%m-%d")
                       for days in (0, 1))
    (folder / "days.json").write_text(json.dumps({"holidays": [{"date": today}, tomorrow]}))
    closed = {"schedule": {"holiday_calendars": ["days.json"]}}
    done = run(dagd, folder, dag(**closed), "--for", "300ms")
    yield "a holiday", expect(done, 0, "", "suspended")
    (folder / "days.json").write_text('{"holidays": ["2026-02-30"]}')
    done = run(dagd, folder, dag(**closed))
    yield "a calendar with a date that isn't", expect(done, 1, "", "line 1, column 15")
    done = run(dagd, folder, dag(schedule={"holiday_calendars": ["none.json"]}))
    yield "a calendar that isn't there", [] if done.returncode != 0 and "none.json" in done.stderr \
        else [done.stderr]
    done = run(dagd, folder, dag(schedule={"timezone": "Europe/Berlim"}))
    yield "a zone that isn't", [] if done.returncode != 0 and "Europe/Berlim" in done.stderr \
        else [done.stderr]


def main(dagd):
    dagd = str(pathlib.Path(dagd).resolve())
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        for name, found in cases(dagd, pathlib.Path(folder)):
            report.case(name, found)
    return report.print()


sys.exit(main(sys.argv[1]))
