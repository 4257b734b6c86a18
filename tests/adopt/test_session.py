"""What `scaffold adopt` asks on a terminal, and what it makes of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold import output, prompts
from scaffold.adopt import session
from scaffold.engine.boot import BootReport
from scaffold.errors import FailedError, ScaffoldError
from tests.adopt.conftest import TUTORIAL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Repository, Scaffold
    from tests.trees import Tree

UNLISTED: Tree = {"app.py": "import redis\n" + str(TUTORIAL["app.py"])}


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Give the answers to questions of yes or no, and to `Write this?`; return what is asked."""

    def give(*confirmed: str, written: str = "write") -> list[str]:
        asked: list[str] = []
        answers = iter(confirmed)

        def confirm(message: str, *, default: bool) -> bool:
            del default
            asked.append(message)
            return next(answers) == "yes"

        monkeypatch.setattr(output, "can_prompt", lambda: True)
        monkeypatch.setattr(prompts, "confirm", confirm)
        monkeypatch.setattr(prompts, "select", lambda *_: written)
        return asked

    return give


@pytest.fixture
def rehearsed(monkeypatch: pytest.MonkeyPatch) -> Callable[[ScaffoldError | None], list[Path]]:
    """Let a rehearsal end with an error, or well; return the folders that are started."""

    def end(error: ScaffoldError | None) -> list[Path]:
        folders: list[Path] = []

        def boot_project(folder: Path, _options: object) -> BootReport:
            folders.append(folder)
            healthy = error is None
            return BootReport((), healthy, None, None, None, "uv", error, (), None, ())

        monkeypatch.setattr(session, "boot_project", boot_project)
        return folders

    return end


def test_offers_to_start(
    scaffold: Scaffold,
    repository: Repository,
    answer: Callable[..., list[str]],
    rehearsed: Callable[[ScaffoldError | None], list[Path]],
) -> None:
    """What was written is started if the user wants it, and the report begins with the outcome."""
    asked, folders = answer("yes"), rehearsed(None)
    result = scaffold("adopt", str(repository(TUTORIAL)))
    assert (result.code, len(asked), len(folders)) == (0, 1, 1)
    assert (folders[0] / "leanengine.yaml").exists()
    assert "starts: yes" in result.err.partition("Found in")[2]


def test_does_not_start(
    scaffold: Scaffold,
    repository: Repository,
    answer: Callable[..., list[str]],
    rehearsed: Callable[[ScaffoldError | None], list[Path]],
) -> None:
    """A rehearsal that fails is the answer no, with its error; what was written stays."""
    answer("yes")
    rehearsed(FailedError("engine.error.require-missing", name="shop.txt"))
    folder = repository(TUTORIAL)
    result = scaffold("adopt", str(folder))
    assert result.code == 1
    assert "starts: no, because" in result.err
    assert "shop.txt" in result.err
    assert (folder / "leanengine.yaml").exists()


def test_not_started(
    scaffold: Scaffold,
    repository: Repository,
    answer: Callable[..., list[str]],
    rehearsed: Callable[[ScaffoldError | None], list[Path]],
) -> None:
    """Who does not want to wait gets the rest of the report."""
    answer("no")
    assert not rehearsed(None)
    result = scaffold("adopt", str(repository(TUTORIAL)))
    assert "starts: not verified" in result.err
    assert "scaffold boot" in result.err


@pytest.mark.parametrize("accepted", [True, False])
def test_asks_about_guesses(
    scaffold: Scaffold,
    repository: Repository,
    answer: Callable[..., list[str]],
    rehearsed: Callable[[ScaffoldError | None], list[Path]],
    *,
    accepted: bool,
) -> None:
    """Each guess is shown with its place before the package is looked up anywhere."""
    rehearsed(None)
    asked = answer("yes" if accepted else "no", "no")
    folder = repository(UNLISTED)
    result = scaffold("adopt", str(folder))
    assert "app.py:2  import redis  →  redis" in result.err
    assert "1 guesses" in asked[0]
    assert ("redis==" in (folder / "requirements.txt").read_text()) == accepted


def test_flag_instead_of_the_question(
    scaffold: Scaffold, repository: Repository, answer: Callable[..., list[str]]
) -> None:
    """--add-guessed answers the question."""
    asked = answer("no")
    folder = repository(UNLISTED)
    scaffold("adopt", str(folder), "--add-guessed")
    assert not any("guesses" in question for question in asked)
    assert "redis==" in (folder / "requirements.txt").read_text()


def test_cancelled(
    scaffold: Scaffold, repository: Repository, answer: Callable[..., list[str]]
) -> None:
    """Nothing is written for who does not want it."""
    answer(written="cancel")
    folder = repository(TUTORIAL)
    assert scaffold("adopt", str(folder)).code == 130
    assert not (folder / "leanengine.yaml").exists()


def test_no_python_2_to_start_it_with(
    scaffold: Scaffold,
    repository: Repository,
    answer: Callable[..., list[str]],
    rehearsed: Callable[[ScaffoldError | None], list[Path]],
) -> None:
    """Where nothing can start it, the answer is neither yes nor no."""
    answer("yes")
    missing = {"version": "2.7", "file": ".python-version", "places": "-"}
    rehearsed(FailedError("boot.error.not-verified", **missing))
    result = scaffold("adopt", str(repository(TUTORIAL)))
    assert result.code == 0
    assert "Not verified" in result.err
    assert "starts: not verified" in result.err
