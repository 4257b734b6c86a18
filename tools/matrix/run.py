"""Make, build and start one project, as its user would."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from scaffold.catalog import Catalog
from scaffold.engine import environment
from scaffold.engine.boot import BootOptions, BootReport, boot_project
from scaffold.render import render
from scaffold.servers import packages_of
from scaffold.up.testing import with_scaffold
from scaffold.writer import write_project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.matrix.cases import Case

ROOT = Path(__file__).resolve().parent.parent.parent
# They prove what the platform part of every starter does, with every server.
PLATFORM_TESTS = ROOT / "tests" / "generated"

# The answers that distinguish rows.
ASKED = ("starter", "backend", "server", "cloud_functions", "dependencies", "python")

Row: TypeAlias = "dict[str, Any]"
"""What the report says of a case: answers, `result` (`started`, `failed`, `skipped`), `reason`."""


@dataclass(frozen=True)
class Started:
    """A project that went through a rehearsal.

    Args:
        report: how that went.
        folder: the build folder, None if the rehearsal did not get as far.
    """

    report: BootReport
    folder: Path | None

    @property
    def missing_python(self) -> bool:
        """Whether it was not started because this machine lacks its Python."""
        return (
            self.report.error is not None
            and self.report.error.key == "engine.error.interpreter-missing"
        )

    def versions(self, case: Case) -> dict[str, str]:
        """Return the versions of what a project is built on: framework, server, SDK."""
        named = packages_of(case.answers)
        folders = self.folder.glob("venv/lib/python*/site-packages") if self.folder else ()
        installed = {
            each.name.lower(): each.version for each in distributions(path=list(map(str, folders)))
        }
        return {
            name: installed[name]
            for name in dict.fromkeys([*named, "leancloud"])
            if name in installed
        }

    def own_tests(self) -> str | None:
        """Run tests in the build folder: the project's own, and ours of its platform part.

        Returns:
            What they print if they fail, else None.
        """
        assert self.folder
        app, virtualenv = self.folder / "app", self.folder / "venv"
        shutil.copytree(PLATFORM_TESTS, app / "platform_tests")
        environ = {
            **environment.inherited(os.environ),
            "VIRTUAL_ENV": str(virtualenv),
            "PATH": f"{virtualenv / 'bin'}{os.pathsep}{os.environ['PATH']}",
        }
        with with_scaffold(environ) as environ:
            for command in (
                ["pip", "install", "--quiet", "-r", "requirements-dev.txt"],
                ["python", "-m", "pytest", "-q", "tests"],
                # Of its own, as both have a conftest.py and want another environment.
                ["python", "-m", "pytest", "-q", "platform_tests"],
            ):
                program = [str(virtualenv / "bin" / command[0]), *command[1:]]
                done = subprocess.run(
                    program, cwd=app, env=environ, capture_output=True, text=True, check=False
                )
                if done.returncode:
                    return done.stdout + done.stderr
        return None


@contextmanager
def started(case: Case) -> Iterator[Started]:
    """Make a project, rehearse its deployment, and remove all of it afterwards."""
    answers = case.answers
    outer = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="scaffold-matrix-") as parent:
        # The build folder is kept for a while, and has to go even if the rehearsal is interrupted.
        tempfile.tempdir = parent
        try:
            files = render(_starter(str(answers["starter"])), answers)
            report = boot_project(
                write_project(Path(parent) / "myapp", files).folder, BootOptions(keep=True)
            )
            yield Started(report, report.folder)
        finally:
            tempfile.tempdir = outer


@cache
def _starter(name: str) -> dict[str, Any]:
    return Catalog(ROOT).starter(name)


def row(case: Case, *, own_tests: bool) -> Row:
    """Start one case and return what the report says of it."""
    with started(case) as project:
        report = project.report
        result, reason = "started", ""
        if report.error:
            result = "skipped" if project.missing_python else "failed"
            reason = "\n".join([str(report.error), *report.log])
        elif own_tests and (printed := project.own_tests()):
            result, reason = "failed", printed
        return {
            **row_of(case, result, reason),
            "cold_start_seconds": None
            if report.cold_start_seconds is None
            else round(report.cold_start_seconds, 2),
            "memory_mb": None if report.memory_mb is None else round(report.memory_mb),
            "python_version": report.python,
            "versions": project.versions(case),
        }


def row_of(case: Case, result: str, reason: str) -> Row:
    """Return what the report says of a case that was not measured."""
    return {
        **{key: case.answers[key] for key in ASKED},
        "result": result,
        "reason": reason,
        "cold_start_seconds": None,
        "memory_mb": None,
        "python_version": None,
        "versions": {},
        "date": datetime.now(timezone.utc).date().isoformat(),
    }
