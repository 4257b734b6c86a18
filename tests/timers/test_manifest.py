"""timers.yaml says what it should, or which line is wrong."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from scaffold.timers import manifest
from scaffold.timers.manifest import parse
from scaffold.timers.schedule import CronSchedule, IntervalSchedule
from scaffold.timers.yaml_values import TimersError

SCHEMA = Draft202012Validator(
    json.loads(Path(manifest.__file__).with_name("schema.json").read_text("utf-8"))
)
HEAD = "timers:\n- name: a\n  function: f\n"
GOOD = [
    "timers: []\n",
    HEAD + "  every: 60\n",
    HEAD + '  cron: "0 0 8 * * ?"\n  timezone: Europe/Berlin\n',
    HEAD + "  every: 5\n  params: {x: [1, {y: null}]}\n  environment: [stage, production]\n",
    HEAD + "  every: 5\n  missed: run-once\n  overlap: wait\n  retries: 3\n  environment: stage\n",
]
# What is wrong by its form, which the schema sees too, with the line and column of the error.
BAD_FORM = [
    ("- a\n", "1:1"),
    ("timer: []\n", "1:1"),
    ("timers: {}\n", "1:9"),
    (HEAD, "2:3"),
    ("timers:\n- name: a\n  every: 5\n", "2:3"),
    (HEAD + "  every: 0\n", "4:10"),
    (HEAD + "  every: -1\n", "4:10"),
    (HEAD + "  every: 1.5\n", "4:10"),
    (HEAD + '  every: 5\n  cron: "0 0 8 * * ?"\n', "2:3"),
    (HEAD + "  every: 5\n  timezone: UTC\n", "5:13"),
    (HEAD + "  every: 5\n  missed: always\n", "5:11"),
    (HEAD + "  every: 5\n  retries: 11\n", "5:12"),
    (HEAD + "  every: 5\n  environment: [test]\n", "5:17"),
    (HEAD + "  every: 5\n  params: [1]\n", "5:11"),
    (HEAD + "  every: 5\n  evry: 5\n", "5:3"),
    (HEAD + "  every: 5\n  params: []\n", "5:11"),
    (HEAD + "  every: '5'\n", "4:10"),
    (HEAD + "  every: 5\n  environment: []\n", "5:16"),
    (HEAD + "  every: 5\n  environment: on\n", "5:16"),
    (HEAD + "  every: 5\n  retries: ~\n", "5:12"),
    ("timers:\n- name: 010\n  function: f\n  every: 5\n", "2:9"),
    ("timers:\n- name: ~\n  function: f\n  every: 5\n", "2:9"),
    ("timers:\n- name: a\n  function: yes\n  every: 5\n", "3:13"),
]
PARAMS = HEAD + "  every: 5\n  params: {x: "
# Three hundred bytes for a list of hundreds of millions.
BOMB = (
    HEAD
    + "  every: 5\n  params:\n    a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"    {name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
        for before, name in pairwise("abcdefgh")
    )
)
BAD_MEANING = [
    (HEAD + '  cron: "0 0 8 * * *"\n', "4:9"),
    (HEAD + '  cron: "0 0 8 * * ?"\n  timezone: Mars/Base\n', "5:13"),
    (HEAD + '  cron: "0 0 8 * * ?"\n  timezone: ../../etc/passwd\n', "5:13"),
    (HEAD + "  every: 5\n- name: a\n  function: g\n  every: 5\n", "5:3"),
    (HEAD + "  every: 5\n  every: 6\n", "5:3"),
    (HEAD + "  every: 5\n  params: {x: .nan}\n", "5:11"),
    (PARAMS + "2026-01-01}\n", "5:15"),
    (PARAMS + "on}\n", "5:15"),
    (PARAMS + "[010]}\n", "5:16"),
    (PARAMS + "12:30:45}\n", "5:15"),
    (PARAMS + "1e3}\n", "5:15"),
    (PARAMS + "!!binary aGk=}\n", "5:15"),
    (PARAMS + "!!set {a, b}}\n", "5:15"),
    (PARAMS + "!!python/object/apply:os.system [id]}\n", "5:15"),
    (PARAMS + "{on: 1}}\n", "5:16"),
    (PARAMS + "{1: 2}}\n", "5:16"),
    (PARAMS + "[{a: 1, a: 2}]}\n", "5:23"),
    (PARAMS + "[" * 500 + "]" * 500 + "}\n", "5:1"),
    (PARAMS + "9" * 5000 + "}\n", "5:1"),
    (HEAD + "  every: " + "9" * 5000 + "\n", "4:1"),
    (HEAD + "  every: 010\n", "4:10"),
    (HEAD + "  every: 1:30\n", "4:10"),
    (HEAD + '  cron: "0 0 8 * * ?\\a"\n', "4:9"),
    ('timers:\n- name: "a\\0"\n  function: f\n  every: 5\n', "2:9"),
    ('timers:\n- name: a\n  function: "f\\r\\nX: y"\n  every: 5\n', "3:13"),
    ("timers: !!set {a}\n", "1:9"),
    ("timers: !!str []\n", "1:9"),
    (HEAD + '  cron: "0 0 8 * * ?"\n  timezone: localtime\n', "5:13"),
    (HEAD + '  cron: "0 0 8 * * ?"\n  timezone: right/UTC\n', "5:13"),
    (BOMB, "11:1"),
    ("timers: [\n", "2:1"),
    (HEAD + "  every: 5\n  name: b\n", "5:3"),
    ("timers: &a [*a]\n", "1:1"),
]


@pytest.mark.parametrize("source", GOOD)
def test_good_files(source: str) -> None:
    """A right file is read, and the schema for editors takes it too."""
    parse(source.encode(), "CN")
    assert not list(SCHEMA.iter_errors(yaml.safe_load(source)))


@pytest.mark.parametrize(("source", "place"), [*BAD_FORM, *BAD_MEANING])
def test_wrong_files(source: str, place: str) -> None:
    """A wrong file is refused at the line and column of the mistake."""
    with pytest.raises(TimersError) as refused:
        parse(source.encode(), "CN")
    assert f"{refused.value.line}:{refused.value.column}" == place


@pytest.mark.parametrize("source", [source for source, _ in BAD_FORM])
def test_the_schema_refuses_the_same_forms(source: str) -> None:
    """An editor marks what the tool refuses."""
    assert list(SCHEMA.iter_errors(yaml.safe_load(source)))


@pytest.mark.parametrize(("region", "zone"), [("CN", "Asia/Shanghai"), ("US", "UTC")])
def test_the_regions_time_zone(region: str, zone: str) -> None:
    """A timer without a zone runs in that of the app's region."""
    (timer,) = parse((HEAD + '  cron: "0 0 8 * * ?"\n').encode(), region)
    assert isinstance(timer.schedule, CronSchedule)
    assert str(timer.schedule.zone) == zone


def test_an_interval() -> None:
    """`every` gives an interval, and the defaults of the rest."""
    (timer,) = parse((HEAD + "  every: 60\n").encode(), "CN")
    assert timer.schedule == IntervalSchedule(60)
    assert (timer.missed, timer.overlap, timer.retries) == ("skip", "skip", 0)
    assert timer.environments == manifest.ENVIRONMENTS
