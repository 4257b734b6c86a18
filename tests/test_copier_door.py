"""The copier door: the same questions, choices, defaults and refusals as the
command line's, and no trust needed.
"""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations as pairs_of
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pytest
from copier._main import Worker

from scaffold import messages
from scaffold.errors import UsageError
from scaffold.questions import UserInput
from scaffold.render import render
from tests.conftest import CATALOG, on_disk
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.questions import Answers
    from tests.conftest import Scaffold

pytestmark = pytest.mark.usefixtures("read_once")
COPIER = [sys.executable, "-m", "copier"]
VALUES: dict[str, list[Any]] = {
    **{key: list(question.choices) or [True, False] for key, question in CATALOG.questions.items()},
    "project_name": ["shop", "class", "Json", "a-b", "1a", "", "a" * 51, "云"],
    "title": ["我的 😀", 'a "b" \\ {{ c }} <d>', "null", "", " a", "a\nb", "a" * 101],
}


def _ours(given: dict[str, Any]) -> Answers | UsageError:
    try:
        return CATALOG.resolve({key: UserInput(value, "-d") for key, value in given.items()})
    except UsageError as error:
        return error


@pytest.fixture(scope="module")
def ask(template_folder: Path) -> Iterator[Callable[[dict[str, Any]], dict[str, Any] | ValueError]]:
    """Ask copier's questions without writing a project: its answers, or what it refuses with."""
    with Worker(
        src_path=str(template_folder), dst_path=Path("nowhere"), defaults=True, quiet=True
    ) as worker:

        def asked(given: dict[str, Any]) -> dict[str, Any] | ValueError:
            worker.data = given
            try:
                worker._ask()
            except ValueError as error:
                return error
            return {key: worker.answers.combined[key] for key in CATALOG.questions}

        yield asked


def _same(ours: Answers | UsageError, theirs: object) -> bool:
    """Return whether copier did what the command line does: the same answers, or
    a refusal for the same reason.
    """
    if not isinstance(ours, UsageError):
        return ours == theirs
    code = ours.key.removeprefix("answers.error.")
    return isinstance(theirs, ValueError) and f"[{code}] {ours.parts()['title']} / " in str(theirs)


@pytest.mark.parametrize("starter", VALUES["starter"])
def test_single_answers(starter: str, ask: Callable[[dict[str, Any]], Any]) -> None:
    """Beside the starter, each answer to each question is taken or refused as on the
    command line.
    """
    for key, value in some(((key, value) for key, values in VALUES.items() for value in values)):
        given = {"starter": starter, key: value}
        assert _same(_ours(given), ask(given)), given


@pytest.mark.parametrize("starter", VALUES["starter"])
def test_pairs_that_clash(starter: str, ask: Callable[[dict[str, Any]], Any]) -> None:
    """Two answers that are refused only together are refused by copier too, for the same reason."""
    clashing = 0
    taken = {key: _taken_alone(starter, key) for key in VALUES if key != "starter"}
    for first, second in pairs_of(taken, 2):
        for one, two in product(taken[first], taken[second]):
            given = {"starter": starter, first: one, second: two}
            ours = _ours(given)
            if isinstance(ours, UsageError):
                clashing += 1
                assert _same(ours, ask(given)), given
    assert clashing >= 3


def _taken_alone(starter: str, key: str) -> list[Any]:
    given = [{"starter": starter, key: value} for value in VALUES[key]]
    return [each[key] for each in given if not isinstance(_ours(each), UsageError)]


@pytest.mark.parametrize("key", ["starter", "backend", "server", "python", "dependencies"])
def test_unknown_choices(key: str, ask: Callable[[dict[str, Any]], Any]) -> None:
    """What is no choice at all is refused by both; for yes or no copier takes any text."""
    given = {key: "nonsense"}
    assert isinstance(_ours(given), UsageError)
    assert isinstance(ask(given), ValueError)


def test_every_question_speaks_both_languages(ask: Callable[[dict[str, Any]], Any]) -> None:
    """A refusal says what the command line says, in English and in Chinese."""
    refused = str(ask({"dependencies": "sdk", "python": "3.13"}))
    for language in messages.LANGUAGES:
        assert (
            messages.area("answers", language)["answers.error.python-too-new-for-sdk.title"]
            in refused
        )


def test_a_path_without_trust(template_folder: Path, workspace: Path) -> None:
    """`copier copy PATH myapp` makes the project of the default answers, and asks for no trust."""
    done = subprocess.run(
        [*COPIER, "copy", "--defaults", str(template_folder), "myapp"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert on_disk(workspace / "myapp") == render(CATALOG.starter("flask"), CATALOG.resolve({}))


@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pty")
def test_the_conversation(template_folder: Path, workspace: Path) -> None:
    """On a terminal copier asks in both languages, offers what fits, and
    says why the rest does not.
    """
    child = pexpect.spawn(
        sys.executable,
        [
            "-m",
            "copier",
            "copy",
            str(template_folder),
            "myapp",
            "-d",
            "starter=fastapi",
            "-d",
            "python=3.12",
        ],
        encoding="utf-8",
        dimensions=(60, 240),  # so that no line is broken
        timeout=60,
    )
    child.expect_exact("Name in code: letters, digits and underscores / 在代码中的名称")
    child.sendline("")
    child.expect_exact("Title of the project, in any script / 项目标题")
    child.sendline("")
    child.expect_exact("Server that runs it on the platform / 在平台上运行它的服务器")
    child.expect_exact("The server runs WSGI apps only / 该服务器只能运行 WSGI 应用")
    for question in (
        "",
        "Cloud functions and hooks",
        "Dependency versions",
        "Redirect HTTP to HTTPS",
        "as a container",
        "a server of your own",
        "timers.yaml",
        "Where its data is",
        "file for pre-commit",
        "on Kubernetes",
        "Host that it moves to",
        "Continuous integration",
        "Language of the comments",
    ):
        child.expect_exact(question)
        child.sendline("")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    answers = CATALOG.resolve(
        {"starter": UserInput("fastapi", ""), "python": UserInput("3.12", "")}
    )
    assert on_disk(workspace / "myapp") == render(CATALOG.starter("fastapi"), answers)


def test_the_command_line_refuses_by_the_same_rules(scaffold: Scaffold) -> None:
    """What copier.yml refuses for an answer that is not asked is the command line's error, too."""
    result = scaffold("new", "shop", "--defaults", "-d", "backend=django")
    assert result.code == 2
    assert result.err.startswith(
        "Error: backend does not apply to this project\n  seen: backend: 'django'"
    )
