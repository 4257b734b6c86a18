"""Prompts: on stderr, whatever stdout is, and in colours only where they are wanted."""

from __future__ import annotations

import ast
import os
import shlex
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.utils import get_cwidth

from scaffold import labels, messages, prompts, versions
from tests.conftest import ROOT
from tests.repositories import commit
from tests.trees import build_file_tree

if TYPE_CHECKING:
    import pexpect

    from scaffold.catalog import Catalog
    from tests.conftest import Published

CTRL_C, ENTER, ESC = "\x03", "\r", "\x1b"
FLASK_APP = "from flask import Flask\n\napp = Flask(__name__)\n"
COLOR = "\x1b[0;38;5;"
NEEDS_TERMINALS = pytest.mark.skipif(os.name == "nt", reason="this system has no pseudo-terminals")


@pytest.fixture
def projects(workspace: Path, published: Published) -> Path:
    """A folder with two apps for `adopt`, and a project for `update`."""
    for name in ("one", "two"):
        build_file_tree(
            workspace / "apps" / name, {"app.py": FLASK_APP, "requirements.txt": "flask\n"}
        )
    shop = workspace / "shop"
    shop.mkdir()
    commit(shop, published(versions.newest(), starter="flask", server="uwsgi"))
    return workspace


def _spawn(arguments: str, *, columns: int = 80, lines: int = 40) -> pexpect.spawn[str]:
    """Run a command line of scaffold on a pseudo-terminal, with stdout in `out.txt`."""
    import pexpect

    line = f"exec {shlex.quote(sys.executable)} -m scaffold {arguments} > out.txt"
    return pexpect.spawn(
        "/bin/sh",
        ["-c", line],
        env={**os.environ, "TERM": "xterm", "PYTHONUTF8": "1", "PROMPT_TOOLKIT_NO_CPR": "1"},
        encoding="utf-8",
        dimensions=(lines, columns),
        timeout=60,
    )


@NEEDS_TERMINALS
@pytest.mark.parametrize("option", ["", "--no-color"])
@pytest.mark.parametrize(
    ("arguments", "question"),
    [
        ("new --dry-run", "Title of the project"),
        ("adopt apps", "Which app?"),
        ("update shop -d server=gunicorn", "Write these"),
    ],
)
def test_asked_while_stdout_is_a_file(
    projects: Path, arguments: str, question: str, option: str
) -> None:
    """Each command that asks shows its question on the terminal;
    `--no-color` holds for prompts too.
    """
    child = _spawn(f"{arguments} {option}")
    child.expect_exact(question)
    shown = str(child.before)
    child.send(CTRL_C)
    child.expect_exact("Interrupted")
    child.wait()
    child.close()
    assert child.exitstatus == 130
    assert (projects / "out.txt").read_bytes() == b""
    assert (COLOR in shown) == (not option)


class Screen:
    """A terminal with a command line of scaffold in it, and what can be read there."""

    def __init__(self, arguments: str, columns: int, lines: int = 24) -> None:
        import pyte

        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.Stream(self._screen)
        self._child = _spawn(arguments, columns=columns, lines=lines)

    def lines(self) -> list[str]:
        """Return the lines as they are drawn; pyte puts an empty cell after a wide character."""
        return [line.rstrip() for line in self._screen.display]

    def wait_for(self, *words: str) -> list[str]:
        """Return the lines of the screen as soon as it has all the words."""
        import pexpect

        until = time.monotonic() + 30
        while time.monotonic() < until:
            with suppress(pexpect.TIMEOUT):
                self._stream.feed(self._child.read_nonblocking(4096, timeout=0.1))
            if all(word in "\n".join(self.lines()) for word in words):
                return self.lines()
        raise AssertionError("\n".join(self.lines()))

    def type(self, keys: str) -> None:
        """Press keys."""
        self._child.send(keys)

    def close(self) -> int | None:
        """Wait for the end; return the exit code."""
        import pexpect

        self._child.expect(pexpect.EOF)
        self._child.close()
        return self._child.exitstatus


@NEEDS_TERMINALS
@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_choice_is_one_line_that_fits(catalog: Catalog, language: str, columns: int) -> None:
    """Each choice has one line; below them stands all that is said of the one pointed at."""
    screen = Screen(f"--lang {language} new --dry-run shop", columns)
    question = catalog.questions["starter"]
    lines = screen.wait_for(labels.prompt(question, language), "utilmeta")
    screen.type(CTRL_C)
    assert screen.close() == 130
    first = next(number for number, line in enumerate(lines) if "flask" in line)
    shown = lines[first : first + len(question.choices)]
    assert [line.replace("»", " ").split()[0] for line in shown] == list(question.choices)
    described = [labels.choice(question, choice, language) for choice in question.choices]
    for line, whole in zip(shown, described, strict=True):
        said = line[15:].lstrip()
        assert said == whole or (said.endswith("…") and whole.startswith(said[:-1]))
    if not shown[0].endswith(described[0]):
        below = " ".join(line.strip() for line in lines[first + len(question.choices) :])
        assert described[0] in below.replace("  ", " ")


@NEEDS_TERMINALS
@pytest.mark.usefixtures("workspace")
def test_keys_of_the_wizard() -> None:
    """Typing filters, Enter leaves the value alone on the screen, Esc goes back a question and
    then cancels.
    """
    screen = Screen("new --no-git", 60)
    screen.wait_for("Title of the project")
    screen.type(ENTER)
    screen.wait_for("Title: myapp", "Framework of the project", "utilmeta")
    screen.type("fast")
    assert not any("django" in line for line in screen.wait_for("/ fast"))
    screen.type("?" + ENTER)  # no choice has a question mark
    lines = screen.wait_for("Framework: fastapi", "Server that runs it")
    assert "Framework: fastapi" in lines
    screen.type(ESC)
    screen.wait_for("? Framework of the project", " »  fastapi")
    screen.type(ESC)
    screen.wait_for("? Title of the project")
    screen.type(ESC)
    screen.wait_for("Interrupted; nothing was left behind.")
    assert screen.close() == 130
    assert list(Path.cwd().iterdir()) == [Path.cwd() / "out.txt"]


@pytest.mark.parametrize("width", [1, 7, 20])
def test_lines_fit(width: int) -> None:
    """A Chinese character takes two columns."""
    for line in ("written in C, fast; needs a proxy", "用 C 编写，速度快；前面需要代理。"):
        assert get_cwidth(prompts._fitting(line, width)) <= width


def test_only_one_module_draws_prompts() -> None:
    """Nothing else in scaffold imports the libraries that draw prompts, and would forget stderr."""
    importers = set()
    for path in (ROOT / "scaffold").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if {name.partition(".")[0] for name in names} & {"questionary", "prompt_toolkit"}:
                importers.add(path.relative_to(ROOT).as_posix())
    assert importers == {"scaffold/prompts.py"}


@pytest.mark.parametrize(("language", "words"), [("en", ("(Y/n)", "No")), ("zh", ("是", "否"))])
def test_yes_or_no(
    language: str, words: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A question of yes or no, and its answer, are in the language of the rest."""
    messages.set_language(language)
    with create_pipe_input() as pipe, create_app_session(input=pipe):
        pipe.send_text("n")
        assert prompts.confirm("?", default=True) is False
    shown = capsys.readouterr().err
    assert all(word in shown for word in words), shown
    assert ("No" in shown) == (language == "en")
