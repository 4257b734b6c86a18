"""`scaffold up` as its users meet it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from scaffold.cli import run
from scaffold.engine import health, ports
from tests.engine.conftest import PROJECTS, processes_in
from tests.up.conftest import MAIN, ROOT, copy_project, edit, post, project, up

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.up.conftest import Up

OFTEN = "timers: [{name: often, function: daily_report, every: 1}]\n"
HEALTHY = r"· healthy \d+\.\d\d s after the start"


@pytest.fixture(autouse=True)
def _fresh_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Import the command anew, as each run of the program does: its help is in one language."""
    monkeypatch.delitem(sys.modules, "scaffold.commands.up", raising=False)


def test_starts_and_ends(up: Callable[..., Up], project: Path) -> None:
    """It says where the app and the console are, when the app is healthy, and
    leaves nothing behind after Ctrl-C.
    """
    one = up()
    one.wait_for(HEALTHY)
    assert one.get()["greeting"] == "Hello"
    port, _ = one.console
    assert port > one.port
    assert one.end() == 130
    assert processes_in(project) == []
    assert not health.listens(one.port)
    assert not health.listens(port)
    assert (project / ".venv" / "scaffold.json").exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_other_signals(
    up: Callable[..., Up], project: Path, number: signal.Signals, code: int
) -> None:
    """A closed terminal, or a service manager, ends it as cleanly."""
    one = up("--no-console")
    one.wait_for(HEALTHY)
    assert one.end(number) == code
    assert processes_in(project) == []


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found in /proc")
def test_killed(up: Callable[..., Up], project: Path) -> None:
    """Killed, scaffold leaves nobody at the port, so that the next `up` finds it free."""
    first = up()
    port = first.port
    first.process.kill()
    deadline = time.monotonic() + 10
    while processes_in(project) or health.listens(port):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_edit(up: Callable[..., Up], project: Path) -> None:
    """An edited file starts the app again."""
    one = up("--no-console")
    one.wait_for(HEALTHY)
    time.sleep(0.5)  # watching begins a moment after the start
    edit(project / "wsgi.py", '"Hello"', '"Salut"')
    one.wait_for(r"· changed: wsgi\.py$")
    one.wait_for(HEALTHY, times=2)
    assert one.get()["greeting"] == "Salut"


def test_no_reload(up: Callable[..., Up], project: Path) -> None:
    """With `--no-reload` an edited file changes nothing."""
    one = up("--no-console", "--no-reload")
    one.wait_for(HEALTHY)
    edit(project / "wsgi.py", '"Hello"', '"Salut"')
    time.sleep(1)
    assert one.get()["greeting"] == "Hello"
    assert not any("changed" in line for line in one.lines)


def test_crash(up: Callable[..., Up]) -> None:
    """An app that ends is started again, later each time; the crash is shown with its code."""
    one = up("--no-console", "--no-reload")
    for times, seconds in ((1, 1), (2, 2)):
        one.wait_for(HEALTHY, times=times)
        assert one.get("/crash") is None
        one.wait_for(rf"! the app ended with code 3; it starts again in {seconds} s")
        begun = time.monotonic()
        one.wait_for(HEALTHY, times=times + 1)
        assert time.monotonic() - begun > seconds - 0.2


def test_crash_then_edit(up: Callable[..., Up], project: Path) -> None:
    """Whoever repairs a crashing app does not wait for the back-off."""
    edit(project / "wsgi.py", 'GREETING = "Hello"', "GREETING = [")
    one = up("--no-console")
    one.wait_for("SyntaxError")
    one.wait_for("it starts again in 4 s")
    edit(project / "wsgi.py", "GREETING = [", 'GREETING = "Hello"')
    one.wait_for(HEALTHY)


def test_requirements(up: Callable[..., Up], project: Path) -> None:
    """Changed requirements make the virtualenv anew; what cannot be installed is
    reported, and repaired by an edit.
    """
    one = up("--no-console")
    one.wait_for(r"· installing into \.venv")
    one.wait_for(HEALTHY)
    (project / ".venv" / "stray").touch()
    time.sleep(0.5)
    (project / "requirements.txt").write_text("# still nothing\n", "utf-8")
    one.wait_for(HEALTHY, times=2)
    one.wait_for(r"· installing into \.venv", times=2)
    assert not (project / ".venv" / "stray").exists()
    (project / "requirements.txt").write_text("./no-such-folder\n", "utf-8")
    one.wait_for("Error: The dependencies could not be installed")
    (project / "requirements.txt").write_text("# nothing again\n", "utf-8")
    one.wait_for(HEALTHY, times=3)


def test_bad_manifest_later(up: Callable[..., Up], project: Path) -> None:
    """A fault in leanengine.yaml is reported, and the app that runs goes on."""
    one = up("--no-console")
    one.wait_for(HEALTHY)
    time.sleep(0.5)
    (project / "leanengine.yaml").write_text("rnu: x\n", "utf-8")
    one.wait_for("Error: ")
    assert one.get()["greeting"] == "Hello"


def test_dotenv(up: Callable[..., Up], project: Path) -> None:
    """`.env` is read, counts more than the shell and less than `--env`, and
    is read again when it changes.
    """
    (project / ".env").write_text("FROM_DOTENV=file\nLEANCLOUD_APP_KEY=\n", "utf-8")
    one = up("--no-console", environ={"FROM_DOTENV": "shell", "LEANCLOUD_APP_ID": "real"})
    one.wait_for(HEALTHY)
    assert one.get()["dotenv"] == "file"
    time.sleep(0.5)
    (project / ".env").write_text("FROM_DOTENV=changed\nLEANCLOUD_APP_ID=real\n", "utf-8")
    one.wait_for(HEALTHY, times=2)
    assert one.get()["dotenv"] == "changed"
    one.wait_for("! LEANCLOUD_APP_KEY, LEANCLOUD_APP_MASTER_KEY, LEANCLOUD_APP_HOOK_KEY made up")
    other = up("--no-console", "--env", "FROM_DOTENV=given")
    other.wait_for(HEALTHY)
    assert other.get()["dotenv"] == "given"


def test_port_taken(up: Callable[..., Up], project: Path) -> None:
    """A taken port is passed over, and that is said."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        one = up("--no-console", port=port)
        found = int(one.wait_for(rf"Port {port} is taken: the app gets (\d+)\.")[1])
        assert found > port
        one.wait_for(HEALTHY)
        assert one.port == found
        assert run(["up", str(project), "--port", str(port)]) == 2


def test_limits(up: Callable[..., Up]) -> None:
    """What the platform would cut or drop is reported."""
    one = up("--no-console")
    one.wait_for(HEALTHY)
    one.get("/print")
    one.wait_for("! that line has more than 4096 characters")
    one.wait_for("! more than 600 lines in a minute")
    assert "x" * 4096 in one.lines
    assert "699" in one.lines or one.wait_for("^699$")


def test_health_shown(up: Callable[..., Up], project: Path) -> None:
    """An app that answers with an error is not healthy; one that is late
    reads how long the platform waits.
    """
    edit(
        project / "wsgi.py", 'if path in {"/", "/print", "/__engine/1/ping"}', 'if path == "/print"'
    )
    (project / "leanengine.yaml").write_text(
        "run: exec python wsgi.py\nstartupTimeout: 15\n", "utf-8"
    )
    one = up("--no-console")
    one.wait_for("! not healthy: HTTP 401")


def test_build(up: Callable[..., Up], project: Path) -> None:
    """The `build` commands run before the first start, without the app's variables."""
    (project / "leanengine.yaml").write_text(
        "build: echo ${LEANCLOUD_APP_ID:-nothing} >built.txt\nrun: exec python wsgi.py\n", "utf-8"
    )
    one = up("--no-console")
    one.wait_for(HEALTHY)
    assert (project / "built.txt").read_text("utf-8") == "nothing\n"


def test_first_start_fails(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What cannot even be prepared is an error, with the installer's words before it."""
    (project / "leanengine.yaml").write_text("install: echo no such package; exit 7\n", "utf-8")
    assert run(["up", str(project)]) == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert "· no such package\nError: The dependencies could not be installed" in err


def test_reader_leaves(project: Path) -> None:
    """When nobody reads the app's output any more, it ends, with nothing left behind."""
    command = f"{sys.executable} -m scaffold up --no-console --no-reload {project} 2>&1 | head -1"
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    edit(
        project / "wsgi.py",
        'if __name__ == "__main__":',
        'if __name__ == "__main__":\n    print("up", flush=True)',
    )
    subprocess.run(["sh", "-c", command], env=environ, timeout=60, check=True, capture_output=True)
    deadline = time.monotonic() + 20
    while processes_in(project):
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["none"], "No such folder"),
        ([str(PROJECTS / "no-wsgi")], "no-wsgi lacks wsgi.py"),
        (["--env", "A", str(PROJECTS / "healthy")], "seen: --env A\n"),
        (["--env", "1A=x", str(PROJECTS / "healthy")], "A variable is not KEY=VALUE"),
        (["--port", "0", str(PROJECTS / "healthy")], "seen: --port 0\n"),
        (["--port", "http", str(PROJECTS / "healthy")], "http"),
        (["--installer", "conda", str(PROJECTS / "healthy")], "uv, pip"),
    ],
)
def test_usage(arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage ends with exit code 2 and nothing on stdout."""
    assert run(["up", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert expected in err


def test_other_runtime(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A project for another runtime is refused."""
    assert run(["up", str(copy_project("other-runtime", tmp_path / "other"))]) == 1
    assert "The project is not for Python" in capsys.readouterr().err


def test_terminal(project: Path) -> None:
    """Ctrl-C typed on a terminal ends it, a second one does not wait for an
    app that ignores SIGTERM.
    """
    edit(
        project / "wsgi.py",
        'if __name__ == "__main__":',
        "import signal\nsignal.signal(15, signal.SIG_IGN)\nif True:",
    )
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "LANG": "en_US.UTF-8",
        "LC_ALL": "en_US.UTF-8",
    }
    arguments = ["-c", MAIN, "up", "--no-console", "--no-reload", str(project)]
    child = pexpect.spawn(
        sys.executable, arguments, env=environ, encoding="utf-8", timeout=30, dimensions=(40, 200)
    )
    child.expect("healthy .* after the start")
    begun = time.monotonic()
    child.sendintr()
    time.sleep(0.5)
    child.sendintr()
    child.expect("Interrupted")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert time.monotonic() - begun < 8
    assert processes_in(project) == []


def listeners(folder: Path, command: str) -> set[tuple[str, int]]:
    """Return address and port of every socket that a process in a folder, or of
    such a command line, listens on.
    """
    inodes: set[str] = set()
    for process in (entry for entry in Path("/proc").iterdir() if entry.name.isdecimal()):
        with contextlib.suppress(OSError):  # gone by now
            if command in (process / "cmdline").read_text() or str(
                (process / "cwd").readlink()
            ) == str(folder):
                for entry in (process / "fd").iterdir():
                    with contextlib.suppress(OSError):
                        inodes |= set(re.findall(r"socket:\[(\d+)\]", str(entry.readlink())))
    found = set()
    for name in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path("/proc/net", name).read_text().splitlines()[1:]:
            fields = line.split()
            address, _, port = fields[1].partition(":")
            if fields[9] in inodes and (fields[3] == "0A" or name.startswith("udp")):
                found.add((address, int(port, 16)))
    return found


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl")
def test_copied_curl(up: Callable[..., Up], project: Path) -> None:
    """What the console copies works in a shell that has evaluated `scaffold
    env`, after a restart too.
    """
    one = up()
    one.wait_for(HEALTHY)
    one.console  # noqa: B018 - waits until it is there
    one.end()
    two = up()
    two.wait_for(HEALTHY)
    port, path = two.console
    for name, signer in (
        ("hello", "app"),
        ("whoami", "master"),
        ("__before_save_for_Review", "hook"),
    ):
        copied = post(
            port, f"{path}api/curl", {"name": name, "body": '{"object": {}}', "signer": signer}
        )["curl"]
        script = (
            f'eval "$({sys.executable} -m scaffold env --quiet {project})"; {copied} --silent '
            "--fail"
        )
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        shell = ["sh", "-c", script]
        done = subprocess.run(shell, env=environ, capture_output=True, timeout=60, check=True)
        assert (
            b"Hello, you!" in done.stdout
            or b'["master"' in done.stdout
            or b'"checked"' in done.stdout
        )


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="this system has no /proc/net")
def test_loopback_only(up: Callable[..., Up], project: Path) -> None:
    """Nothing listens on anything but the loopback address except the app."""
    one = up()
    one.wait_for(HEALTHY)
    console, _ = one.console
    one.wait_for("Ctrl-C ends it")
    data = int(one.wait_for(r"Data: http://127\.0\.0\.1:(\d+)")[1])
    loopback = {("0100007F", port) for port in (console, data)}
    assert listeners(project, str(project)) == {("00000000", one.port), *loopback}


def test_help_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    """The help speaks Chinese."""
    assert run(["up", "--help", "--lang", "zh"]) == 0
    assert "云函数控制台" in capsys.readouterr().out


@pytest.mark.boot
def test_generated_project(up: Callable[..., Up], project: Path) -> None:
    """A generated Flask project gives a page and a working console within 2 s of a warm start,
    and runs its timers.
    """
    shutil.rmtree(project)
    new = ["new", str(project), "--defaults", "--no-git", "--quiet", "-d", "timers=true"]
    assert run(new) == 0
    one = up()
    one.wait_for(HEALTHY)
    one.end()
    begun = time.monotonic()
    two = up("--port", str(ports.any_free()))
    port, path = two.console
    while not health.ask(two.port, health.PAGE).ok:
        time.sleep(0.02)
    listed = health.ask(port, health.Request(f"{path}api/functions")).json()
    seconds = time.monotonic() - begun
    assert [one["name"] for one in listed["functions"]] == [
        "hello",
        "add_review",
        "__before_save_for_Review",
        "averageStars",
        "my_films",
        "daily_report",
    ]
    for name, body, user, answer in (
        ("hello", '{"name": "you"}', "", {"result": "Hello, you!"}),
        (
            "__before_save_for_Review",
            '{"object": {"stars": 5}}',
            '{"username": "me"}',
            {"stars": 5, "comment": ""},
        ),
    ):
        called = post(
            port, f"{path}api/call", {"name": name, "body": body, "user": user, "signer": "app"}
        )
        assert called["status"] == 200
        assert json.loads(called["body"]).items() >= answer.items()
    print(f"page and console after {seconds:.2f} s")  # noqa: T201 - shown with -s
    assert seconds < 2 * max(
        1.0, os.getloadavg()[0]
    )  # two seconds on a machine that does nothing else
    (project / "timers.yaml").write_text(OFTEN, "utf-8")
    two.wait_for("· often: done", 3)
    listed = health.ask(port, health.Request(f"{path}api/timers?language=en")).json()
    (timer,) = listed["timers"]
    assert (timer["name"], timer["words"]) == ("often", "every second")
    assert "done" in {run["status"] for run in timer["runs"]}
