"""Ten years of windows in several zones, against Python's zoneinfo.

usage: table.py SCHEDULE_TABLE
"""
import pathlib
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tidy"))
from tap import Report

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC",
         "America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca", "America/Santiago"]
EVERY_DAY = 0x7F
# start, end in minutes of the day (-1: the whole day), days (bit 0: Monday)
WINDOWS = [(540, 1020, EVERY_DAY), (1320, 360, EVERY_DAY), (150, 150, EVERY_DAY),
           (135, 165, EVERY_DAY), (90, 135, EVERY_DAY), (150, 300, EVERY_DAY),
           (60, 150, EVERY_DAY), (120, 179, EVERY_DAY), (0, 1439, EVERY_DAY),
           (360, 359, 0x1F), (1410, 30, EVERY_DAY), (-1, -1, 0x1F), (1320, 360, 0x10)]
FROM, UNTIL = (int(datetime(year, 1, 1, tzinfo=timezone.utc).timestamp()) for year in (2020, 2030))
DAY = 86400
EPOCH = datetime(1970, 1, 1)


def ask(program, *words):
    answer = subprocess.run([program, *map(str, words)], capture_output=True, text=True,
                            check=True, timeout=60)
    return [tuple(map(int, line.split())) for line in answer.stdout.splitlines()]


def offset(zone, at):
    return int(datetime.fromtimestamp(at, zone).utcoffset().total_seconds())


def offsets(zone, begin, until, step):
    found, before = [], None
    for at in range(begin, until, step):
        now = offset(zone, at)
        if now != before:
            found.append((at, now))
        before = now
    return found


def instant(zone, local):
    """The first instant with this local time (a naive datetime), or that of the change, and the
    gap in seconds."""
    for fold in (0, 1):
        at = local.replace(tzinfo=zone, fold=fold).timestamp()
        if datetime.fromtimestamp(at, zone).replace(tzinfo=None) == local:
            return int(at), 0
    low = int((local - EPOCH).total_seconds()) - 2 * DAY
    high = low + 4 * DAY
    before, after = offset(zone, low), offset(zone, high)
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).replace(tzinfo=None) > local:
            high = middle
        else:
            low = middle
    return high, after - before


def day_run(zone, day, start, end):
    """When the window that begins on this day (a naive midnight) is open; None: not at all."""
    first = day + timedelta(minutes=max(start, 0))
    begin, gap = instant(zone, first)
    if gap >= DAY:
        return None
    if start < 0:
        return begin, instant(zone, day + timedelta(days=1))[0]
    last = day + timedelta(minutes=end, days=1 if end < start else 0)
    until, end_gap = instant(zone, last)
    if end_gap == 0:
        until += 60
    elif until == begin:
        until += int((last - first).total_seconds()) + 60
    return begin, until


def runs(zone, start, end, days):
    found = []
    day = datetime(2019, 12, 28)
    while day < datetime(2030, 1, 4):
        run = day_run(zone, day, start, end) if days & 1 << day.weekday() else None
        if run and found and run[0] <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], run[1]))
        elif run:
            found.append(run)
        day += timedelta(days=1)
    return [(max(begin, FROM), until) for begin, until in found if until > FROM and until < UNTIL]


def differences(got, expected):
    if got == expected:
        return []
    wrong = sorted(set(got) ^ set(expected))[:4]
    return [f"{len(got)} against {len(expected)}; first that differ: {wrong}"]


def main(program):
    report = Report()
    for name in ZONES:
        zone = ZoneInfo(name)
        far = 20 * 365 * DAY + FROM  # behind the tables of the zone files
        wrong = differences(ask(program, "offsets", name, FROM, UNTIL, 900),
                            offsets(zone, FROM, UNTIL, 900))
        wrong += differences(ask(program, "offsets", name, far, far + 730 * DAY, 1800),
                             offsets(zone, far, far + 730 * DAY, 1800))
        report.case(f"{name}: offsets", wrong)
        for start, end, days in WINDOWS:
            expected = runs(zone, start, end, days)
            got = ask(program, "runs", name, start, end, days, FROM, UNTIL)
            report.case(f"{name}: minutes {start} to {end}, days {days:07b}",
                        differences(got, expected))
    return report.print()


sys.exit(main(sys.argv[1]))
