"""The one tree of errors that reach a user.

An error names a group of messages: `<key>.title` (one line), `<key>.seen` (what was found, where), `<key>.why` (why it
matters) and `<key>.fix` (what to change, in which file). The command line is the only place that catches them.
"""

from __future__ import annotations

from typing import ClassVar

from scaffold import messages

PARTS = ("seen", "why", "fix")


class ScaffoldError(Exception):
    """A failure the user can act on.

    Args:
        key: the message group, for example `new.error.target-not-empty`.
        params: values for the placeholders of the group's messages.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, key: str, /, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params = params

    @property
    def anchor(self) -> str:
        """The error's anchor on the documentation's page of errors."""
        return self.key.replace(".error.", "-")

    def parts(self) -> dict[str, str]:
        """Return the error in the current language: title, seen, why, fix, docs."""
        found = {"title": messages.text(f"{self.key}.title", **self.params)}
        for part in PARTS:
            found[part] = messages.text(f"{self.key}.{part}", **self.params)
        found["docs"] = messages.text("cli.error-page", anchor=self.anchor)
        return found

    def __str__(self) -> str:
        """Return the whole error as the command line prints it."""
        parts = self.parts()
        lines = [messages.text("cli.error", title=parts["title"])]
        labels = {part: messages.text(f"cli.error.{part}") for part in (*PARTS, "docs")}
        for part, label in labels.items():
            lines.append(f"  {label} {parts[part]}".replace("\n", "\n    "))
        return "\n".join(lines)


class UsageError(ScaffoldError):
    """The command, an answer or a data file is wrong: nothing was tried."""

    exit_code = 2


class FailedError(ScaffoldError):
    """The request was right and could not be carried out, or the answer is no."""

    exit_code = 1
