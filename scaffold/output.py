"""What scaffold prints: data on stdout, messages on stderr.

Nothing that comes from others does anything to a terminal, or passes for a command to a CI
system; see `scaffold.printable`.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from scaffold.errors import FailedError
from scaffold.printable import in_json, printable_lines, without_commands

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass
class OutputSettings:
    """How to print, set once by the command line.

    Attributes:
        quiet: print no messages but errors.
        color: use colours, where a stream is a terminal.
        ci: a CI system looks for commands to it in all that is printed.
    """

    quiet: bool = False
    color: bool = True
    ci: bool = False

    @classmethod
    def of_environment(cls, environ: Mapping[str, str]) -> OutputSettings:
        """Return the settings before any option is read.

        Source for `NO_COLOR`: https://no-color.org
        """
        return cls(
            color=not environ.get("NO_COLOR") and environ.get("TERM") != "dumb",
            ci=bool(environ.get("GITHUB_ACTIONS") or environ.get("TF_BUILD")),
        )


settings = OutputSettings()
_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_RESET = "\x1b[0m"


def _is_terminal(stream: TextIO | None) -> bool:
    # A stream that was closed before Python started (`2>&-`) is None.
    return stream is not None and stream.isatty()


def can_prompt() -> bool:
    """Return whether there is a terminal on which to ask the user."""
    return _is_terminal(sys.stdin) and _is_terminal(sys.stderr)


def stderr_is_terminal() -> bool:
    """Return whether somebody watches the messages."""
    return _is_terminal(sys.stderr)


def stdout_is_terminal() -> bool:
    """Return whether somebody watches the data, which no program reads then."""
    return _is_terminal(sys.stdout)


def shows_color() -> bool:
    """Return whether data on stdout may have colours."""
    return settings.color and _is_terminal(sys.stdout)


def style(text: str, name: str) -> str:
    """Return text in a style of `_STYLES` if stderr shows colours, else as it is."""
    return (
        f"\x1b[{_STYLES[name]}m{text}{_RESET}"
        if settings.color and _is_terminal(sys.stderr)
        else text
    )


def say(text: str = "") -> None:
    """Print a message, unless the user asked for quiet."""
    if not settings.quiet:
        _print_message(text)


def complain(text: str) -> None:
    """Print an error, even when the user asked for quiet."""
    title, newline, rest = text.partition("\n")
    _print_message(style(title, "red") + newline + rest)


def _print_message(text: str) -> None:
    if sys.stderr is None:  # print would take it for stdout, where only data belongs
        return
    shown = _for_people(text, sys.stderr)
    try:
        # In one piece: what a running app prints, in another thread, must not
        # come between a line and its end.
        print(f"{shown}\n", end="", file=sys.stderr)  # noqa: T201 - this is the place that prints
    except OSError:
        # What is being done goes on although nobody can read of it.
        forget(sys.stderr)


def _for_people(text: str, stream: TextIO | None) -> str:
    shown = printable_lines(text, styles=settings.color and _is_terminal(stream))
    return _closed(without_commands(shown))


def _closed(text: str) -> str:
    """Return text with a reset at its end where it has colours, perhaps somebody else's."""
    _, escape, after = text.rpartition("\x1b")
    return text + _RESET if escape and not after.startswith(("[0m", "[m")) else text


def data(text: str) -> None:
    """Put data for people on stdout.

    Raises:
        BrokenPipeError: nobody reads it any more.
        FailedError: it cannot be written, for example to a full disk.
    """
    _put(_for_people(text, sys.stdout))


def exact(text: str) -> None:
    """Put data for a program on stdout as it is; a terminal, which no program
    reads, gets no control characters.

    Raises:
        BrokenPipeError: as `data`.
        FailedError: as `data`.
    """
    _put(printable_lines(text) if stdout_is_terminal() else text)


def difference(text: str) -> None:
    """Put a unified diff on stdout: as it is, unless somebody looks at it or a CI
    system looks for commands in it.

    Raises:
        BrokenPipeError: as `data`.
        FailedError: as `data`.
    """
    _put(_for_people(text, sys.stdout) if stdout_is_terminal() or settings.ci else text)


def app_line(text: str) -> None:
    """Put a line that an app printed on stdout: its colours stay unless the user
    wants none, else it is printable.

    Raises:
        BrokenPipeError: as `data`.
        FailedError: as `data`.
    """
    shown = printable_lines(text, styles=settings.color)
    _put(_closed(without_commands(shown) if settings.ci else shown))


def document(content: object) -> None:
    """Put data for a program on stdout, as JSON.

    Raises:
        BrokenPipeError: as `data`.
        FailedError: as `data`.
    """
    import json

    text = json.dumps(content, ensure_ascii=False, indent=2)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        # Replaced characters would be other contents; escaped ones are the same JSON everywhere.
        text = json.dumps(content, indent=2)
    _put(in_json(text))


def _put(text: str) -> None:
    if sys.stdout is None:  # closed before Python started: `>&-`
        raise FailedError("cli.error.output-lost", reason=os.strerror(errno.EBADF))
    try:
        # Flushed here, because nothing can be said about an error at exit.
        print(text, flush=True)  # noqa: T201 - this is the place that prints
    except BrokenPipeError:
        raise
    except OSError as error:
        forget(sys.stdout)
        raise FailedError("cli.error.output-lost", reason=error.strerror or error) from error


def forget(stream: TextIO) -> None:
    """Let what a stream could not write go nowhere: Python would try again at exit, and fail."""
    with suppress(OSError), Path(os.devnull).open("wb") as nowhere:  # it may be no file
        os.dup2(nowhere.fileno(), stream.fileno())
