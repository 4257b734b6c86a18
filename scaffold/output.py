"""What scaffold prints: data on stdout, talk on stderr."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

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


def style(text: str, name: str) -> str:
    """Return text in a style of `_STYLES` if stderr shows colours, else as it is."""
    return f"\x1b[{_STYLES[name]}m{text}\x1b[0m" if settings.color and sys.stderr.isatty() else text


def say(text: str = "") -> None:
    """Tell the user something, unless they asked for quiet."""
    if not settings.quiet:
        print(text, file=sys.stderr)  # noqa: T201 - this is the place that prints


def complain(text: str) -> None:
    """Tell the user of an error, even when they asked for quiet."""
    title, _, rest = text.partition("\n")
    print(style(title, "red"), rest, sep="\n" if rest else "", file=sys.stderr)  # noqa: T201


def data(text: str) -> None:
    """Put data on stdout."""
    print(text)  # noqa: T201
