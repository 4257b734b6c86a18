"""The conversation: through a pipe instead of a keyboard, and once on a real terminal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import questionary
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input

from scaffold import answers as sources
from scaffold import labels, messages, output
from scaffold.catalog import ADVANCED
from scaffold.errors import UsageError
from scaffold.questions import Answers, Question, UserInput
from scaffold.render import render
from scaffold.wizard import Wizard

if TYPE_CHECKING:
    from scaffold.catalog import Catalog
    from tests.conftest import Result, Scaffold

ENTER, DOWN, UP, CLEAR, CTRL_C, CTRL_D = "\r", "\x1b[B", "\x1b[A", "\x15", "\x03", "\x04"
ESC = "\x1b"
# Name, framework, server, cloud functions, Python, sessions, redirect; the advanced answers are
# not asked for.
SEVEN = (
    "title",
    "starter",
    "server",
    "cloud_functions",
    "python",
    "sessions",
    "https_redirect",
)
ALL_DEFAULTS = ENTER * len(SEVEN)

Converse = Callable[..., tuple[Path, Answers]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the questions that were put to the user, in order."""
    keys: list[str] = []
    original = Wizard._ask

    def ask(self: Wizard, question: Question, *default: str | bool) -> str | bool:
        keys.append(question.key)
        return original(self, question, *default)

    monkeypatch.setattr(Wizard, "_ask", ask)
    return keys


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What there was to choose from, by question; on a screen it is gone once it is answered."""
    lists: dict[str, list[str]] = {}
    original = questionary.select

    def select(
        message: str, choices: list[questionary.Choice], **options: Any
    ) -> questionary.Question:
        lists[message] = [f"{one.title} {one.description or ''}".rstrip() for one in choices]
        return original(message, choices, **options)

    monkeypatch.setattr(questionary, "select", select)
    return lists


@pytest.fixture
def converse(catalog: Catalog, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Converse:
    """Type keys into a wizard, on a machine with Python 3.11."""
    del workspace
    monkeypatch.setattr(sources, "preferred", lambda _: {"python": "3.11"})

    def run(
        typed: str, directory: str | None = None, *, force: bool = False, **given: object
    ) -> tuple[Path, Answers]:
        with create_pipe_input() as pipe, create_app_session(input=pipe):
            pipe.send_text(typed)
            pipe.close()  # what is asked beyond the keys ends it instead of waiting for ever
            origins = {key: UserInput(value, f"--{key}") for key, value in given.items()}
            return Wizard(catalog, directory, origins, force=force).run()

    return run


@pytest.fixture
def typing(
    scaffold: Scaffold, converse: Converse, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Run the command line and type keys into its conversation."""
    del converse  # for its Python
    monkeypatch.setattr(output, "can_prompt", lambda: True)

    def run(typed: str, *arguments: str) -> Result:
        with create_pipe_input() as pipe, create_app_session(input=pipe):
            pipe.send_text(typed)
            pipe.close()
            return scaffold(*arguments)

    return run


def _change(catalog: Catalog, answers: Answers, key: str) -> str:
    """Return the keys that choose a line of the summary: a question to change, or
    Cancel after the last of them.
    """
    context = catalog.context(answers)
    applying = [key for key, question in catalog.questions.items() if question.applies(context)]
    plain = [key for key in applying if key not in ADVANCED]
    if key in ADVANCED:
        advanced = [key for key in applying if key in ADVANCED]
        return DOWN * (1 + len(plain)) + ENTER + DOWN * advanced.index(key) + ENTER
    return DOWN * (2 + len(plain) if key == "cancel" else 1 + plain.index(key)) + ENTER


# From the first question to the summary.


def test_straight_through(converse: Converse, catalog: Catalog, asked: list[str]) -> None:
    """Enter all the way gives the defaults, after at most seven questions."""
    target, answers = converse(ALL_DEFAULTS + ENTER)
    assert target == Path("myapp")
    assert answers == catalog.resolve({})
    assert tuple(asked) == SEVEN


def test_every_answer_is_taken(converse: Converse, catalog: Catalog) -> None:
    """What is typed and chosen is what comes out."""
    servers = catalog.questions["server"].choices
    to_gevent = DOWN * servers.index("gevent")
    typed = [
        CLEAR,
        "shop",
        ENTER,
        ENTER,
        to_gevent,
        ENTER,
        "y",
        DOWN,
        ENTER,
        "y",
        "n",
        ENTER,
    ]
    target, answers = converse("".join(typed))
    assert target == Path("shop")
    assert answers == catalog.resolve({}) | {
        "project_name": "shop",
        "title": "shop",
        "server": "gevent",
        "python": "3.10",
        "sessions": True,
    }


def test_what_means_nothing_is_not_asked(converse: Converse, asked: list[str]) -> None:
    """Without cloud functions there are no questions about the SDK."""
    _, answers = converse(ENTER * 3 + "n" + ENTER * 2 + ENTER)
    assert asked == [
        "title",
        "starter",
        "server",
        "cloud_functions",
        "python",
        "https_redirect",
    ]
    assert answers["cloud_functions"] is False


def test_what_was_given_is_not_asked(converse: Converse, asked: list[str]) -> None:
    """Flags and the folder's name are answers already."""
    target, answers = converse(ENTER * 4, "my-shop", server="uwsgi", sessions=True, python="3.12")
    assert asked == ["starter", "cloud_functions", "https_redirect"]
    assert target == Path("my-shop")
    assert (answers["project_name"], answers["server"], answers["python"]) == (
        "my_shop",
        "uwsgi",
        "3.12",
    )


def test_only_what_goes_together_is_offered(
    converse: Converse, catalog: Catalog, offered: dict[str, list[str]]
) -> None:
    """After `sdk` the list of Pythons has those that the SDK starts on;
    each choice says what it is for.
    """
    to_sdk = _change(catalog, catalog.resolve({}), "dependencies") + DOWN + ENTER
    change_python = _change(catalog, catalog.resolve({}), "python") + ENTER
    _, answers = converse(ALL_DEFAULTS + to_sdk + change_python + ENTER)
    assert answers["dependencies"] == "sdk"
    assert [line.split()[0] for line in offered["Python version"]] == ["3.11", "3.10", "3.9", "3.8"]
    for key in ("starter", "server", "dependencies", "python"):
        question = catalog.questions[key]
        for line in offered[labels.prompt(question)]:
            name, description = line.split(maxsplit=1)
            assert description == labels.choice(question, name)


def test_going_back(converse: Converse, asked: list[str]) -> None:
    """Esc asks the question before again, with the answer that it had."""
    typed = ENTER + DOWN + ENTER + ESC + ESC + CLEAR + "shop" + ENTER * 7
    # From the summary too.
    target, answers = converse(typed + ESC + "y" + ENTER)
    assert (target, answers["starter"], answers["https_redirect"]) == (Path("shop"), "django", True)
    assert asked[:5] == ["title", "starter", "server", "starter", "title"]
    assert asked[-2:] == ["https_redirect", "https_redirect"]


def test_going_back_from_a_change(converse: Converse, catalog: Catalog) -> None:
    """Esc in a question that the summary asks changes nothing."""
    defaults = catalog.resolve({})
    change = _change(catalog, defaults, "server") + DOWN + ESC
    assert converse(ALL_DEFAULTS + change + ENTER)[1] == defaults


@pytest.mark.parametrize("given", [{}, {"project_name": "shop"}])
def test_going_back_from_the_first_question(converse: Converse, given: dict[str, str]) -> None:
    """Esc cancels where nothing was asked before."""
    with pytest.raises(KeyboardInterrupt):
        converse(ESC + "x", **given)  # what follows ends the wait for an arrow key


# Names.


@pytest.mark.parametrize("bad", ["", " shop", "a" * 101])
def test_a_bad_title_is_corrected(converse: Converse, bad: str) -> None:
    """A title that cannot be is not taken; the next one is."""
    assert converse(CLEAR + bad + ENTER + CLEAR + "shop" + ENTER * 8)[1]["title"] == "shop"


def test_a_title_that_gives_no_name(converse: Converse, asked: list[str]) -> None:
    """Then the name is asked for too; one that cannot be is not taken."""
    typed = CLEAR + "我的商店" + ENTER + CLEAR + "api" + ENTER + CLEAR + "shop" + ENTER
    target, answers = converse(typed + ENTER * 8)
    assert asked[:3] == ["title", "project_name", "starter"]
    assert (target, answers["title"]) == (Path("shop"), "我的商店")


@pytest.mark.parametrize(
    ("title", "name"),
    [("api", "my_api"), ("My Shop!", "my_shop"), ("2048", "my_2048"), ("class", "my_class")],
)
def test_a_title_gives_the_name(
    typing: Callable[..., Result], workspace: Path, title: str, name: str
) -> None:
    """A title that is no name in code gives one, and this is said; a folder keeps its own name."""
    result = typing(CLEAR + title + ENTER * 8, "new", "--no-git")
    assert result.code == 0, result.err
    assert f"In code the project is named {name}.\n" in result.err
    assert f'project_name: "{name}"' in (workspace / name / ".copier-answers.yml").read_text()
    result = typing("", "new", f"its/{title}", "--defaults", "--no-git")
    assert result.code == 0, result.err
    assert f"In code the project is named {name}.\n" in result.err
    assert f'"{name}"' in (workspace / "its" / title / ".copier-answers.yml").read_text()


def test_a_name_of_a_folder_that_is_full(converse: Converse, workspace: Path) -> None:
    """A name whose folder holds something is not taken either, unless it is to be filled
    by force.
    """
    (workspace / "shop").mkdir()
    (workspace / "shop" / "mine").write_text("mine\n")
    typed = CLEAR + "shop" + ENTER + "2" + ENTER * 8
    assert converse(typed)[0] == Path("shop2")
    assert converse(CLEAR + "shop" + ENTER * 8, force=True)[0] == Path("shop")


@pytest.mark.parametrize("arguments", [("-d", "project_name=shop"), ("shop",)])
def test_a_folder_that_is_full_is_refused_first(
    typing: Callable[..., Result], workspace: Path, arguments: tuple[str, ...], asked: list[str]
) -> None:
    """Nobody answers questions for a folder that cannot be filled."""
    (workspace / "shop").mkdir()
    (workspace / "shop" / "mine").write_text("mine\n")
    result = typing(ALL_DEFAULTS + ENTER, "new", *arguments)
    assert result.code == 2
    assert "Error: The folder is not empty\n" in result.err
    assert asked == []


def test_a_folder_whose_name_is_none_for_a_project(
    typing: Callable[..., Result], workspace: Path
) -> None:
    """Where no name in code follows from the folder's, it is asked for; by default it is myapp."""
    result = typing(CLEAR + "shop" + ENTER * 8, "new", "云", "--no-git")
    assert result.code == 0, result.err
    assert 'project_name: "shop"' in (workspace / "云" / ".copier-answers.yml").read_text("utf-8")
    result = typing("", "new", "雨", "--defaults", "--no-git")
    assert "In code the project is named myapp.\n" in result.err
    answers = (workspace / "雨" / ".copier-answers.yml").read_text("utf-8")
    assert 'project_name: "myapp"' in answers
    assert 'title: "雨"' in answers


def test_a_flag_that_clashes_with_an_answer(
    converse: Converse, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A flag that does not go with what was answered since is explained, and asked for
    after all.
    """
    _, answers = converse(ALL_DEFAULTS + ENTER, python="3.13", dependencies="sdk")
    assert "python" in asked
    assert "The SDK's own pins install on Python 3.8 to 3.11 only" in capsys.readouterr().err
    assert (answers["dependencies"], answers["python"]) == ("sdk", "3.11")


# The summary.


def test_the_summary(
    converse: Converse,
    catalog: Catalog,
    offered: dict[str, list[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The summary shows how many files each folder has, and every answer."""
    _, answers = converse(ALL_DEFAULTS + ENTER)
    printed = capsys.readouterr().err
    files = render(catalog.starter("flask"), answers)
    assert "├──" not in printed
    counts = re.findall(r"^  (\S+) +(\d+) files?$", printed, re.MULTILINE)
    assert " 1 files" not in printed
    assert {folder for folder, _ in counts} >= {".", "leanengine/"}
    assert sum(int(count) for _, count in counts) == len(files)
    assert offered["Create this project?"] == [
        f"Write {len(files)} files to myapp",
        "Change name in code: myapp",
        "Change title: myapp",
        "Change framework: flask",
        "Change server: waitress",
        "Change cloud functions: yes",
        "Change Python: 3.11",
        "Change cookie sessions: no",
        "Change HTTPS redirect: no",
        "Advanced…",
        "Cancel, write nothing",
        "Show all files",
    ]


def test_advanced_answers(
    converse: Converse, catalog: Catalog, offered: dict[str, list[str]]
) -> None:
    """What is not asked is offered under one line of the summary; Esc leaves it as it is."""
    defaults = catalog.resolve({})
    shown: dict[object, object] = {True: "yes", False: "no"}
    to_advanced = _change(catalog, defaults, ADVANCED[0])[: -len(ENTER)]
    assert converse(ALL_DEFAULTS + to_advanced + ESC + ENTER)[1] == defaults
    assert offered["Advanced…"] == [
        f"Change {labels.name(catalog.questions[key])}: {shown.get(defaults[key], defaults[key])}"
        for key in catalog.questions
        if key in ADVANCED
    ]
    assert "Change dependencies: current" in offered["Advanced…"]


def test_all_files_on_request(
    converse: Converse, catalog: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last line of the summary shows the whole tree, and asks again."""
    _, answers = converse(ALL_DEFAULTS + UP + ENTER + ENTER)
    printed = capsys.readouterr().err
    assert "├── leanengine/" in printed
    files = render(catalog.starter("flask"), answers)
    assert all(path.rpartition("/")[2] in printed for path in files)


@pytest.mark.parametrize(
    ("key", "typed", "answer"),
    [
        ("project_name", CLEAR + "shop" + ENTER, "shop"),
        ("project_name", CLEAR + "云" + ENTER + CLEAR + "shop" + ENTER, "shop"),
        ("starter", ENTER, "flask"),
        ("server", DOWN + ENTER, "uwsgi"),
        ("cloud_functions", "n", False),
        ("dependencies", DOWN + ENTER, "sdk"),
        ("python", DOWN + ENTER, "3.10"),
        ("sessions", "y", True),
        ("https_redirect", "y", True),
        ("container", "n", False),
        ("server_files", "y", True),
    ],
)
def test_any_answer_can_be_changed(
    converse: Converse, catalog: Catalog, key: str, typed: str, answer: object
) -> None:
    """Each answer can be changed before anything is written; the others stay."""
    defaults = catalog.resolve({})
    _, answers = converse(ALL_DEFAULTS + _change(catalog, defaults, key) + typed + ENTER)
    assert answers == defaults | {key: answer}


def test_a_change_that_others_do_not_survive(
    converse: Converse, catalog: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    """When a change makes a later answer impossible, that one is set anew, and this is said."""
    sdk = catalog.resolve({"dependencies": UserInput("sdk", "x"), "python": UserInput("3.8", "x")})
    typed = ALL_DEFAULTS + _change(catalog, sdk, "dependencies") + UP + ENTER * 2
    _, answers = converse(ENTER + typed[2 * len(ENTER) :], dependencies="sdk", python="3.8")
    assert (answers["dependencies"], answers["python"]) == ("current", "3.11")
    assert "Today's libraries need Python 3.10 or newer: now 3.11\n" in capsys.readouterr().err


def test_a_change_that_ends_other_questions(converse: Converse, catalog: Catalog) -> None:
    """Without cloud functions, what was said about the SDK is forgotten; a second
    change brings the question back.
    """
    defaults = catalog.resolve({})
    with_sessions = ENTER * 5 + "y" + ENTER
    without = _change(catalog, defaults, "cloud_functions") + "n"
    assert converse(with_sessions + without + ENTER)[1] == defaults | {"cloud_functions": False}
    back = _change(catalog, defaults | {"cloud_functions": False}, "cloud_functions") + "y"
    assert converse(with_sessions + without + back + ENTER)[1] == defaults


def test_the_folder_follows_the_name(converse: Converse, catalog: Catalog) -> None:
    """A folder that was not given is called like the project, also after a
    change; a given one stays.
    """
    change = _change(catalog, catalog.resolve({}), "project_name") + CLEAR + "shop" + ENTER
    assert converse(ALL_DEFAULTS + change + ENTER)[0] == Path("shop")
    target, answers = converse(ENTER * 6 + change + ENTER, "there")
    assert (target, answers["project_name"]) == (Path("there"), "shop")


# The end.


@pytest.mark.parametrize(
    "typed", [CTRL_C, ENTER * 3 + CTRL_C, ALL_DEFAULTS + CTRL_C, CLEAR + CTRL_D, ""]
)
def test_leaving(typing: Callable[..., Result], workspace: Path, typed: str) -> None:
    """Ctrl-C, Ctrl-D and a terminal that goes away end the conversation
    with 130, and nothing is written.
    """
    result = typing(typed, "new")
    assert result.code == 130
    assert result.err.endswith("\nInterrupted; nothing was left behind.\n")
    assert list(workspace.iterdir()) == []


def test_cancel(typing: Callable[..., Result], catalog: Catalog, workspace: Path) -> None:
    """The last line of the summary writes nothing."""
    result = typing(ALL_DEFAULTS + _change(catalog, catalog.resolve({}), "cancel"), "new")
    assert (result.code, result.out) == (130, "")
    assert list(workspace.iterdir()) == []


def test_write(typing: Callable[..., Result], catalog: Catalog, workspace: Path) -> None:
    """The first line of the summary writes the project."""
    result = typing(ALL_DEFAULTS + ENTER, "new", "--no-git")
    assert (result.code, result.out) == (0, "")
    files = {
        p.relative_to(workspace / "myapp").as_posix(): p.read_bytes()
        for p in workspace.rglob("*")
        if p.is_file()
    }
    assert files == render(catalog.starter("flask"), catalog.resolve({}))


def test_a_dry_run(typing: Callable[..., Result], workspace: Path) -> None:
    """Questions are messages: with `--dry-run` stdout holds the tree and nothing else."""
    result = typing(ALL_DEFAULTS + ENTER, "new", "--dry-run")
    assert result.code == 0
    assert result.out.startswith("myapp/\n├── ")
    assert "Title of the project" not in result.out
    assert list(workspace.iterdir()) == []


def test_in_chinese(
    typing: Callable[..., Result], catalog: Catalog, offered: dict[str, list[str]]
) -> None:
    """Questions, choices and the summary are Chinese."""
    printed = typing(ALL_DEFAULTS + ENTER, "new", "--no-git", "--lang", "zh").err
    messages.set_language("zh")
    questions = [labels.prompt(catalog.questions[key]) for key in SEVEN]
    assert [question for question in questions if question not in printed] == []
    assert offered[messages.text("wizard.summary")][-1] == messages.text("wizard.tree")
    server = catalog.questions["server"]
    assert offered[labels.prompt(server)][0].endswith(labels.choice(server, "waitress"))


def test_an_error_in_the_summary_stays_one(converse: Converse, workspace: Path) -> None:
    """A folder that is filled by somebody else between question and answer is refused in
    the end.
    """
    (workspace / "shop").mkdir()
    (workspace / "shop" / "mine").write_text("mine\n")
    with pytest.raises(UsageError):
        converse(ALL_DEFAULTS + ENTER, "shop")


@pytest.mark.skipif(os.name == "nt", reason="this system has no pseudo-terminals")
@pytest.mark.parametrize("color", [True, False])
def test_on_a_real_terminal(workspace: Path, catalog: Catalog, color: bool) -> None:
    """On a pseudo-terminal the name is checked while it is typed, and what
    was chosen is on the disk.
    """
    import pexpect

    arguments = ["-m", "scaffold", "new", *(() if color else ("--no-color",))]
    child: pexpect.spawn[str] = pexpect.spawn(
        sys.executable,
        arguments,
        env={**os.environ, "TERM": "xterm", "PYTHONUTF8": "1", "PROMPT_TOOLKIT_NO_CPR": "1"},
        encoding="utf-8",
        dimensions=(50, 120),
        timeout=20,
    )
    printed = ""

    def answer(question: str, *keys: str) -> None:
        nonlocal printed
        child.expect_exact(question)
        printed += str(child.before)
        for key in keys:
            child.send(key)

    answer("Title of the project", CLEAR, " ")
    # The rest of the message may stand there already: only what differs is drawn.
    answer("1 to 100", CLEAR, "shop", ENTER)
    answer("Framework of the project", ENTER)
    answer("Server that runs it", DOWN, ENTER)
    answer("Cloud functions and hooks", "y")
    answer("Python version", ENTER)
    answer("Keep users logged in", "y")
    answer("Redirect HTTP", "n")
    answer("Write ", ENTER)
    answer("Made ")
    child.expect(pexpect.EOF)
    printed += str(child.before)
    child.close()
    assert child.exitstatus == 0
    assert ("\x1b[0;38;5;" in printed) == color
    given = {"project_name": "shop", "title": "shop", "server": "uwsgi", "sessions": True}
    expected = catalog.resolve(
        {k: UserInput(v, "x") for k, v in given.items()}, preferred=sources.preferred(catalog)
    )
    shop = workspace / "shop"
    assert (
        subprocess.run(
            ["git", "status", "--porcelain"], cwd=shop, capture_output=True, check=True
        ).stdout
        == b""
    )
    files = {p.relative_to(shop).as_posix(): p.read_bytes() for p in shop.rglob("*") if p.is_file()}
    assert {path: text for path, text in files.items() if not path.startswith(".git/")} == render(
        catalog.starter("flask"), expected
    )


@pytest.mark.skipif(os.name == "nt", reason="this system has no pseudo-terminals")
def test_ctrl_c_on_a_real_terminal(workspace: Path) -> None:
    """Ctrl-C on a pseudo-terminal ends with 130 and leaves nothing."""
    import pexpect

    child: pexpect.spawn[str] = pexpect.spawn(
        sys.executable,
        ["-m", "scaffold", "new"],
        env={**os.environ, "PROMPT_TOOLKIT_NO_CPR": "1"},  # nobody answers where the cursor is
        encoding="utf-8",
        dimensions=(50, 120),
        timeout=20,
    )
    child.expect_exact("Title of the project")
    child.send(CTRL_C)
    child.expect_exact("Interrupted; nothing was left behind.")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert list(workspace.iterdir()) == []
