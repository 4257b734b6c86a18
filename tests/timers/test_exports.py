"""What another scheduler can say of a timer, and what it cannot."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import kubernetes_validate
import pytest
import yaml

from scaffold.timers.cron import Cron
from scaffold.timers.exports import TARGETS, Home, export
from scaffold.timers.expressions import NotExpressibleError, five_fields, on_calendar
from scaffold.timers.manifest import Timer
from scaffold.timers.schedule import CronSchedule, IntervalSchedule, between
from tests.test_ci import ACTION_VALIDATOR, NEEDS_NPM

if TYPE_CHECKING:
    from pathlib import Path

HOME = Home("/srv/shop", "/usr/local/bin/scaffold")
START = datetime(2026, 11, 28, 16, tzinfo=timezone.utc)


def timer(schedule: str | int, zone: str = "UTC", name: str = "t") -> Timer:
    """Return a timer with a cron expression, or an interval."""
    if isinstance(schedule, int):
        return Timer(name, "f", IntervalSchedule(schedule), (str(schedule), zone))
    return Timer(name, "f", CronSchedule(Cron.parse(schedule), ZoneInfo(zone)), (schedule, zone))


@pytest.mark.parametrize(
    ("schedule", "line"),
    [
        ("0 0 8 * * ?", "0 8 * * *"),
        ("0 */5 9-17 ? * MON-FRI", "0,5,10,15,20,25,30,35,40,45,50,55 9-17 * * 1-5"),
        ("0 0 0 1,15 JAN ?", "0 0 1,15 1 *"),
        ("0 0 0 ? * SUN", "0 0 * * 0"),
        (300, "*/5 * * * *"),
        (3600, "0 * * * *"),
        (86400, "0 0 * * *"),
    ],
)
def test_five_fields(schedule: str | int, line: str) -> None:
    """What a crontab can say is said there."""
    assert five_fields(timer(schedule)) == line


@pytest.mark.parametrize(
    ("schedule", "reason", "nearest"),
    [
        ("30 0 8 * * ?", "seconds", "0 8 * * *"),
        ("0 0 8 * * ? 2027", "years", "0 8 * * *"),
        ("0 0 8 * * ? 2030-2999", "years", "0 8 * * *"),
        ("0 0 8 L * ?", "days", "0 8 28 * *"),
        ("0 0 8 ? * 6#2", "days", "0 8 * * 5"),
        (90, "seconds", "* * * * *"),
        (420, "interval", "0 * * * *"),
    ],
)
def test_what_a_crontab_cannot_say(schedule: str | int, reason: str, nearest: str) -> None:
    """What it cannot say is refused with the reason, and what comes nearest."""
    with pytest.raises(NotExpressibleError) as refused:
        five_fields(timer(schedule))
    assert (refused.value.reason, refused.value.nearest) == (reason, nearest)


def test_github_counts_in_utc() -> None:
    """A zone without summer time is moved to UTC; one with it is refused."""
    written, refused = export([timer("0 30 8 * * ?", "Asia/Shanghai")], TARGETS["github"], HOME)
    assert "cron: '30 0 * * *'" in written
    assert not refused
    _, refused = export([timer("0 30 8 * * ?", "Europe/Berlin")], TARGETS["github"], HOME)
    assert refused["t"].reason == "zone"
    written, _ = export([timer("0 30 5 ? * MON,WED-SUN", "Asia/Shanghai")], TARGETS["github"], HOME)
    assert "cron: '30 21 * * 0,2-6'" in written
    _, refused = export([timer("0 30 5 1 * ?", "Asia/Shanghai")], TARGETS["github"], HOME)
    assert refused["t"].reason == "zone"
    _, refused = export([timer(240)], TARGETS["github"], HOME)
    assert refused["t"].reason in {"often", "interval"}
    _, refused = export([timer("0 58,1 * * * ?")], TARGETS["github"], HOME)
    assert refused["t"].reason == "often"


def test_kubernetes() -> None:
    """Each timer becomes a CronJob in its zone, with a name that Kubernetes takes."""
    timers = [timer("0 30 8 * * ?", "Asia/Shanghai", name) for name in ("report", "日报", "周报")]
    written, _ = export(timers, TARGETS["kubernetes"], HOME)
    jobs = list(yaml.safe_load_all(written))
    names = [job["metadata"]["name"] for job in jobs]
    assert names[0] == "report"
    assert len(set(names)) == 3
    assert {job["spec"]["timeZone"] for job in jobs} == {"Asia/Shanghai"}
    assert {job["spec"]["schedule"] for job in jobs} == {"30 8 * * *"}


def random_expression(rng: random.Random) -> str:
    """Return an expression that other schedulers can say, mostly."""

    def some(first: int, last: int) -> str:
        start, end = sorted(rng.sample(range(first, last + 1), 2))
        step = rng.randint(1, 7)
        return rng.choice(("*", f"{start}", f"{start}-{end}", f"{start},{end}", f"{start}/{step}"))

    minute = rng.choice(("0", "*/5", "15,45", "59", str(rng.randint(0, 59))))
    hour, month = some(0, 23), rng.choice(("*", "*", some(1, 12)))
    day, weekday = rng.choice((("?", some(1, 7)), (some(1, 31), "?"), ("*", "?")))
    return f"0 {minute} {hour} {day} {month} {weekday}"


def brute_force(line: str, zone: str, start: datetime, end: datetime) -> list[datetime]:
    """Return the times of five fields, minute by minute, as crontab(5) defines them."""
    sets = []
    for field, (first, last) in zip(
        line.split(), ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6)), strict=True
    ):
        values: set[int] = set()
        for item in field.split(","):
            span, _, step = item.partition("/")
            low, _, high = span.replace("*", f"{first}-{last}").partition("-")
            values |= set(range(int(low), int(high or low) + 1, int(step or 1)))
        sets.append(values)
    minutes = int((end - start).total_seconds()) // 60
    times = (start + timedelta(minutes=number) for number in range(1, minutes + 1))
    local = ((time, time.astimezone(ZoneInfo(zone))) for time in times)
    return [
        time
        for time, wall in local
        if all(
            value in values
            for value, values in zip(
                (wall.minute, wall.hour, wall.day, wall.month, wall.isoweekday() % 7),
                sets,
                strict=True,
            )
        )
    ]


@pytest.mark.parametrize("target", ["crontab", "kubernetes", "github"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "Asia/Kolkata", "Pacific/Kiritimati"])
def test_the_same_instants(target: str, zone: str) -> None:
    """What was exported fires at the minutes at which the timer does, and at no others."""
    rng, exported = random.Random(f"{target} {zone}"), 0
    for _ in range(10):
        one = timer(random_expression(rng), zone)
        written, refused = export([one], TARGETS[target], HOME)
        if refused:
            continue
        exported += 1
        if target == "crontab":
            line, there = " ".join(written.splitlines()[-1].split()[:5]), zone
        elif target == "kubernetes":
            spec = yaml.safe_load(written)["spec"]
            line, there = spec["schedule"], spec["timeZone"]
        else:
            (line,), there = re.findall("cron: '(.*)'", written), "UTC"
        end = START + timedelta(days=3)
        assert brute_force(line, there, START, end) == list(between(one.schedule, START, end)), line
    assert exported > 2


NEEDS_SYSTEMD = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd is not installed"
)


@NEEDS_SYSTEMD
def test_systemd_runs_at_the_same_times() -> None:
    """The reading of systemd itself of the calendar expressions gives the same next times."""
    rng = random.Random(1)
    expressions = [random_expression(rng) for _ in range(60)]
    expressions += [
        "5 */20 9-17 ? * MON-FRI", "0 0 8 L * ?", "0 0 8 L-3 * ?", "0 0 8 ? * 6#2",
        "0 0 8 ? * 1#5", "0 0 8 ? * 6L", "0 0 8 29 2 ?", "0 0 8 1,15 1/3 ? 2027-2030",
    ]  # fmt: skip
    schedules = [CronSchedule(Cron.parse(expression), timezone.utc) for expression in expressions]
    shown = subprocess.run(
        [
            "systemd-analyze",
            "calendar",
            "--iterations=4",
            f"--base-time={START:%Y-%m-%d %H:%M:%S} UTC",
            *(f"{on_calendar(schedule)} UTC" for schedule in schedules),
        ],
        capture_output=True,
        text=True,
        check=True,
        env={"TZ": "UTC", "PATH": os.environ["PATH"]},
    ).stdout
    blocks = shown.split("\n\n")
    assert len(blocks) == len(schedules)
    for expression, schedule, block in zip(expressions, schedules, blocks, strict=True):
        times = re.findall(r"(?:Next elapse|Iter\. #\d+): \w+ (\S+ \S+) UTC", block)
        ours = [*islice(between(schedule, START, START + timedelta(days=15000)), 4)]
        assert times == [f"{time:%Y-%m-%d %H:%M:%S}" for time in ours], expression


ODD_NAMES = ("report", "日报 100%", 'it\'s $HOME "now" \\ ${{ x }}')


@NEEDS_SYSTEMD
def test_units_are_valid(tmp_path: Path) -> None:
    """Systemd finds nothing in the units, whatever the names, and hands on each name as it is."""
    (tmp_path / "50% off").mkdir()
    home = Home(str(tmp_path / "50% off"), sys.executable)
    for number, name in enumerate(ODD_NAMES):
        written, _ = export([timer(300, name=name)], TARGETS["systemd"], home)
        units = re.split(r"^# \S+\.(timer|service)\n", written, flags=re.MULTILINE)[1:]
        for kind, unit in zip(units[::2], units[1::2], strict=True):
            (tmp_path / f"t{number}.{kind}").write_text(unit, "utf-8")
    paths = [str(path) for path in sorted(tmp_path.glob("t*.*"))]
    assert len(paths) == 2 * len(ODD_NAMES)
    done = subprocess.run(
        ["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False
    )
    complaints = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert (done.returncode, complaints) == (0, []), done.stderr


def test_crontab_takes_odd_names(tmp_path: Path) -> None:
    """The shell command of a crontab runs in the project, with the name as it is."""
    program = tmp_path / "it's scaffold"
    program.write_text('#!/bin/sh\npwd\nprintf "%s\\n" "$@"\n', "utf-8")
    program.chmod(0o755)
    for name in ODD_NAMES:
        home = Home(str(tmp_path), str(program))
        written, _ = export([timer(300, name=name)], TARGETS["crontab"], home)
        command = written.splitlines()[-1].split(maxsplit=5)[5].replace("\\%", "%")
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines() == [str(tmp_path), "timers", "run", name]


@pytest.mark.parametrize("missed", ["skip", "run-once"])
def test_cron_jobs_are_valid(missed: Any) -> None:
    """Kubernetes knows every key of a CronJob."""
    timers = [replace(timer(300, name=name), missed=missed) for name in ODD_NAMES]
    written, _ = export(timers, TARGETS["kubernetes"], HOME)
    for job in yaml.safe_load_all(written):
        kubernetes_validate.validate(job, "1.34", strict=True)
    assert ("startingDeadlineSeconds" in written) == (missed == "skip")


@NEEDS_NPM
def test_workflow_is_valid(tmp_path: Path) -> None:
    """action-validator finds nothing in the workflow, and each job has its own schedule."""
    timers = [
        replace(timer(f"0 0 {hour} * * ?", name=name), params={"x": "${{ secrets.KEY }}"})
        for hour, name in enumerate(ODD_NAMES)
    ]
    written, _ = export(timers, TARGETS["github"], HOME)
    path = tmp_path / ".github/workflows/timers.yml"
    path.parent.mkdir(parents=True)
    path.write_text(written, "utf-8")
    subprocess.run([ACTION_VALIDATOR, path], cwd=tmp_path, check=True, capture_output=True)
    assert "${{ secrets.KEY }}" not in written
    assert len(yaml.safe_load(written)["jobs"]) == len(ODD_NAMES)


def test_systemd_refuses_w() -> None:
    """A working day nearest to a date is unknown to systemd, so it is refused."""
    with pytest.raises(NotExpressibleError):
        on_calendar(CronSchedule(Cron.parse("0 0 8 15W * ?"), timezone.utc))
