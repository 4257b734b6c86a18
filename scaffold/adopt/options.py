"""The options of `scaffold adopt`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class AdoptOptions:
    """What the user gave on the command line.

    Attributes:
        directory: the project, or a repository of several.
        app: the folder of the app in it; None to look for it.
        python: the Python version to adopt it for; empty to choose one.
        pairs: `KEY=VALUE` of each `-d`.
        add_guessed: require packages that are only guessed from imports.
        boot: start the result before it is written.
        dry_run: write nothing.
        diff: print the whole diff.
        assume_yes: ask nothing.
        branch: work on a new branch.
        force: go on without git, or with uncommitted changes.
        as_json: print JSON.
        can_prompt: there is a terminal, so that the user can be asked.
    """

    directory: Path
    app: str | None = None
    python: str = ""
    pairs: tuple[str, ...] = ()
    add_guessed: bool = False
    boot: bool = False
    dry_run: bool = False
    diff: bool = False
    assume_yes: bool = False
    branch: bool = True
    force: bool = False
    as_json: bool = False
    can_prompt: bool = False

    @property
    def asks(self) -> bool:
        """Whether the user is asked before anything is written."""
        return self.can_prompt and not (self.as_json or self.assume_yes)

    @property
    def shows_diff(self) -> bool:
        """Whether the diff is printed."""
        return self.diff or self.dry_run
