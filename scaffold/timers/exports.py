"""Say timers to another scheduler, where it can say the same; nothing near is taken for the same.

Sources: crontab(5); Kubernetes docs, "CronJob"; systemd.time(7), systemd.service(5); GitHub docs,
"Events that trigger workflows".
"""

from __future__ import annotations

import hashlib
import json
import shlex
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from scaffold.messages import text
from scaffold.timers.expressions import NotExpressibleError, five_fields, on_calendar
from scaffold.timers.schedule import IntervalSchedule, between
from scaffold.timers.scheduler import CALL_SECONDS, GRACE
from scaffold.timers.utc import in_utc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scaffold.timers.manifest import Timer

_LONGEST_JOB_NAME = 52
_ACTIVE_DEADLINE = 60
# GitHub's shortest interval, and how many times are looked at to know that of a timer.
_SHORTEST_OF_GITHUB, _TIMES_SEEN = timedelta(minutes=5), 300


@dataclass(frozen=True)
class Home:
    """Where timers run.

    Attributes:
        folder: that of the project.
        program: `scaffold`, with its path.
    """

    folder: str
    program: str


@dataclass(frozen=True)
class Target:
    """Another scheduler.

    Attributes:
        name: as users write it.
        one: returns the text for one timer.
        around: returns the whole text from those of the timers.
        note: the message with what to know of the text.
    """

    name: str
    one: Callable[[Timer, Home], str]
    around: Callable[[Sequence[str]], str]
    note: str


def export(
    timers: Sequence[Timer], target: Target, home: Home
) -> tuple[str, dict[str, NotExpressibleError]]:
    """Return the text for another scheduler, and the timers that it cannot
    run, with the reason of each.
    """
    found = {timer.name: _exported(timer, target, home) for timer in timers}
    texts = [one for one in found.values() if isinstance(one, str)]
    refused = {name: one for name, one in found.items() if isinstance(one, NotExpressibleError)}
    if not texts:
        return "", refused
    note = "".join(f"# {line}\n" for line in text(target.note).splitlines())
    return note + target.around(texts), refused


def _exported(timer: Timer, target: Target, home: Home) -> str | NotExpressibleError:
    try:
        return target.one(timer, home)
    except NotExpressibleError as error:
        return error


def zone_name(timer: Timer) -> str:
    """Return the name of a timer's time zone."""
    return "UTC" if isinstance(timer.schedule, IntervalSchedule) else timer.schedule_text[1]


def _crontab(timer: Timer, home: Home) -> str:
    run = shlex.join([home.program, "timers", "run", timer.name])
    command = f"cd {shlex.quote(home.folder)} && {run}".replace("%", "\\%")  # cron ends a line at %
    return f"CRON_TZ={zone_name(timer)}\n{five_fields(timer)} {command}"


def _job_name(name: str) -> str:
    """Return a name as Kubernetes takes it; one with other characters gets a
    digest, so that no two are the same.
    """
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower()).strip("-")
    if plain == name and len(plain) <= _LONGEST_JOB_NAME:
        return plain
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{plain[: _LONGEST_JOB_NAME - 9].strip('-') or 'timer'}-{digest}"


def _kubernetes(timer: Timer, _home: Home) -> str:
    """Return a CronJob of the runner's image, which is started as its deployment is."""
    import yaml

    container = {
        "name": "timer",
        "image": "timers",
        "args": ["run", timer.name, "--url", "http://web"],
        "envFrom": [{"configMapRef": {"name": "environment"}}, {"secretRef": {"name": "secrets"}}],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    pod = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
    }
    labels = {"app.kubernetes.io/name": "timers"}
    job = {
        "backoffLimit": timer.retries,
        "activeDeadlineSeconds": _ACTIVE_DEADLINE * (timer.retries + 1),
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    # With Forbid a run that finds another one begins after it, if its deadline lets it.
    deadline = {"startingDeadlineSeconds": int(GRACE.total_seconds())}
    manifest: dict[str, Any] = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": _job_name(timer.name)},
        "spec": {
            "schedule": five_fields(timer),
            "timeZone": zone_name(timer),
            "concurrencyPolicy": "Forbid",
            **(deadline if timer.missed == "skip" else {}),
            "jobTemplate": {"spec": job},
        },
    }
    return yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True)


def _github(timer: Timer, _home: Home) -> str:
    """Return the job of a workflow; its condition is the line of the schedule."""
    import yaml

    line = in_utc(timer, five_fields(timer))
    if _shortest_interval(timer) < _SHORTEST_OF_GITHUB:
        raise NotExpressibleError("often", "*/5 * * * *")
    call = (
        f'curl --fail-with-body --max-time {CALL_SECONDS} --header "X-LC-Id: $APP_ID" '
        '--header "X-LC-Key: $APP_KEY" --header "Content-Type: application/json" '
        '--data "$PARAMS" "$APP_URL/1.1/functions/$FUNCTION"'
    )
    variables = {
        "APP_ID": "${{ secrets.LEANCLOUD_APP_ID }}",
        "APP_KEY": "${{ secrets.LEANCLOUD_APP_KEY }}",
        "APP_URL": "${{ vars.APP_URL }}",
        "FUNCTION": _literal(quote(timer.function, safe="")),
        "PARAMS": _literal(json.dumps(timer.params)),
    }
    job = {
        "name": _literal(timer.name),
        "if": f"github.event.schedule == '{line}'",
        "runs-on": "ubuntu-latest",
        "timeout-minutes": 5,
        "steps": [{"run": call, "env": variables}],
    }
    return yaml.safe_dump({f"timer-{_job_name(timer.name)}": job}, sort_keys=False, width=100)


def _literal(value: str) -> str:
    """Return text in which GitHub finds no expression."""
    return value.replace("${{", "${{ '${{' }}")


def _shortest_interval(timer: Timer) -> timedelta:
    """Return the shortest time between two runs, of the next ones."""
    now = datetime.now(timezone.utc)
    times = islice(between(timer.schedule, now, now + timedelta(days=3660)), _TIMES_SEEN)
    return min((after - before for before, after in pairwise(times)), default=timedelta.max)


def _systemd(timer: Timer, home: Home) -> str:
    name, title = _job_name(timer.name), timer.name.replace("%", "%%")
    lines = [f"# {name}.timer", "[Unit]", f"Description={title}", "", "[Timer]"]
    if isinstance(timer.schedule, IntervalSchedule):
        seconds = timer.schedule.seconds
        lines += [f"OnActiveSec={seconds}", f"OnUnitActiveSec={seconds}", "AccuracySec=1s"]
    else:
        lines += [f"OnCalendar={on_calendar(timer.schedule)} {zone_name(timer)}", "AccuracySec=1s"]
        lines += ["Persistent=true"] if timer.missed == "run-once" else []
    lines += ["", "[Install]", "WantedBy=timers.target", ""]
    folder = home.folder.replace("%", "%%")
    run = " ".join(map(_quoted, (home.program, "timers", "run", timer.name)))
    lines += [f"# {name}.service", "[Unit]", f"Description={title}", "", "[Service]"]
    lines += ["Type=oneshot", f"WorkingDirectory={folder}", f"ExecStart={run}", ""]
    return "\n".join(lines)


def _quoted(word: str) -> str:
    """Return a word as systemd takes it in a command: nothing in it is replaced."""
    for sign, escape in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        word = word.replace(sign, escape)
    return f'"{word}"'


def _workflow(texts: Sequence[str]) -> str:
    """Return a workflow of jobs, each on its own schedule."""
    import yaml

    jobs = {name: job for text in texts for name, job in yaml.safe_load(text).items()}
    lines = dict.fromkeys(job["if"].split("'")[1] for job in jobs.values())
    schedule = "".join(f"    - cron: '{line}'\n" for line in lines)
    written = yaml.safe_dump({"jobs": jobs}, sort_keys=False, allow_unicode=True, width=100)
    return f"name: timers\non:\n  schedule:\n{schedule}permissions: {{}}\n{written}"


TARGETS = {
    target.name: target
    for target in (
        Target("crontab", _crontab, "\n".join, "timers.export.note-crontab"),
        Target("systemd", _systemd, "\n".join, "timers.export.note-systemd"),
        Target("kubernetes", _kubernetes, "---\n".join, "timers.export.note-kubernetes"),
        Target("github", _github, _workflow, "timers.export.note-github"),
    )
}


def explain(error: NotExpressibleError, name: str) -> str:
    """Return why a timer cannot be exported, and what comes near."""
    reason = text(f"timers.export.{error.reason}")
    nearest = text("timers.export.nearest", line=error.nearest) if error.nearest else ""
    return text("timers.export.refused", name=name, reason=reason, nearest=nearest)
