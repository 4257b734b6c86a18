"""Run a project's tests in the virtualenv of `scaffold up`. POSIX only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.engine.process import Process, cleaned_up_on_signals
from scaffold.errors import FailedError, UsageError
from scaffold.up.project import UpProject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scaffold.up.project import StartPlan

DEV_LIST = "requirements-dev.txt"
_NO_TESTS = 5  # pytest's exit code where it collects nothing


def run_tests(directory: Path, arguments: Sequence[str]) -> int:
    """Prepare `.venv` and run pytest in a project.

    Args:
        directory: the project.
        arguments: what pytest gets.

    Returns:
        0 if every test passed, else 1.

    Raises:
        UsageError: the project has no list of packages for its tests, or no tests.
        FailedError: the packages cannot be installed.
    """
    plan = UpProject(directory, "uv", {}).plan()
    if not (plan.source / DEV_LIST).is_file():
        raise UsageError("test.error.no-list", directory=directory)
    with cleaned_up_on_signals():
        _prepare(plan)
    with with_scaffold(plan.bare_environ) as environ:
        code = subprocess.run(
            [_python(plan), "-m", "pytest", *arguments], cwd=plan.source, env=environ, check=False
        ).returncode
    if code == _NO_TESTS:
        raise UsageError("test.error.no-tests", directory=directory)
    return min(code, 1)


@contextmanager
def with_scaffold(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Put this `scaffold` on PATH, from which a project's tests start their data service.

    Nothing else of its virtualenv is put there: a package must not seem to be installed.
    """
    script = shutil.which("scaffold", path=sysconfig.get_path("scripts"))
    with tempfile.TemporaryDirectory(prefix="scaffold-test-") as folder:
        if script:
            Path(folder, "scaffold").symlink_to(script)
        yield {**environ, "PATH": os.pathsep.join([folder, environ["PATH"]])}


def _python(plan: StartPlan) -> str:
    return os.fspath(plan.virtualenv.folder / "bin" / "python")


def _prepare(plan: StartPlan) -> None:
    """Install what the app needs, then what its tests need."""
    if not plan.virtualenv.is_current():
        plan.virtualenv.make(lambda line, error, env: _install(line, error, env, plan))
    line = f"pip install -q -r {DEV_LIST}"
    _install(line, "boot.error.install-failed", plan.bare_environ, plan)


def _install(
    command: str | list[str], error: str, environ: Mapping[str, str], plan: StartPlan
) -> None:
    """Run a command to its end; what it prints is shown only where it fails."""
    from scaffold import output

    process = Process(command, folder=plan.source, environ=environ)
    try:
        code = process.wait()
    finally:
        process.kill()
    if code:
        output.complain("\n".join(process.lines()))
        line = command if isinstance(command, str) else " ".join(command)
        raise FailedError(error, command=line, code=code)
