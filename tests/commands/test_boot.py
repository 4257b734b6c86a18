"""`scaffold boot` as its users meet it: exit codes, output, Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest
from rich.cells import cell_len

from scaffold.cli import run
from tests.engine.conftest import PROJECTS, RUNNING, processes_in, project, temporary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.engine.conftest import ProjectFactory

ROOT = Path(__file__).parent.parent.parent
# Where tests run in the background, Ctrl-C is ignored and stays so in what they start.
MAIN = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from scaffold.cli import run
sys.exit(run(sys.argv[1:]))
"""
pytestmark = pytest.mark.usefixtures("temporary")


@pytest.fixture(autouse=True)
def _fresh_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Import the command anew, as each run of the program does: its help is in one language."""
    monkeypatch.delitem(sys.modules, "scaffold.commands.boot", raising=False)


def test_ready(
    project: ProjectFactory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sound project: a line a step and the result on stderr, nothing on stdout, exit code 0."""
    monkeypatch.setenv("COLUMNS", "1000")
    assert run(["boot", str(project("healthy"))]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert len(lines) == 17
    assert lines[1].endswith(f"find the interpreter: {RUNNING}, {sys.executable}")
    assert re.fullmatch(
        r"Ready to deploy: healthy \d+\.\d\d s after the start(, \d+ MB of memory)?\.", lines[-2]
    )


@pytest.mark.parametrize("columns", [60, 80])
def test_long_details_are_wrapped(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No line is wider than the terminal, nothing is lost, and a long path stays whole."""
    from scaffold.commands.boot import Progress
    from scaffold.engine.boot import StepResult

    monkeypatch.setenv("COLUMNS", str(columns))
    functions = ", ".join(f"__before_save_for_Class{number}" for number in range(9))
    path = "/" + "long/" * 20
    for detail in (functions, path):
        Progress()(StepResult("functions", "passed", 0.5, detail))
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if cell_len(line) > columns] == [" " * 12 + path]
    assert " ".join(line.strip() for line in lines) == (
        f"✓   0.50 s  list cloud functions: {functions} ✓   0.50 s  list cloud functions: {path}"
    )


def test_here(
    project: ProjectFactory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without DIR it is the current folder; `--quiet` says nothing when all is well."""
    monkeypatch.chdir(project("healthy"))
    assert run(["boot", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_json(project: ProjectFactory, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` puts one document on stdout."""
    assert run(["boot", "--json", str(project("cloud-functions"))]) == 0
    document = json.loads(capsys.readouterr().out)
    measured = {"healthy", "cold_start_seconds", "memory_mb"}
    assert document.keys() == measured | {
        "python",
        "installer",
        "remarks",
        "steps",
        "error",
        "folder",
    }
    assert (document["healthy"], document["python"], document["installer"]) == (True, RUNNING, "uv")
    assert (document["error"], document["folder"], document["remarks"]) == (None, None, [])
    assert 0 < document["cold_start_seconds"] < 10
    assert document["memory_mb"] is None or 5 < document["memory_mb"] < 50
    assert document["steps"][0].keys() == {"name", "status", "seconds", "detail"}


def test_json_of_a_failure(project: ProjectFactory, capsys: pytest.CaptureFixture[str]) -> None:
    """A failure is in the document, with its step and log, and on stderr; exit code 1."""
    assert run(["boot", "--json", "--quiet", str(project("install-fails"))]) == 1
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert (document["healthy"], document["cold_start_seconds"]) == (False, None)
    assert [step["name"] for step in document["steps"] if step["status"] == "failed"] == ["install"]
    assert document["error"]["key"] == "boot.error.install-failed"
    assert document["error"]["title"] == "no such package"
    assert document["error"]["seen"].endswith("`echo no such package; exit 7` ended with code 7")
    assert document["error"]["log"] == ["no such package"]
    assert "The last lines of the log:\n  no such package\n" in err
    assert "Error: no such package\n  seen: The dependencies could not be installed" in err


def test_failure_in_chinese(project: ProjectFactory, capsys: pytest.CaptureFixture[str]) -> None:
    """The same speaks Chinese."""
    assert run(["boot", "--lang", "zh", str(project("binds-localhost"))]) == 1
    err = capsys.readouterr().err
    assert "监听所有网络接口: 应用没有监听所有网络接口" in err
    assert "请绑定 0.0.0.0" in err


def test_keep(project: ProjectFactory, temporary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--keep` says where the build folder is."""
    assert run(["boot", "--keep", str(project("healthy"))]) == 0
    (folder,) = temporary.iterdir()
    assert f"Kept the build folder: {folder}" in capsys.readouterr().err
    folder.rename(temporary.parent / "kept")


def test_env(project: ProjectFactory, capsys: pytest.CaptureFixture[str]) -> None:
    """`--env` reaches the app, and the user's own real keys do not."""
    folder = project("healthy")
    script = (
        "import os, sys; sys.exit(' '.join(map(str, map(os.getenv, ['A', 'LEANCLOUD_APP_ENV', "
        "'LC_APP_ID']))))"
    )
    (folder / "leanengine.yaml").write_text(f'run: python -c "{script}"\n', "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_APP_ID", "real")
        patch.setenv("LEANCLOUD_APP_ENV", "development")
        assert run(["boot", "--env", "A=1=2", "--env", "A=3=4", str(folder)]) == 1
    assert "  3=4 production None\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["none"], "No such folder"),
        ([str(PROJECTS / "no-wsgi")], "no-wsgi lacks wsgi.py"),
        (["--env", "A", str(PROJECTS / "healthy")], "seen: --env A\n"),
        (["--env", "=x", str(PROJECTS / "healthy")], "seen: --env =…\n"),
        (["--installer", "conda", str(PROJECTS / "healthy")], "uv, pip"),
        (["--instance", "300", str(PROJECTS / "healthy")], "256, 512, 1024, 2048, 4096"),
        (["--no-such-option"], "--no-such-option"),
        (["a", "b"], "b"),
    ],
)
def test_usage(arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage ends with exit code 2 and nothing on stdout, with `--json` too."""
    assert run(["boot", "--json", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert expected in err


def test_remarks(project: ProjectFactory, capsys: pytest.CaptureFixture[str]) -> None:
    """Notes and warnings come after the steps, before the result, and
    change neither it nor the exit code.
    """
    folder = project("chatty")
    assert run(["boot", str(folder)]) == 0
    *_, note, long, many, _, _ = capsys.readouterr().err.splitlines()
    assert note.startswith("note: systemDependencies: ffmpeg is Debian's ffmpeg")
    assert long.startswith("warning: 2 lines of the log have more than 4096 characters")
    assert long.endswith("the first begins: " + "x" * 60)
    assert (
        many == "warning: the log has more than 600 lines in a minute, the platform drops the rest"
    )
    assert run(["boot", "--json", "--quiet", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    remarks = json.loads(out)["remarks"]
    assert [remark["kind"] for remark in remarks] == ["note", "warning", "warning"]
    assert remarks[2]["text"] == many.removeprefix("warning: ")


@pytest.fixture
def boot() -> Iterator[Callable[[Path], subprocess.Popen[bytes]]]:
    """Start `scaffold boot` as a program of its own."""
    started = []

    def start(folder: Path) -> subprocess.Popen[bytes]:
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", MAIN, "boot", str(folder)]
        started.append(
            subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_for_process(temporary: Path, part: str) -> None:
    """Wait until a process whose command line contains `part` works in the build folder."""
    deadline = time.monotonic() + 30
    while not any(part in line for line in processes_in(temporary)):
        assert time.monotonic() < deadline
        time.sleep(0.02)


MOMENTS = {
    "while it starts": ("never-listens", "wsgi.py"),
    "while it installs": ("slow-install", "sleep 300"),
}


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
@pytest.mark.parametrize("moment", MOMENTS)
def test_interrupted(
    request: pytest.FixtureRequest,
    project: ProjectFactory,
    moment: str,
    number: signal.Signals,
    code: int,
) -> None:
    """A signal in the middle ends scaffold and all that it started, and removes the
    build folder.
    """
    temporary, boot = request.getfixturevalue("temporary"), request.getfixturevalue("boot")
    name, part = MOMENTS[moment]
    process = boot(project(name))
    wait_for_process(temporary, part)
    process.send_signal(number)
    assert process.wait(timeout=20) == code
    assert not processes_in(temporary)


def test_stderr_closed(project: ProjectFactory) -> None:
    """A rehearsal goes on to its end when nobody reads its output."""
    line = f'exec "{sys.executable}" -m scaffold boot --json "$0" 2>&-'
    done = subprocess.run(
        ["sh", "-c", line, str(project("healthy"))], cwd=ROOT, stdout=subprocess.PIPE, check=False
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["healthy"] is True


def test_interrupted_twice(
    project: ProjectFactory, temporary: Path, boot: Callable[[Path], subprocess.Popen[bytes]]
) -> None:
    """A second and third Ctrl-C do not spoil the cleaning up after the first."""
    process = boot(project("ignores-sigterm"))
    wait_for_process(temporary, "wsgi.py")
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
    assert process.wait(timeout=20) == 130


def test_at_any_moment(
    project: ProjectFactory, temporary: Path, boot: Callable[[Path], subprocess.Popen[bytes]]
) -> None:
    """Wherever SIGTERM strikes, nothing is left: neither a process nor a folder."""
    folder = project("healthy")
    for moment in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0):
        process = boot(folder)
        time.sleep(moment)
        process.terminate()
        # Before scaffold is under way SIGTERM ends Python itself; afterwards
        # the rehearsal may have ended.
        assert process.wait(timeout=20) in {0, 143, -signal.SIGTERM}
        assert list(temporary.iterdir()) == []
        assert processes_in(temporary) == []


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found in /proc")
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed(
    project: ProjectFactory,
    temporary: Path,
    boot: Callable[[Path], subprocess.Popen[bytes]],
    moment: str,
) -> None:
    """SIGKILL, which scaffold cannot handle, leaves no process and no folder
    either; its output ends with it.
    """
    name, part = MOMENTS[moment]
    process = boot(project(name))
    wait_for_process(temporary, part)
    process.kill()
    process.communicate(timeout=10)
    deadline = time.monotonic() + 10
    while list(temporary.iterdir()) or processes_in(temporary):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_killed_with_keep(project: ProjectFactory, temporary: Path) -> None:
    """A build folder that is to be kept stays when scaffold is killed; its processes do not."""
    command = [sys.executable, "-c", MAIN, "boot", "--keep", str(project("never-listens"))]
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL
    ) as process:
        wait_for_process(temporary, "wsgi.py")
        process.kill()
    deadline = time.monotonic() + 10
    while processes_in(temporary):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    (kept,) = temporary.iterdir()
    assert (kept / "app" / "wsgi.py").is_file()
    shutil.rmtree(kept)


def test_terminal(project: ProjectFactory) -> None:
    """On a terminal the running step is shown, and Ctrl-C typed there ends it."""
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm",
        "LANG": "en_US.UTF-8",
        "LC_ALL": "en_US.UTF-8",
    }
    arguments = ["-c", MAIN, "boot", str(project("slow-install"))]
    child = pexpect.spawn(
        sys.executable, arguments, env=environ, encoding="utf-8", timeout=30, dimensions=(40, 200)
    )
    child.expect("✓.*create a virtualenv: .*uv")
    child.expect("[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏].* install")
    child.sendintr()
    child.expect("Interrupted")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
