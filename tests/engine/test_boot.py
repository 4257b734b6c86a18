"""Rehearsals of small projects: the sound one passes, each broken one fails with its own error."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scaffold import messages
from scaffold.engine import build, manifest, memory, steps
from scaffold.engine.boot import BootOptions, BootReport, StepResult, boot_project
from scaffold.errors import UsageError

from .conftest import PROJECTS, RUNNING, processes_in

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import ProjectFactory

STEPS = [name for name, _ in steps.STEPS]
# What is skipped where the system does not tell how much memory is taken.
UNMEASURED = [] if memory.PROC.joinpath("self", "smaps_rollup").exists() else ["memory"]
pytestmark = pytest.mark.usefixtures("temporary")


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less than the platform does, where only patience is tested."""
    monkeypatch.setattr(manifest, "STARTUP_TIMEOUT_MIN", 1)
    monkeypatch.setattr(steps, "STOP_TIMEOUT", 1.0)


def statuses(report: BootReport) -> dict[str, str]:
    """Return each step's status."""
    return {step.name: step.status for step in report.steps}


def shorten_startup(folder: Path) -> None:
    """Let a project that never becomes healthy give up soon."""
    (folder / manifest.FILE).write_text("startupTimeout: 2\n", "utf-8")


def test_healthy(project: ProjectFactory) -> None:
    """A project without the SDK passes; the steps about cloud functions are
    skipped, and its folder is as before.
    """
    folder = project("healthy")
    before = {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]}
    lines: list[StepResult] = []
    report = boot_project(folder, BootOptions(), lines.append)
    assert report.error is None
    skipped = {"build", "ping", "functions", "call", "refusal", *UNMEASURED}
    assert statuses(report) == {name: "skipped" if name in skipped else "passed" for name in STEPS}
    assert [step for step in lines if step.status != "running"] == list(report.steps)
    assert [step.name for step in lines if step.status == "running"] == STEPS
    assert report.healthy
    assert report.python == RUNNING
    assert report.cold_start_seconds is not None
    assert 0 < report.cold_start_seconds < 10
    assert {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]} == before


def test_cloud_functions(project: ProjectFactory) -> None:
    """An app that answers as the SDK does passes every step, under `functionsMode: strict`."""
    report = boot_project(project("cloud-functions"), BootOptions())
    assert report.error is None
    assert [name for name, status in statuses(report).items() if status != "passed"] == [
        "build",
        *UNMEASURED,
    ]
    details = {step.name: step.detail for step in report.steps}
    assert details["functions"] == "hello, __before_save_for_Todo"
    assert details["refusal"] == "401 each: no key, a wrong key, `bad,master`"


@pytest.mark.boot
def test_pip(project: ProjectFactory) -> None:
    """The platform's way, with the interpreter's own pip, works too."""
    report = boot_project(project("healthy"), BootOptions(installer="pip"))
    assert (report.error, report.installer) == (None, "pip")


def test_stages(project: ProjectFactory) -> None:
    """Install sees dependency lists and required files only, build sees all;
    neither sees the app's variables.
    """
    report = boot_project(project("require"), BootOptions())
    assert report.error is None
    assert statuses(report)["build"] == "passed"


FAULTS = [
    ("unknown-key", "manifest", "engine.error.manifest-unknown-key"),
    ("bad-yaml", "manifest", "engine.error.manifest-unreadable"),
    ("other-runtime", "manifest", "boot.error.runtime"),
    ("missing-require", "install", "engine.error.require-missing"),
    ("install-fails", "install", "boot.error.install-failed"),
    ("build-fails", "build", "boot.error.build-failed"),
    ("crashes-at-start", "start", "boot.error.crashed"),
    ("ends-at-once", "start", "boot.error.ended"),
    ("listens-elsewhere", "start", "boot.error.listens-elsewhere"),
    ("never-listens", "start", "boot.error.not-listening"),
    ("never-answers", "health", "boot.error.unhealthy"),
    ("never-healthy", "health", "boot.error.unhealthy"),
    ("page-500", "page", "boot.error.page"),
    ("crashes-at-the-page", "page", "boot.error.crashed"),
    ("ping-500", "ping", "boot.error.ping"),
    ("other-ping", "health", "boot.error.not-the-sdk"),
    ("no-metadatas", "functions", "boot.error.strict-functions"),
    ("refuses-right-key", "functions", "boot.error.keys-refused"),
    ("open-functions", "refusal", "boot.error.let-in"),
    ("binds-localhost", "interfaces", "boot.error.localhost-only"),
    ("ignores-sigterm", "stop", "boot.error.ignores-sigterm"),
    ("leaves-a-child", "stop", "boot.error.ignores-sigterm"),
]


@pytest.mark.parametrize(("name", "step", "key"), FAULTS, ids=[name for name, _, _ in FAULTS])
def test_fault(project: ProjectFactory, name: str, step: str, key: str) -> None:
    """A fault ends the rehearsal at its step, with an error in both
    languages; what follows is skipped.
    """
    folder = project(name)
    if name.startswith("never-"):
        shorten_startup(folder)
    report = boot_project(folder, BootOptions())
    assert report.error is not None
    assert (report.error.key, report.error.exit_code) == (key, 1)
    for language in messages.LANGUAGES:
        messages.set_language(language)
        assert "{" not in str(report.error).replace("${LEANCLOUD_APP_PORT}", "")
    found = statuses(report)
    assert found[step] == "failed"
    assert {found[later] for later in STEPS[STEPS.index(step) + 1 :]} <= {"skipped"}
    assert report.healthy is (STEPS.index(step) > STEPS.index("health"))


def test_strict(project: ProjectFactory) -> None:
    """Under `functionsMode: strict` an app without the SDK is not healthy, and the error
    says why.
    """
    folder = project("healthy")
    (folder / manifest.FILE).write_text("functionsMode: strict\nstartupTimeout: 2\n", "utf-8")
    report = boot_project(folder, BootOptions())
    assert report.error is not None
    assert report.error.parts()["seen"] == "2 s after the start, /__engine/1/ping: HTTP 404"


def test_functions_disabled(project: ProjectFactory) -> None:
    """Under `functionsMode: disabled` nobody asks for functions."""
    folder = project("open-functions")
    (folder / manifest.FILE).write_text("functionsMode: disabled\n", "utf-8")
    report = boot_project(folder, BootOptions())
    assert report.error is None
    assert {statuses(report)[name] for name in ("functions", "call", "refusal")} == {"skipped"}


def test_log(project: ProjectFactory) -> None:
    """The report of a failure has the last twenty lines of the log."""
    report = boot_project(project("crashes-at-start"), BootOptions())
    assert report.log == (*(f"line {number}" for number in range(11, 30)), "no such module")


def test_example_secrets(project: ProjectFactory) -> None:
    """What `.env.example` names without a value is there, so an app that
    insists on its secrets starts.
    """
    assert boot_project(project("needs-secret"), BootOptions()).error is None


def test_port(project: ProjectFactory) -> None:
    """A variable of the user's own overrides the platform's: here the port,
    at which nobody listens then.
    """
    folder = project("healthy")
    shorten_startup(folder)
    source = (
        (folder / "wsgi.py")
        .read_text("utf-8")
        .replace('int(os.environ["LEANCLOUD_APP_PORT"])', "0")
    )
    (folder / "wsgi.py").write_text(source, "utf-8")
    report = boot_project(folder, BootOptions(env={"LEANCLOUD_APP_PORT": "1"}))
    assert report.error is not None
    assert report.error.parts()["seen"] == "2 s after the start, port 1 refuses connections"


def test_keep(project: ProjectFactory, temporary: Path) -> None:
    """A build folder that is kept has the copy, the virtualenv and the log."""
    report = boot_project(project("crashes-at-start"), BootOptions(keep=True))
    assert report.folder is not None
    assert report.folder.parent == temporary
    assert {path.name for path in report.folder.iterdir()} == {"app", "venv", "boot.log"}
    assert "no such module" in (report.folder / "boot.log").read_text("utf-8")
    report.folder.rename(temporary.parent / "kept")


def test_crash_of_scaffold(project: ProjectFactory, temporary: Path) -> None:
    """A fault of scaffold's own in a step is raised, and nothing is left behind."""

    class SomeFaultError(Exception):
        pass

    def fail(result: StepResult) -> None:
        if result.name == "page":
            assert processes_in(temporary)
            raise SomeFaultError

    with pytest.raises(SomeFaultError):
        boot_project(project("healthy"), BootOptions(), fail)
    assert not processes_in(temporary)


def test_disk_full(project: ProjectFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system refuses is an error of the step, with the system's words."""

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(build, "copy_dependency_lists", refuse)
    report = boot_project(project("healthy"), BootOptions())
    assert report.error is not None
    assert statuses(report)["virtualenv"] == "failed"
    assert report.error.parts()["seen"] == "[Errno 28] No space left on device"


@pytest.mark.parametrize(
    ("directory", "options", "title"),
    [
        (PROJECTS / "none", BootOptions(), "No such folder"),
        (PROJECTS / "healthy" / "wsgi.py", BootOptions(), "No such folder"),
        (PROJECTS / "no-wsgi", BootOptions(), "Not a LeanEngine Python project"),
        (PROJECTS / "healthy", BootOptions(env={"1X": ""}), "A variable is not KEY=VALUE"),
        (PROJECTS / "healthy", BootOptions(env={"": "x"}), "A variable is not KEY=VALUE"),
        (PROJECTS / "healthy", BootOptions(env={"LEANCLOUD_APP_PORT": "http"}), "Not a port"),
        (PROJECTS / "healthy", BootOptions(env={"LEANCLOUD_APP_PORT": "65536"}), "Not a port"),
        (PROJECTS / "healthy", BootOptions(env={"LEANCLOUD_APP_PORT": ""}), "Not a port"),
    ],
)
def test_usage(directory: Path, options: BootOptions, title: str) -> None:
    """Wrong usage is refused before anything is tried."""
    with pytest.raises(UsageError) as raised:
        boot_project(directory, options)
    assert raised.value.parts()["title"] == title


def test_windows(project: ProjectFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows there is one clear error."""
    folder = project("healthy")
    monkeypatch.setattr(os, "name", "nt")
    with pytest.raises(UsageError) as raised:
        boot_project(folder, BootOptions())
    monkeypatch.undo()
    assert "WSL" in str(raised.value)
