"""Quartz expressions fire when Quartz says."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scaffold.timers.cron import Cron
from scaffold.timers.fields import InvalidFieldError
from scaffold.timers.schedule import CronSchedule, between

UTC = timezone.utc
START = datetime(2026, 11, 28, 16, tzinfo=UTC)
RECORDED = json.loads(Path(__file__).with_name("quartz.json").read_text("utf-8"))


def times_of(expression: str, after: datetime, zone: str, count: int) -> list[int] | str:
    """Return the next times as seconds since 1970, or `refused`."""
    try:
        cron = Cron.parse(expression)
    except InvalidFieldError:
        return "refused"
    found: list[int] = []
    following = cron.next_after(after, ZoneInfo(zone))
    while following is not None and len(found) < count:
        found.append(int(following.timestamp()))
        following = cron.next_after(following, ZoneInfo(zone))
    return found


def test_every_recorded_answer_of_quartz() -> None:
    """A sample of Quartz's own answers, over the whole grammar, is given to
    the second, or refused alike.
    """
    wrong = [
        case
        for case in RECORDED
        if times_of(case["expression"], datetime.fromtimestamp(case["after"], UTC), case["zone"], 4)
        != case["times"]
    ]
    assert not wrong
    assert len(RECORDED) > 1000
    assert sum(case["times"] != "refused" for case in RECORDED) > 500


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 0 8 ? * 2", "2026-11-30 08:00"),
        ("0 0 9 ? * 6#2", "2026-12-11 09:00"),
        ("0 0 9 ? * 6L", "2026-12-25 09:00"),
        ("0 0 9 LW * ?", "2026-11-30 09:00"),
        ("0 0 9 L-3 * ?", "2026-12-28 09:00"),
        ("0 0 9 15W * ?", "2026-12-15 09:00"),
        ("0 0 8 * * ? 2027", "2027-01-01 08:00"),
    ],
)
def test_what_other_libraries_get_wrong(expression: str, expected: str) -> None:
    """The expressions that other Python libraries run at another time, or refuse."""
    found = Cron.parse(expression).next_after(START, UTC)
    assert found is not None
    assert f"{found:%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("0 0 2 * * *", "two-days"),
        ("0 0 2 ? * ?", "no-day"),
        ("0 8 * * *", "too-few-fields"),
        ("60 0 0 * * ?", "out-of-range"),
        ("0 0 0 L,1 * ?", "last-in-list"),
        ("0 0 0 ? * 2#1,3#2", "several-occurrences"),
        ("0 0 0 ? * 2#6", "occurrence"),
        ("0 0 0 L-31 * ?", "offset"),
        ("0 0/60 0 * * ?", "step-too-large"),
        ("0 0 0 * * ? 2030-2026", "years-backwards"),
        ("L 0 0 * * ?", "empty"),
        ("0 0 5W * * ?", "nearest-here"),
        ("0 0 99999999999999999999 * * ?", "out-of-range"),
    ],
)
def test_why_an_expression_is_refused(expression: str, reason: str) -> None:
    """What Quartz refuses is refused with its reason."""
    with pytest.raises(InvalidFieldError) as refused:
        Cron.parse(expression)
    assert refused.value.reason == reason


def test_ignored_text_is_known() -> None:
    """Quartz ignores the step after a range of names; so do we, but not in silence."""
    cron = Cron.parse("0 0 8 ? * MON-FRI/2")
    assert cron.ignored == ["/2"]
    assert cron.next_after(START, UTC) == datetime(2026, 11, 30, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "zone", "after", "expected"),
    [
        # Each as Quartz 2.3.2 answers.
        ("0 0 8 29W * ? 2031", "UTC", "2031-01-30", "2031-03-28 08:00"),
        ("0 0 8 29W 2 ? 2031", "UTC", "2030-03-10", "2031-02-28 08:00"),
        ("0 0 8 31W 4,8 ? 2028", "UTC", "2028-04-01", "2028-08-31 08:00"),
        ("0 0 8 L-30 * ?", "UTC", "2027-02-01", "2027-03-01 08:00"),
        ("0 0 8 ? * 1#5", "UTC", "2027-02-01", "2027-05-30 08:00"),
        ("0 0 8 29 2 ?", "UTC", "2096-03-01", "2104-02-29 08:00"),
        ("0 0 8 ? * * 2127-2999", "UTC", "2026-11-28", None),
        ("0 0 8 ? * * 2126", "UTC", "2126-12-31", "2126-12-31 08:00"),
        ("0 15 2 * * ?", "Australia/Lord_Howe", "2027-10-02", "2027-10-03 15:15"),
        ("0 15 1 * * ?", "Europe/Dublin", "2027-03-27 12:00", "2027-03-29 00:15"),
        ("0 30 1 * * ?", "Europe/Dublin", "2027-10-30 12:00", "2027-10-31 01:30"),
        ("0 0 8 30 * ?", "Pacific/Apia", "2011-12-01", "2012-01-29 18:00"),
    ],
)
def test_odd_dates(expression: str, zone: str, after: str, expected: str | None) -> None:
    """Days that a month or a zone lacks, clocks that change by half an hour or in winter, and
    years after which Quartz gives up.
    """
    start = datetime.fromisoformat(after).replace(tzinfo=UTC)
    found = Cron.parse(expression).next_after(start, ZoneInfo(zone))
    assert (found and f"{found:%Y-%m-%d %H:%M}") == expected


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Asia/Shanghai"])
def test_previous_is_the_reverse_of_next(zone: str) -> None:
    """Going back from the next time gives the times that going on from there gave."""
    for expression in ("0 30 1,2 * * ?", "15 7/20 * ? * SUN", "0 0 0 LW * ?"):
        cron, there = Cron.parse(expression), ZoneInfo(zone)
        times: list[datetime] = []
        following = cron.next_after(START, there)
        while following is not None and len(times) < 300:
            times.append(following)
            following = cron.next_after(following, there)
        assert len(times) == 300
        for before, after in pairwise(times):
            assert cron.previous_before(after, there) == before


def test_times_that_the_clock_leaves_out_or_repeats() -> None:
    """In New York 2:30 is left out in spring, and 1:30 fires once in autumn, the second time."""
    there = ZoneInfo("America/New_York")
    spring = datetime(2027, 3, 13, 12, tzinfo=there)
    found = Cron.parse("0 30 2 * * ?").next_after(spring, there)
    assert found is not None
    assert found.astimezone(there).day == 15
    autumn = datetime(2027, 11, 6, 12, tzinfo=there)
    once = Cron.parse("0 30 1 * * ?").next_after(autumn, there)
    assert once == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)


def test_an_expression_without_a_date_ends() -> None:
    """An expression that no date fits gives None, soon, forwards and backwards."""
    cron = Cron.parse("0 0 0 31 2 ?")
    begun = time.process_time()
    assert cron.next_after(START, UTC) is None
    assert cron.previous_before(START, UTC) is None
    assert time.process_time() - begun < 2


def test_a_range_of_billions_of_years() -> None:
    """Years that Quartz never reaches take no memory."""
    cron = Cron.parse("0 0 0 1 1 ? 2028-2147483647")
    assert cron.next_after(START, UTC) == datetime(2028, 1, 1, tzinfo=UTC)
    assert len(cron.found["year"].values) < 1000


def test_a_year_of_timers() -> None:
    """The times of a year come one after the other without gaps or repetitions."""
    cron, end = Cron.parse("0 0 8 ? * MON-FRI"), START + timedelta(days=365)
    zone, times = ZoneInfo("Asia/Shanghai"), []
    following = cron.next_after(START, zone)
    while following is not None and following <= end:
        times.append(following)
        following = cron.next_after(following, zone)
    days = [START.date() + timedelta(days=number) for number in range(1, 366)]
    working = [day for day in days if day.weekday() < 5]
    assert [time.astimezone(zone).date() for time in times] == working


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Europe/Dublin"])
def test_times_in_one_walk(zone: str) -> None:
    """The times of a year in one walk are those found one by one, also where clocks change."""
    schedule = CronSchedule(Cron.parse("0 */30 0-4 ? * SUN"), ZoneInfo(zone))
    end, found = START + timedelta(days=365), []
    following = schedule.next_after(START)
    while following is not None and following <= end:
        found.append(following)
        following = schedule.next_after(following)
    assert list(between(schedule, START, end)) == found
    assert len(found) > 500
