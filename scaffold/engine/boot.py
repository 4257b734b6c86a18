"""Rehearse a deployment: build a project as LeanEngine does, start it, and ask it what the platform asks."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from scaffold.engine import manifest
from scaffold.errors import FailedError, ScaffoldError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scaffold.engine.rehearsal import Rehearsal, Remark

LOG_LINES = 20
VARIABLE_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
PORT_VARIABLE = "LEANCLOUD_APP_PORT"
PORTS = range(1, 65536)


@dataclass(frozen=True)
class BootOptions:
    """What the user chose.

    Args:
        installer: `uv`, or `pip` for the platform's way.
        keep: leave the build folder, with the virtualenv and the log, where it is.
        env: variables for the instance; they override its own.
        instance: the size, in MB, of the instance that the app has to fit; None only measures.
    """

    installer: Literal["uv", "pip"] = "uv"
    keep: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    instance: int | None = None


@dataclass(frozen=True)
class StepResult:
    """How one step went, or that it has begun.

    Args:
        name: the step; its title is the message `boot.step.<name>`.
        seconds: how long it took.
        detail: what was seen, or why it was skipped.
    """

    name: str
    status: Literal["running", "passed", "failed", "skipped"]
    seconds: float = 0.0
    detail: str = ""


@dataclass(frozen=True)
class BootReport:
    """What became of a rehearsal.

    Args:
        steps: every step, in order; those after a failure are skipped.
        healthy: whether the health check passed in time.
        cold_start_seconds: from the start of the server to the first passed health check.
        memory_mb: what its processes take together after all checks (PSS); None where it cannot be measured.
        python: the version of the interpreter, `3.11.7`.
        error: the failure, None if every step passed.
        log: the last lines of what ran when it failed.
        folder: the build folder, if it was kept.
        remarks: what to know beside the steps: notes, and warnings of what would bite on the platform.
    """

    steps: tuple[StepResult, ...]
    healthy: bool
    cold_start_seconds: float | None
    memory_mb: float | None
    python: str | None
    installer: str
    error: ScaffoldError | None
    log: tuple[str, ...]
    folder: Path | None
    remarks: tuple[Remark, ...]


def rehearse(
    directory: Path, options: BootOptions, report: Callable[[StepResult], None] = lambda _result: None
) -> BootReport:
    """Rehearse the deployment of the project in `directory`, which is only read.

    No process and, unless `options.keep`, no folder is left behind, however this returns.

    Args:
        directory: the project.
        options: what the user chose.
        report: called when a step begins (`running`) and when it is done.

    Raises:
        UsageError: there is no project in `directory`, an option is wrong, or this is Windows.
    """
    if os.name != "posix":
        raise UsageError("boot.error.windows")
    check_project(directory)
    check_variables(options.env)
    # These modules start processes the POSIX way.
    from scaffold.engine.process import cleaned_up_on_signals  # noqa: PLC0415
    from scaffold.engine.rehearsal import Rehearsal  # noqa: PLC0415
    from scaffold.engine.steps import log_warnings  # noqa: PLC0415

    rehearsal = Rehearsal(directory.absolute(), options.installer, options.env, options.instance)
    with cleaned_up_on_signals():
        try:
            rehearsal.make_folder(keep=options.keep)
            steps, error = _run_steps(rehearsal, report)
            log = rehearsal.log(LOG_LINES) if error else []
        finally:
            rehearsal.clean_up(keep=options.keep)
    return BootReport(
        steps=steps,
        healthy=rehearsal.healthy,
        cold_start_seconds=rehearsal.cold_start,
        memory_mb=rehearsal.memory,
        python=rehearsal.python.dotted if rehearsal.python else None,
        installer=options.installer,
        error=error,
        log=tuple(log),
        folder=rehearsal.folder if options.keep else None,
        remarks=(*rehearsal.remarks, *log_warnings(rehearsal.excess)),
    )


def _run_steps(
    rehearsal: Rehearsal, report: Callable[[StepResult], None]
) -> tuple[tuple[StepResult, ...], ScaffoldError | None]:
    """Run the steps up to the first that fails."""
    from scaffold.engine.steps import STEPS, SkippedError  # noqa: PLC0415

    results: list[StepResult] = []
    error: ScaffoldError | None = None
    for name, step in STEPS:
        if error:
            results.append(StepResult(name, "skipped"))
            continue
        report(StepResult(name, "running"))
        begun = time.monotonic()
        status: Literal["passed", "failed", "skipped"] = "passed"
        try:
            detail = step(rehearsal)
        except SkippedError as skipped:
            status, detail = "skipped", str(skipped)
        except FailedError as failed:
            error = failed
        except OSError as failed:
            error = FailedError("boot.error.system", problem=failed)
        if error:
            status, detail = "failed", error.parts()["title"]
        results.append(StepResult(name, status, round(time.monotonic() - begun, 3), detail))
        report(results[-1])
    return tuple(results), error


def check_project(directory: Path, no_directory: str = "boot.error.no-directory") -> None:
    """Check that there is a LeanEngine Python project in a folder.

    Args:
        directory: the folder.
        no_directory: the error for a folder that is not there.

    Raises:
        UsageError: there is none.
    """
    if not directory.is_dir():
        raise UsageError(no_directory, directory=directory)
    found = _manifest_if_readable(directory)
    missing = manifest.missing_files(directory, found)
    if missing:
        root = directory.absolute() / found.build_root
        raise UsageError("boot.error.not-a-project", directory=root, missing=", ".join(missing))


def check_variables(given: Mapping[str, str]) -> None:
    """Check what a user gave with `--env`.

    Raises:
        UsageError: a name is none, or the port is none.
    """
    for name in given:
        if not VARIABLE_NAME.fullmatch(name):
            # Not the value, which may be a secret.
            raise UsageError("boot.error.bad-env", given=f"{name}=…")
    port = given.get(PORT_VARIABLE, "1")
    if not port.isdecimal() or int(port) not in PORTS:
        raise UsageError("boot.error.bad-port", name=PORT_VARIABLE, given=port)


def _manifest_if_readable(directory: Path) -> manifest.Manifest:
    """Return the manifest, the default one if it is faulty: its fault is for the first step to tell."""
    try:
        return manifest.load(directory)
    except FailedError:
        return manifest.Manifest()
