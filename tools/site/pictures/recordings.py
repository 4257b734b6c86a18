"""Record `scaffold new` and `scaffold boot` in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold import labels
from scaffold.catalog import Catalog
from scaffold.messages import area
from tools.site.pictures.animation import animation
from tools.site.pictures.terminal import Terminal
from tools.written import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TITLES = {
    "en": (
        "scaffold new asks its questions and makes a project; scaffold boot rehearses its "
        "deployment"
    ),
    "zh": "scaffold new 逐一提问并生成项目，scaffold boot 演练部署",
}
# The questions in their order; each is answered with its default.
ASKED = (
    "starter",
    "server",
    "cloud_functions",
    "python",
    "sessions",
    "https_redirect",
)


NARROW_TITLES = {
    "en": "scaffold boot rehearses the deployment of a project",
    "zh": "scaffold boot 演练项目的部署",
}
# On a phone this leaves a character eight pixels, and the rest of the first screen to the page.
NARROW_COLUMNS, NARROW_LINES = 47, 13


def record_narrow(home: Path, environ: dict[str, str], language: str) -> str:
    """Return a recording of `scaffold boot` for a phone; `record` has made the project."""
    terminal = Terminal(home / "myapp", environ, columns=NARROW_COLUMNS, lines=NARROW_LINES)
    try:
        terminal.type("scaffold boot")
        terminal.wait()
    finally:
        terminal.close()
    title = NARROW_TITLES[language]
    return animation(terminal.frames, title, columns=NARROW_COLUMNS, lines=NARROW_LINES)


def record(home: Path, environ: dict[str, str], language: str) -> str:
    """Return the recording as SVG.

    Args:
        home: the folder to work in.
        environ: the environment of the shell, with scaffold on PATH.
        language: the one that scaffold speaks there.
    """
    questions = [labels.prompt(Catalog(ROOT).questions[key], language) for key in ASKED]
    terminal = Terminal(home, environ)
    try:
        terminal.type("scaffold new myapp")
        for question in [*questions, area("wizard", language)["wizard.summary"]]:
            terminal.press("\r", after=question)
        terminal.wait()
        terminal.type("cd myapp")
        terminal.wait()
        terminal.type("scaffold boot")
        terminal.wait()
    finally:
        terminal.close()
    return animation(terminal.frames, TITLES[language])
