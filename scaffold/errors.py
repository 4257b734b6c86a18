"""The one tree of errors that reach a user.

An error names a group of messages: `<key>.title` (one line), `<key>.seen` (what was found, where),
`<key>.why` (why it matters; absent where the title says it) and `<key>.fix` (what to change, in
which file). `<key>.more` is for `scaffold explain` alone. The command line is the only place that
catches them.
"""

from __future__ import annotations

from typing import ClassVar

from scaffold import messages
from scaffold.printable import printable

PARTS = ("seen", "why", "fix")


class ScaffoldError(Exception):
    """A failure the user can act on.

    Args:
        key: the message group, for example `new.error.target-not-empty`.
        params: values for the placeholders of the group's messages.

    Attributes:
        cause: what a program printed about the failure, such as `app.py:37 RuntimeError: boom`; it
            takes the place of the title.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, key: str, /, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params = params
        self.cause = ""

    @property
    def code(self) -> str:
        """The name by which `scaffold explain` and the page of errors know it."""
        return self.key.replace(".error.", "-")

    def parts(self) -> dict[str, str]:
        """Return the error in the current language: title, seen, why if there is one, fix."""
        keys = {part: f"{self.key}.{part}" for part in ("title", *PARTS)}
        found = {
            part: messages.text(key, **self.params)
            for part, key in keys.items()
            if messages.exists(key)
        }
        if self.cause:
            found["seen"] = f"{found['title']}: {found['seen']}"
            found["title"] = printable(self.cause)
        return found

    def __str__(self) -> str:
        """Return the whole error as the command line prints it."""
        parts = self.parts()
        lines = [messages.text("cli.error", title=parts["title"])]
        for part in PARTS:
            if part in parts:
                label = messages.text(f"cli.error.{part}")
                lines.append(f"  {label} {parts[part]}".replace("\n", "\n    "))
        return "\n".join(lines)


class UsageError(ScaffoldError):
    """The command, an answer or a data file is wrong: nothing was tried."""

    exit_code = 2


class FailedError(ScaffoldError):
    """The request was right and could not be carried out, or the answer is no."""

    exit_code = 1
