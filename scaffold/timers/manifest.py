"""Read `timers.yaml`, the file that says which functions run when.

Its form is described for editors by `schema.json` beside this module; a test compares the two.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from scaffold import files, parsing
from scaffold.errors import UsageError
from scaffold.messages import text
from scaffold.timers import yaml_values as values
from scaffold.timers.cron import Cron
from scaffold.timers.fields import InvalidFieldError
from scaffold.timers.schedule import CronSchedule, IntervalSchedule, Schedule
from scaffold.timers.yaml_values import TimersError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo
    from pathlib import Path

    import yaml

FILE = "timers.yaml"
ENVIRONMENTS = ("production", "stage", "development")
# A timer without a zone runs in that of the platform's region (LeanEngine
# docs, "Scheduled functions").
REGION_ZONES = {"CN": "Asia/Shanghai", "US": "UTC"}
_MOST_TIMERS, _MOST_RETRIES, _LONGEST_INTERVAL = 1000, 10, 366 * 24 * 3600
# Files beside the zones: this machine's own zone, and copies with other rules or leap seconds.
_NO_ZONES = ("localtime", "posixrules", "posix", "right")


@dataclass(frozen=True)
class Timer:
    """One timer.

    Attributes:
        name: names it, once in the file.
        function: the cloud function that it calls.
        schedule: when.
        schedule_text: the schedule and its zone as written; a changed one begins anew.
        params: the function's parameters.
        environments: where it runs; all of `ENVIRONMENTS` unless the file says so.
        missed: what to do after a time that passed while nobody ran.
        overlap: what to do at a time when the run before is still running.
        retries: how often a run that fails is tried again.
        line: where it stands in the file, from 1.
    """

    name: str
    function: str
    schedule: Schedule
    schedule_text: tuple[str, str]
    params: Mapping[str, Any] = field(default_factory=dict)
    environments: tuple[str, ...] = ENVIRONMENTS
    missed: Literal["skip", "run-once"] = "skip"
    overlap: Literal["skip", "wait"] = "skip"
    retries: int = 0
    line: int = 0

    @property
    def warnings(self) -> list[str]:
        """What the platform's cron ignores in the expression without a word."""
        return self.schedule.cron.ignored if isinstance(self.schedule, CronSchedule) else []


def load(directory: Path, region: str) -> list[Timer] | None:
    """Read the timers of a project; None if it has no `timers.yaml`.

    Args:
        directory: the project.
        region: `CN` or `US`, for timers without a zone.

    Raises:
        UsageError: the file is wrong.
        FailedError: it cannot be read.
    """
    try:
        source = files.read(directory / FILE, root=directory)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise files.failure(error) from error
    try:
        return parse(source, region)
    except TimersError as error:
        place = {"line": error.line, "column": error.column}
        raise UsageError(
            "timers.error.invalid", file=FILE, problem=error.problem, **place
        ) from error


def parse(source: bytes, region: str) -> list[Timer]:
    """Return the timers that the text of a file describes.

    Args:
        source: YAML.
        region: `CN` or `US`, for timers without a zone.

    Raises:
        TimersError: the file is wrong.
    """
    try:
        return _timers(parsing.compose_yaml(source), region)
    except parsing.ParseError as error:
        raise TimersError(error.reason, error.line) from error


def _timers(root: yaml.Node | None, region: str) -> list[Timer]:
    if root is None:
        return []
    keys = values.mapping(root, ("timers",))
    if "timers" not in keys:
        raise TimersError.at(root, "missing-key", key="timers")
    nodes = values.sequence(keys["timers"])
    if len(nodes) > _MOST_TIMERS:
        raise TimersError.at(keys["timers"], "too-many", most=_MOST_TIMERS)
    timers: dict[str, Timer] = {}
    for node in nodes:
        timer = _timer(node, REGION_ZONES.get(region, "UTC"))
        if timer.name in timers:
            first = timers[timer.name].line
            raise TimersError.at(node, "same-name", name=timer.name, first=first)
        timers[timer.name] = timer
    return list(timers.values())


def _timer(node: yaml.Node, default_zone: str) -> Timer:
    found = values.mapping(node, KEYS)
    for key in ("name", "function"):
        if key not in found:
            raise TimersError.at(node, "missing-key", key=key)
    if ("cron" in found) == ("every" in found):
        raise TimersError.at(node, "cron-or-every")
    if "every" in found and "timezone" in found:
        raise TimersError.at(found["timezone"], "zone-of-every")
    read = {
        READERS[key][0]: READERS[key][1](value) for key, value in found.items() if key in READERS
    }
    zone_name = values.line(found["timezone"]) if "timezone" in found else default_zone
    schedule = _schedule(found, zone_name)
    written = found["cron"] if "cron" in found else found["every"]
    return Timer(
        **read,
        schedule=schedule,
        schedule_text=(str(written.value).strip(), zone_name),
        line=node.start_mark.line + 1,
    )


def _schedule(found: Mapping[str, yaml.Node], zone_name: str) -> Schedule:
    if "every" in found:
        return IntervalSchedule(values.whole_number(found["every"], 1, _LONGEST_INTERVAL))
    zone = _zone(found.get("timezone", found["cron"]), zone_name)
    return CronSchedule(_cron(found["cron"]), zone)


def _cron(node: yaml.Node) -> Cron:
    expression = values.line(node)
    try:
        return Cron.parse(expression)
    except InvalidFieldError as error:
        reason = text(f"timers.cron.{error.reason}", field=text(f"timers.field.{error.name}"))
        raise TimersError.at(node, "cron", expression=expression, reason=reason) from error


def _zone(node: yaml.Node, name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    if name.partition("/")[0] in _NO_ZONES:
        raise TimersError.at(node, "zone", zone=name)
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        # A name that leads out of the folder of zones is a ValueError, an unknown one a KeyError.
        raise TimersError.at(node, "zone", zone=name) from error


def _params(node: yaml.Node) -> dict[str, Any]:
    """Return the parameters, as JSON can carry them."""
    found = {key: values.json_value(value) for key, value in values.mapping(node, None).items()}
    try:
        json.dumps(found, allow_nan=False)
    except ValueError as error:  # an infinite number
        raise TimersError.at(node, "not-json", reason=error) from error
    return found


def _environments(node: yaml.Node) -> tuple[str, ...]:
    nodes = values.sequence(node) if values.kind_of(node) == "seq" else [node]
    if not nodes:
        raise TimersError.at(node, "empty-list")
    return tuple(values.one_of(*ENVIRONMENTS)(inner) for inner in nodes)


READERS: Mapping[str, tuple[str, Callable[[yaml.Node], Any]]] = {
    "name": ("name", values.name),
    "function": ("function", values.name),
    "params": ("params", _params),
    "environment": ("environments", _environments),
    "missed": ("missed", values.one_of("skip", "run-once")),
    "overlap": ("overlap", values.one_of("skip", "wait")),
    "retries": ("retries", lambda node: values.whole_number(node, 0, _MOST_RETRIES)),
}
KEYS = (*READERS, "cron", "every", "timezone")
