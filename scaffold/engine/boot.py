"""Rehearse a deployment: build a project as LeanEngine does, start it, and
ask it what the platform asks.
"""

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

    from scaffold.engine.boot_run import BootRun, Remark
    from scaffold.hosts import Host

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
        host: a host to rehearse in place of the platform.
        container: build the Dockerfile and run the image, instead of building as the platform does.
        build_arguments: what the Dockerfile's ARGs are, `NAME=VALUE` each.
    """

    installer: Literal["uv", "pip"] = "uv"
    keep: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    instance: int | None = None
    host: Host | None = None
    container: bool = False
    build_arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class StepResult:
    """How one step went, or that it has begun.

    Args:
        name: the step; its title is the message `boot.step.<name>`.
        status: `running` when it has begun, else how it ended.
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
        memory_mb: what its processes take together after all checks (PSS);
            None where it cannot be measured.
        python: the version of the interpreter, `3.11.7`.
        installer: `uv` or `pip`.
        error: the failure, None if every step passed.
        log: the last lines of what ran when it failed.
        folder: the build folder, if it was kept.
        remarks: what to know beside the steps: notes, and warnings of what
            would bite on the platform.
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


def boot_project(
    directory: Path,
    options: BootOptions,
    report: Callable[[StepResult], None] = lambda _result: None,
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
    if options.host:
        check_port(options.env, "PORT")
    # These modules start processes the POSIX way.
    from scaffold.engine.boot_run import BootRun
    from scaffold.engine.process import cleaned_up_on_signals
    from scaffold.engine.steps import log_warnings

    host = options.host
    size = options.instance or (host.memory if host else None)
    run = BootRun(directory.absolute(), options.installer, options.env, size, host)
    run.in_container, run.build_arguments = options.container, options.build_arguments
    with cleaned_up_on_signals():
        try:
            run.make_folder(keep=options.keep)
            steps, error = _run_steps(run, report)
            log = run.log(LOG_LINES) if error else []
        finally:
            run.clean_up(keep=options.keep)
    return BootReport(
        steps=steps,
        healthy=run.healthy,
        cold_start_seconds=run.cold_start,
        memory_mb=run.memory,
        python=run.python.dotted if run.python else None,
        installer=run.installer,
        error=error,
        log=tuple(log),
        folder=run.folder if options.keep else None,
        remarks=(*run.remarks, *log_warnings(run.excess)),
    )


def _run_steps(
    run: BootRun, report: Callable[[StepResult], None]
) -> tuple[tuple[StepResult, ...], ScaffoldError | None]:
    """Run the steps up to the first that fails."""
    from scaffold.engine import image_steps, steps
    from scaffold.engine.cause import explained
    from scaffold.engine.process import LINES_KEPT
    from scaffold.engine.request_steps import SkippedError

    results: list[StepResult] = []
    error: ScaffoldError | None = None
    table = image_steps.STEPS if run.in_container else steps.STEPS
    for name, step in steps.steps_of(run, table):
        if error:
            results.append(StepResult(name, "skipped"))
            continue
        report(StepResult(name, "running"))
        begun = time.monotonic()
        status: Literal["passed", "failed", "skipped"] = "passed"
        try:
            detail = step(run)
        except SkippedError as skipped:
            status, detail = "skipped", str(skipped)
        except FailedError as failed:
            error = failed
        except OSError as failed:
            error = FailedError("boot.error.system", problem=failed)
        if error:
            error = explained(error, run.log(LINES_KEPT))
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
    check_port(given, PORT_VARIABLE)


def check_port(given: Mapping[str, str], name: str) -> None:
    """Check that a variable is a port, if it is given.

    Raises:
        UsageError: it is none.
    """
    port = given.get(name, "1")
    if not port.isdecimal() or int(port) not in PORTS:
        raise UsageError("boot.error.bad-port", name=name, given=port)


def _manifest_if_readable(directory: Path) -> manifest.Manifest:
    """Return the manifest, the default one if it is faulty: its fault is
    for the first step to tell.
    """
    try:
        return manifest.load(directory)
    except FailedError:
        return manifest.Manifest()
