"""What leanengine.yaml and an instance's size ask of a rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.engine import manifest, memory
from scaffold.engine.boot import BootOptions, BootReport, StepResult, boot_project
from scaffold.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import ProjectFactory

pytestmark = pytest.mark.usefixtures("temporary")
linux = pytest.mark.skipif(
    not memory.PROC.joinpath("self", "smaps_rollup").exists(), reason="needs Linux"
)


def configured(folder: Path, source: str) -> Path:
    """Give a project a leanengine.yaml."""
    (folder / manifest.FILE).write_text(source, "utf-8")
    return folder


def steps_of(report: BootReport) -> dict[str, StepResult]:
    """Return the steps by name."""
    return {step.name: step for step in report.steps}


def test_functions_disabled(project: ProjectFactory) -> None:
    """Each step about cloud functions is skipped because of `functionsMode: disabled`, and
    says so.
    """
    report = boot_project(
        configured(project("open-functions"), "functionsMode: disabled\n"), BootOptions()
    )
    assert report.error is None
    found = [steps_of(report)[name] for name in ("functions", "call", "refusal")]
    assert {(step.status, step.detail) for step in found} == {
        ("skipped", "`functionsMode: disabled` in leanengine.yaml")
    }


def test_lists(project: ProjectFactory) -> None:
    """Commands and the platform's own step run in their order, in one folder,
    and the first failure ends it.
    """
    source = """
install:
  - echo one > order
  - require: [extra]
  - test -e extra/list.txt && test ! -e wsgi.py && echo two >> order
  - {use: default}
  - echo three >> order
build:
  - {use: default}
  - test "$(tr '\\n' ' ' < order)" = "one two three "
  - echo broken; exit 3
  - touch never
"""
    folder = configured(project("healthy"), source)
    (folder / "extra").mkdir()
    (folder / "extra" / "list.txt").write_text("", "utf-8")
    report = boot_project(folder, BootOptions())
    assert steps_of(report)["install"].detail.count(" · ") == 3
    assert report.error is not None
    seen = "The build failed: `echo broken; exit 3` ended with code 3"
    assert report.error.parts()["seen"] == seen
    assert report.log == ("broken",)


def test_nothing_to_build(project: ProjectFactory) -> None:
    """The platform's default for Python is to build nothing."""
    report = boot_project(
        configured(project("healthy"), "build: [{use: default}]\n"), BootOptions()
    )
    assert steps_of(report)["build"].detail == "the platform builds nothing by default"


@pytest.mark.parametrize(("exposed", "test"), [("true", "-n"), ("false", "-z")])
def test_environment_of_the_build(project: ProjectFactory, exposed: str, test: str) -> None:
    """Install and build see the platform's variables and the user's own only
    with `exposeEnvironmentsOnBuild`.
    """
    names = (
        "LEANCLOUD_APP_ID",
        "LEANCLOUD_APP_MASTER_KEY",
        "LEANCLOUD_APP_PORT",
        "LEANCLOUD_APP_ENV",
        "FEATURE",
    )
    line = " && ".join(f'test {test} "${name}"' for name in names)
    source = f"exposeEnvironmentsOnBuild: {exposed}\ninstall: '{line}'\nbuild: '{line}'\n"
    report = boot_project(
        configured(project("healthy"), source), BootOptions(env={"FEATURE": "on"})
    )
    assert report.error is None
    assert steps_of(report)["build"].status == "passed"


def test_build_root(project: ProjectFactory, tmp_path: Path) -> None:
    """Only the folder that `buildRoot` names is built and run."""
    source = (
        "buildRoot: server/app\ninstall: test -e requirements.txt\nbuild: test ! -e server && "
        "test ! -e ../beside\n"
    )
    folder = configured(tmp_path, source)
    (folder / "server").mkdir()
    (folder / "beside").write_text("", "utf-8")
    project("healthy").rename(folder / "server" / "app")
    assert boot_project(folder, BootOptions()).error is None


def test_build_root_without_a_project(tmp_path: Path) -> None:
    """The error names the folder in which something is missing."""
    folder = configured(tmp_path, "buildRoot: server\n")
    with pytest.raises(UsageError) as raised:
        boot_project(folder, BootOptions())
    assert raised.value.parts()["seen"] == f"{tmp_path / 'server'} lacks wsgi.py, requirements.txt"


def test_no_build_root(tmp_path: Path) -> None:
    """A folder that is not there is an error, even if the runtime is named."""
    report = boot_project(
        configured(tmp_path, "runtime: python\nbuildRoot: server\n"), BootOptions()
    )
    assert report.error is not None
    assert report.error.key == "boot.error.no-build-root"


def test_system_dependencies(project: ProjectFactory) -> None:
    """What they mean is a note, in the order of the file, also when a later step fails."""
    source = "systemDependencies: [node-canvas, ffmpeg]\nbuild: exit 1\n"
    report = boot_project(configured(project("healthy"), source), BootOptions())
    assert [remark.kind for remark in report.remarks] == ["note", "note"]
    assert "libcairo2-dev" in report.remarks[0].text
    assert "Debian's ffmpeg" in report.remarks[1].text


@linux
def test_fits(project: ProjectFactory) -> None:
    """The app's memory is reported with the instance's size."""
    report = boot_project(project("healthy"), BootOptions(instance=256))
    assert (report.error, report.remarks) == (None, ())
    used = report.memory_mb
    assert used is not None
    assert (
        steps_of(report)["memory"].detail == f"{used:.0f} MB of 256 MB ({100 * used / 256:.0f} %)"
    )


@linux
def test_does_not_fit(project: ProjectFactory) -> None:
    """An app that takes more than the instance has fails; without a size it is only measured."""
    folder = project("needs-memory")
    report = boot_project(folder, BootOptions(instance=256))
    assert report.error is not None
    assert report.error.key == "boot.error.memory"
    assert "fewer workers" in report.error.parts()["fix"]
    assert (steps_of(report)["memory"].status, steps_of(report)["stop"].status) == (
        "failed",
        "skipped",
    )
    assert report.memory_mb is not None
    assert report.memory_mb > 256
    assert boot_project(folder, BootOptions()).error is None


@pytest.mark.parametrize(
    ("used", "warned", "failed"),
    [(204.0, False, False), (206.0, True, False), (256.0, True, False), (257.0, False, True)],
)
def test_bounds(
    project: ProjectFactory,
    monkeypatch: pytest.MonkeyPatch,
    used: float,
    warned: bool,
    failed: bool,
) -> None:
    """More than 80 % of the instance is worth a warning, more than all of it is a failure."""
    monkeypatch.setattr(memory, "pss", lambda _: used)
    report = boot_project(project("healthy"), BootOptions(instance=256))
    assert [remark.kind for remark in report.remarks] == ["warning"] * warned
    assert (report.error is not None) is failed


def test_memory_unknown(project: ProjectFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system does not tell, nothing is claimed."""
    monkeypatch.setattr(memory, "pss", lambda _: None)
    report = boot_project(project("healthy"), BootOptions(instance=256))
    assert (report.error, report.memory_mb, steps_of(report)["memory"].status) == (
        None,
        None,
        "skipped",
    )
