"""Run a shell command so that nothing of it is left behind, and keep the
last of what it says. POSIX only.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import threading
import time
from collections import deque
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from scaffold.engine.guardian import guardian
from scaffold.engine.loglimits import LINE_LENGTH, LINES_A_MINUTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import FrameType

# A minute's worth of what the platform keeps.
LINES_KEPT = LINES_A_MINUTE
# LeanEngine docs, "Deep dive": SIGTERM, then ten seconds to clean up.
STOP_TIMEOUT = 10.0
# A process that left the session of the one that started it is found by this variable. Generated
# apps that it is set for leave watching their files to `scaffold up` (leanengine/reload.py).
MARK = "SCAFFOLD_PROCESS"
SHELL = "/bin/sh"
_POLL = 0.02
_KILL_TIMEOUT = 5.0
_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_FROM_KEYBOARD = [getattr(signal, name) for name in ("SIGINT", "SIGQUIT") if hasattr(signal, name)]


class Process:
    """A command in a session of its own, with all that it starts.

    Args:
        command: a line for the shell, or a program and its arguments.
        folder: where it runs.
        environ: its whole environment.
        on_line: called, in another thread, with each line and whether it
            had to be cut to `LINE_LENGTH`.
    """

    def __init__(
        self,
        command: str | Sequence[str],
        *,
        folder: Path,
        environ: Mapping[str, str],
        on_line: Callable[[str, bool], None] | None = None,
    ) -> None:
        self._mark = f"{MARK}={secrets.token_hex(8)}"
        name, _, value = self._mark.partition("=")
        self._lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._on_line = on_line
        guardian.watch_process(self._mark)
        self._popen = subprocess.Popen(
            [SHELL, "-c", command] if isinstance(command, str) else command,
            cwd=folder,
            env={**environ, name: value},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.started = time.monotonic()
        self._output = self._popen.stdout
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def poll(self) -> int | None:
        """Return the exit code of the command, negative for a signal; None while it runs."""
        return self._popen.poll()

    def wait(self) -> int:
        """Wait for the command and all of its output; return its exit code."""
        code = self._popen.wait()
        self._reader.join(timeout=1)
        return code

    def lines(self, count: int = LINES_KEPT) -> list[str]:
        """Return the last lines that the command printed, at most `LINES_KEPT`."""
        return list(self._lines)[-count:]

    def running(self) -> bool:
        """Tell whether the command or anything that it started still runs."""
        self._popen.poll()
        return bool(self.members())

    def members(self) -> list[int]:
        """Return the numbers of the running processes of the session, and
        of those that carry the mark.
        """
        if not Path("/proc/self/stat").exists():
            return _group_members(self._popen.pid)
        return [number for number in _process_numbers() if self._is_member(number)]

    def stop(self, timeout: float = STOP_TIMEOUT, number: int = signal.SIGTERM) -> bool:
        """Send a signal to the command, and SIGKILL to what is left of it and its
        children after `timeout` seconds.

        Only the command's own process gets the signal, as in a container;
        it has to end its children.

        Args:
            timeout: how long it is given, in seconds.
            number: the signal; SIGTERM is what the platform sends.

        Returns:
            Whether all of them ended in time.
        """
        for process in self._main_processes():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, number)
        deadline = time.monotonic() + timeout
        while self.running() and time.monotonic() < deadline:
            time.sleep(_POLL)
        ended = not self.running()
        self.kill()
        return ended

    def kill(self) -> None:
        """End the command and everything that it started at once, and free what they held."""
        deadline = time.monotonic() + _KILL_TIMEOUT
        self._signal_group(signal.SIGKILL)
        # Until none is left: one may start another between being listed and being killed.
        while self.running() and time.monotonic() < deadline:
            for number in self.members():
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(number, signal.SIGKILL)
            time.sleep(_POLL / 10)
        self._popen.wait()
        if not self.running():
            guardian.forget_process(self._mark)
        self._reader.join(timeout=1)
        # Closing what a thread still reads would block; a reader that is
        # not done dies with scaffold.
        if self._output and not self._reader.is_alive():
            self._output.close()

    def _signal_group(self, number: signal.Signals) -> None:
        # Once all are gone, the number may be another group's.
        if self.running():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._popen.pid, number)

    def _main_processes(self) -> list[int]:
        """Return the command's process; with it, while it is the shell that waits
        for it, those that it waits for.

        Whether a shell replaces itself with the last command or waits for it differs from shell
        to shell; the outcome must not.
        """
        leader = self._popen.pid
        if not self.running() or self._popen.returncode is not None:
            return []
        try:
            waiting = Path(f"/proc/{leader}/exe").readlink() == Path(SHELL).resolve()
        except OSError:
            waiting = False
        return [
            leader,
            *(number for number in self.members() if waiting and _stat(number).parent == leader),
        ]

    def _is_member(self, number: int) -> bool:
        stat = _stat(number)
        if stat.state in "ZX":
            return False
        try:
            return (
                stat.session == self._popen.pid
                or self._mark.encode() in Path(f"/proc/{number}/environ").read_bytes()
            )
        except OSError:
            return False  # gone, or another user's

    def _read(self) -> None:
        output = self._output
        while output and (line := _line(output)) is not None:
            self._lines.append(line[:LINE_LENGTH])
            if self._on_line:
                self._on_line(line[:LINE_LENGTH], len(line) > LINE_LENGTH)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold back Ctrl-C, SIGTERM and SIGHUP until the block is done.

    Between the birth of a process and the moment it is written down, or half-way through cleaning
    up, an exception would leave something behind.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []

    def hold(number: int, _frame: FrameType | None) -> None:
        held.append(number)

    previous = {number: signal.signal(number, hold) for number in (signal.SIGINT, *_ENDING)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        for number in held[:1]:
            signal.raise_signal(number)


@contextlib.contextmanager
def cleaned_up_on_signals(
    on_signal: Callable[[BaseException], None] = lambda _error: None,
) -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into `SystemExit`, as Ctrl-C is
    `KeyboardInterrupt`, so that `finally` is reached.

    A handler that somebody else has set stays. What is ignored, under `nohup` or in the
    background, stays ignored here, but not in the processes that are started: on the platform
    nothing is, and some servers end at SIGINT or SIGQUIT.

    Args:
        on_signal: called first, with what is raised, also at Ctrl-C. Python drops an exception that
            is raised while it collects garbage; who runs a loop can end it by this all the same.
    """

    def leave(number: int, _frame: FrameType | None) -> None:
        error = KeyboardInterrupt() if number == signal.SIGINT else SystemExit(128 + number)
        on_signal(error)
        raise error

    def ignore(_number: int, _frame: FrameType | None) -> None:
        """Do nothing, as SIG_IGN, which a new process would inherit; a handler it does not."""

    previous = {}
    if threading.current_thread() is threading.main_thread():
        previous = {number: signal.getsignal(number) for number in (*_ENDING, *_FROM_KEYBOARD)}
    for number, handler in previous.items():
        if handler is signal.SIG_IGN:
            signal.signal(number, ignore)
        elif handler is signal.default_int_handler or (
            handler is signal.SIG_DFL and number in _ENDING
        ):
            signal.signal(number, leave)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _line(stream: IO[bytes]) -> str | None:
    """Return the next line, of a long one `LINE_LENGTH` characters and some; None at the end."""
    most = 4 * (LINE_LENGTH + 1)  # bytes; a character has at most four
    start = piece = stream.readline(most)
    while piece and not piece.endswith(b"\n"):
        piece = stream.readline(most)
    return start.decode("utf-8", "replace").rstrip("\r\n") if start else None


class _Stat(NamedTuple):
    """What is asked of a process: its state (Z and X are dead), its parent, its session."""

    state: str
    parent: int
    session: int


def _stat(number: int) -> _Stat:
    try:
        content = Path(f"/proc/{number}/stat").read_text("utf-8", "replace")
    except OSError:
        return _Stat("X", 0, 0)
    # The name, in parentheses, may hold anything; after it come the state, the
    # parent, the group, the session.
    state, parent, _, session = content.rpartition(")")[2].split()[:4]
    return _Stat(state, int(parent), int(session))


def _process_numbers() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _group_members(group: int) -> list[int]:
    """Return the group's leader if the group has a member: all that can be
    asked where there is no /proc.
    """
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return []
    return [group]
