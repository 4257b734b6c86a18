"""What scaffold prints: data on stdout, talk on stderr."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass
class Settings:
    """How to speak, set once by the command line.

    Attributes:
        quiet: say nothing but errors.
        color: use colours, where stderr is a terminal.
    """

    quiet: bool = False
    color: bool = True

    @classmethod
    def of_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Return the settings before any option is read; `NO_COLOR` is honoured (https://no-color.org)."""
        return cls(color=not environ.get("NO_COLOR") and environ.get("TERM") != "dumb")


settings = Settings()
_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


def _is_terminal(stream: TextIO | None) -> bool:
    # A stream that was closed before Python started (`2>&-`) is None.
    return stream is not None and stream.isatty()


def can_converse() -> bool:
    """Return whether somebody sits at a terminal, to be asked and to read."""
    return _is_terminal(sys.stdin) and _is_terminal(sys.stderr)


def talks_to_terminal() -> bool:
    """Return whether somebody watches what is said."""
    return _is_terminal(sys.stderr)


def shows_data() -> bool:
    """Return whether somebody watches the data, which no program reads then."""
    return _is_terminal(sys.stdout)


def shows_color() -> bool:
    """Return whether data on stdout may have colours."""
    return settings.color and _is_terminal(sys.stdout)


def style(text: str, name: str) -> str:
    """Return text in a style of `_STYLES` if stderr shows colours, else as it is."""
    return f"\x1b[{_STYLES[name]}m{text}\x1b[0m" if settings.color and _is_terminal(sys.stderr) else text


def say(text: str = "") -> None:
    """Tell the user something, unless they asked for quiet."""
    if not settings.quiet:
        _talk(text)


def complain(text: str) -> None:
    """Tell the user of an error, even when they asked for quiet."""
    title, newline, rest = text.partition("\n")
    _talk(style(title, "red") + newline + rest)


def _talk(text: str) -> None:
    if sys.stderr is not None:  # print would take None for stdout, where only data belongs
        # In one piece: what a running app says, in another thread, must not come between a line and its end.
        print(f"{text}\n", end="", file=sys.stderr)  # noqa: T201 - this is the place that prints


def data(text: str) -> None:
    """Put data on stdout.

    Raises:
        BrokenPipeError: nobody reads it any more.
        FailedError: it cannot be written, for example to a full disk.
    """
    try:
        # Flushed here, because nothing can be said about an error at exit.
        print(text, flush=True)  # noqa: T201
    except BrokenPipeError:
        raise
    except OSError as error:
        raise FailedError("cli.error.output-lost", reason=error.strerror or error) from error


def document(content: object) -> None:
    """Put data for a program on stdout, as JSON."""
    import json  # noqa: PLC0415 - only needed here

    text = json.dumps(content, ensure_ascii=False, indent=2)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        # Replaced characters would be other contents; escaped ones are the same JSON everywhere.
        text = json.dumps(content, indent=2)
    data(text)
