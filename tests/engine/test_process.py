"""Processes that leave nothing behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from scaffold.engine.loglimits import LINE_LENGTH
from scaffold.engine.process import LINES_KEPT, Process, cleaned_up_on_signals, uninterrupted

from .conftest import processes_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str | list[str]], Process]]:
    """Start commands in the test's folder; nothing may run there afterwards."""
    started = []

    def run(command: str | list[str]) -> Process:
        started.append(Process(command, folder=tmp_path, environ=dict(os.environ)))
        return started[-1]

    yield run
    for process in started:
        process.kill()
    assert processes_in(tmp_path) == []


def wait_for_line(process: Process, line: str) -> None:
    """Wait until a command has printed a line."""
    deadline = time.monotonic() + 10
    while line not in process.lines():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_code_and_lines(start: Callable[[str | list[str]], Process]) -> None:
    """A command's exit code, and both of its streams, are seen."""
    process = start("echo out; echo err >&2; printf 'no newline'; exit 3")
    assert process.wait() == 3
    assert sorted(process.lines()) == ["err", "no newline", "out"]
    assert process.lines(1) == ["no newline"]


def test_arguments(start: Callable[[str | list[str]], Process]) -> None:
    """A program with arguments does not go through a shell."""
    process = start(["/bin/echo", "$HOME; exit 1"])
    assert (process.wait(), process.lines()) == (0, ["$HOME; exit 1"])


def test_log_limits(start: Callable[[str | list[str]], Process]) -> None:
    """A line is cut as the platform cuts it, in characters; of many lines the last are kept."""
    script = "print('启' * 9000); [print(n) for n in range(2000)]; print('end')"
    process = start([sys.executable, "-X", "utf8", "-c", script])
    process.wait()
    assert (len(process.lines()), process.lines(1)) == (LINES_KEPT, ["end"])
    process = start([sys.executable, "-X", "utf8", "-c", "print('启' * 9000); print('end')"])
    process.wait()
    assert process.lines() == ["启" * LINE_LENGTH, "end"]


def test_lines_reach_the_callback(tmp_path: Path) -> None:
    """The callback gets each line as it comes, cut to the platform's length, with whether it had to
    be cut.
    """
    received: list[tuple[str, bool]] = []
    script = (
        f"print('启' * {LINE_LENGTH}); print('启' * {LINE_LENGTH + 1}); print('x' * 99999); "
        "print('end')"
    )
    process = Process(
        [sys.executable, "-X", "utf8", "-c", script],
        folder=tmp_path,
        environ=dict(os.environ),
        on_line=lambda line, cut: received.append((line, cut)),
    )
    process.wait()
    process.kill()
    whole = "启" * LINE_LENGTH
    assert received == [(whole, False), (whole, True), ("x" * LINE_LENGTH, True), ("end", False)]


def test_undecodable_output(start: Callable[[str | list[str]], Process]) -> None:
    """Bytes that are no UTF-8 do not stop the reader."""
    process = start(r"printf '\377\n'; echo end")
    process.wait()
    assert process.lines() == ["\ufffd", "end"]


def test_stop(start: Callable[[str | list[str]], Process]) -> None:
    """A server behind a shell gets SIGTERM too, and may clean up."""
    process = start("trap '' TERM; " + sys.executable + " -c '" + GRACEFUL + "'; echo shell")
    wait_for_line(process, "ready")
    assert process.stop(10)
    assert process.lines() == ["ready", "cleaned up", "shell"]


GRACEFUL = """
import signal, sys, time
def leave(*_):
    print("cleaned up", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
time.sleep(60)
"""


def test_script_in_front(start: Callable[[str | list[str]], Process], tmp_path: Path) -> None:
    """A script that does not hand SIGTERM on to its server is found out; one
    that becomes the server is not.
    """
    (tmp_path / "server.py").write_text(GRACEFUL, "utf-8")
    script = f"{sys.executable} server.py; exit 0"
    (tmp_path / "start.sh").write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    process = start("env sh start.sh && true")
    wait_for_line(process, "ready")
    assert not process.stop(0.5)
    (tmp_path / "start.sh").write_text(f"#!/bin/sh\nexec {script}\n", "utf-8")
    process = start("env sh start.sh && true")
    wait_for_line(process, "ready")
    assert process.stop(10)


def test_stubborn(start: Callable[[str | list[str]], Process]) -> None:
    """What ignores SIGTERM is killed when the time is over."""
    process = start("trap '' TERM; echo ready; while :; do sleep 0.1; done")
    wait_for_line(process, "ready")
    begun = time.monotonic()
    assert not process.stop(0.3)
    assert 0.3 <= time.monotonic() - begun < 5
    assert process.poll() == -signal.SIGKILL


def test_stop_when_it_has_ended(start: Callable[[str | list[str]], Process]) -> None:
    """A command that has ended needs no stopping, and may be killed twice."""
    process = start("exit 0")
    process.wait()
    assert process.stop(0)
    process.kill()


@pytest.mark.parametrize("options", ["", "start_new_session=True", "process_group=0"])
def test_grandchildren(start: Callable[[str | list[str]], Process], options: str) -> None:
    """A helper that outlives the command is found and killed, whatever session it is in."""
    if "process_group" in options and sys.version_info < (3, 11):
        pytest.skip("Popen has process_group since Python 3.11")
    script = (
        "import subprocess, sys; null = subprocess.DEVNULL;"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], "
        f"stdout=null, stderr=null, {options})"
    )
    process = start([sys.executable, "-c", script])
    assert process.wait() == 0
    assert process.running()
    process.kill()
    assert not process.running()


def test_no_program(tmp_path: Path) -> None:
    """A program that does not exist is the system's error."""
    with pytest.raises(FileNotFoundError):
        Process(["/no/such/program"], folder=tmp_path, environ={})


@pytest.fixture
def default_signals() -> Iterator[None]:
    """Handlers of signals as Python sets them, however the tests were started."""
    defaults = dict.fromkeys((signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT), signal.SIG_DFL)
    previous = {number: signal.signal(number, handler) for number, handler in defaults.items()}
    previous[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in previous.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("default_signals")
def test_uninterrupted() -> None:
    """Ctrl-C and SIGTERM wait for the end of the block, once."""
    done = []

    def work() -> None:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGTERM)
            done.append("block")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["block"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("default_signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_become_exceptions(number: signal.Signals) -> None:
    """SIGTERM and SIGHUP leave through `finally`, with the shell's exit code for them."""
    with pytest.raises(SystemExit) as raised, cleaned_up_on_signals():
        signal.raise_signal(number)
    assert raised.value.code == 128 + number
    assert signal.getsignal(number) is signal.SIG_DFL


@pytest.mark.usefixtures("default_signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_what_is_ignored(tmp_path: Path, number: signal.Signals) -> None:
    """Under nohup or in the background signals stay ignored, but not by what is
    started: on the platform none is.
    """
    signal.signal(number, signal.SIG_IGN)
    code = f"import signal; print(signal.getsignal({int(number)}) is signal.SIG_IGN)"
    with cleaned_up_on_signals():
        process = Process([sys.executable, "-c", code], folder=tmp_path, environ={})
        signal.raise_signal(number)
        process.wait()
        process.kill()
    assert process.lines() == ["False"]
    assert signal.getsignal(number) is signal.SIG_IGN


@pytest.mark.usefixtures("default_signals")
def test_handlers_of_others_stay() -> None:
    """A program that has its own handler for SIGTERM keeps it."""
    seen: list[int] = []
    previous = signal.signal(signal.SIGTERM, lambda number, _frame: seen.append(number))
    try:
        with cleaned_up_on_signals():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, previous)
    assert seen == [signal.SIGTERM]


def test_outside_the_main_thread() -> None:
    """In another thread, where no handler can be set, both do nothing."""
    done = []

    def work() -> None:
        with cleaned_up_on_signals(), uninterrupted():
            done.append("block")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == ["block"]


@pytest.mark.usefixtures("default_signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_reported_before_it_raises(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """Python drops what is raised while it collects garbage; a loop still notices the signal."""
    errors: list[BaseException] = []
    dropped: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", dropped.append)

    class Collected:
        """Gets a signal while it is collected."""

        def __del__(self) -> None:
            """Raise what the handler raises."""
            signal.raise_signal(number)

    with cleaned_up_on_signals(errors.append):
        Collected()
    expected = KeyboardInterrupt() if number == signal.SIGINT else SystemExit(143)
    assert list(map(repr, errors)) == [repr(expected)]
    assert len(dropped) == 1
