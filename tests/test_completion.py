"""Completion: what a shell offers on TAB, asked for as each shell asks, and
in the shells themselves.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pexpect
import pytest

from scaffold import cli, completion, labels, messages
from scaffold.catalog import Catalog
from scaffold.commands.completion import SHELLS
from tests.test_wheel import IMPORTED, SLOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Scaffold


@pytest.fixture
def offers(
    workspace: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> object:
    """Return what Bash would offer at the end of a line."""
    del workspace

    def ask(line: str) -> list[str]:
        # As Bash takes a line apart: at blanks and around `=`.
        words = line.replace("=", " = ").split() + ([""] if line.endswith((" ", "=")) else [])
        monkeypatch.setenv("COMP_WORDS", " ".join(words))
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        assert completion.answer("bash_complete") == 0
        return [
            found.partition(",")[2] for found in capsysbinary.readouterr().out.decode().splitlines()
        ]

    return ask


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("scaffold n", ["new"]),
        ("scaffold new --ser", ["--server"]),
        ("scaffold new --starter f", ["flask", "fastapi"]),
        ("scaffold new --starter=fla", ["flask"]),
        ("scaffold new --starter fastapi --server ", ["granian", "uvicorn"]),
        ("scaffold new --server g", ["gevent", "granian", "gunicorn"]),
        ("scaffold new --dependencies sdk --python 3.1", ["3.11", "3.10"]),
        ("scaffold new -d dependencies=sdk --python 3.1", ["3.11", "3.10"]),
        ("scaffold new --dependencies ", ["current", "sdk"]),
        ("scaffold new -d ses", ["sessions=true", "sessions=false"]),
        ("scaffold new -d sessions=", ["true", "false"]),
        ("scaffold new -d starter=dj", ["django"]),
        ("scaffold new -d starter=utilmeta -d backend=s", ["starlette", "sanic"]),
        ("scaffold new --starter nonsense --server uv", []),
        ("scaffold --lang ", ["en", "zh"]),
        ("scaffold env --format f", ["fish"]),
        ("scaffold completion ", ["bash", "zsh", "fish"]),
        ("scaffold completion f", ["fish"]),
        ("scaffold adopt --python 2", ["2.7"]),
        ("scaffold boot --env s", []),
        ("scaffold nonsense ", []),
    ],
)
def test_offers(offers: Callable[[str], list[str]], line: str, expected: list[str]) -> None:
    """Commands, options, choices and answers are offered, those that the answers before
    leave open.
    """
    assert sorted(offers(line)) == sorted(expected)


def test_every_command_is_offered(offers: Callable[[str], list[str]]) -> None:
    """After the program's name all commands are offered, and its options once a dash is typed."""
    assert offers("scaffold ") == list(cli.COMMANDS)
    assert {"--version", "--lang", "--help"} <= set(offers("scaffold --"))


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "kind"), [("scaffold new sh", "dir"), ("scaffold new --data-file a", "file")]
)
def test_paths_are_the_shells(
    shell: str,
    line: str,
    kind: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where a folder or a file is meant, the shell offers its own."""
    words = line.split()
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", words[-1] if shell == "fish" else str(len(words) - 1))
    assert completion.answer(f"{shell}_complete") == 0
    assert capsys.readouterr().out.startswith(kind)


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_descriptions(
    language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a shell shows beside an answer is in the language of the locale."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8" if language == "zh" else "C.UTF-8")
    monkeypatch.setenv("COMP_WORDS", "scaffold new --starter dj")
    monkeypatch.setenv("COMP_CWORD", "dj")
    assert completion.answer("fish_complete") == 0
    assert (
        labels.choice(Catalog().questions["starter"], "django", language) in capsys.readouterr().out
    )


@pytest.mark.parametrize("instruction", ["bash_nonsense", "tcsh_complete", "x"])
def test_instructions_that_are_none(instruction: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Anything else in the variable is refused in silence: a shell is waiting."""
    assert completion.answer(instruction) == 1
    assert capsys.readouterr().out == ""


def test_nothing_slow_is_imported(workspace: Path) -> None:
    """TAB is answered without prompts, tables, and commands that are not on the line."""
    environment = {
        "COMP_WORDS": "scaffold new --no-g",
        "COMP_CWORD": "2",
        completion.VARIABLE: "bash_complete",
    }
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED.replace('name.partition(".")[0]', "name")],
        cwd=workspace,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(done.stderr.split())
    assert done.stdout == "plain,--no-git\n"
    assert imported & SLOW - {"shutil", "tempfile"} == set()  # click's own
    assert {name for name in imported if name.startswith("scaffold.commands.")} == {
        "scaffold.commands.new",
        "scaffold.commands.shared_options",
    }


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command(shell: str, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script is printed for the shell that is named, or else for the
    user's own, and nothing besides.
    """
    named = scaffold("completion", shell)
    monkeypatch.setenv("SHELL", f"/usr/local/bin/{shell}")
    assert scaffold("completion") == named
    assert (named.code, named.err) == (0, "")
    assert all(program in named.out for program in completion.PROGRAMS)
    assert named.out.count(f"{completion.VARIABLE}={shell}_complete") == len(completion.PROGRAMS)


@pytest.mark.parametrize("shell", ["", "/bin/tcsh"])
def test_a_shell_that_is_not_known(
    shell: str, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the user's shell is none of those, the error says how to name one."""
    monkeypatch.setenv("SHELL", shell)
    result = scaffold("completion")
    assert (result.code, result.out) == (2, "")
    assert "`scaffold completion bash`" in result.err


def _shell(name: str) -> str:
    found = shutil.which(name)
    if found is None or sys.platform == "win32":
        pytest.skip(f"{name} is not installed")
    return found


@pytest.fixture
def _on_path(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the program on PATH under both names, whether it is installed or not."""
    folder = workspace.parent / "bin"
    folder.mkdir()
    for name in completion.PROGRAMS:
        program = folder / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scaffold "$@"\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TERM", "dumb")


@pytest.mark.usefixtures("_on_path")
def test_in_fish(workspace: Path) -> None:
    """Fish offers what fits, with what it is for."""
    (workspace / "shop").mkdir()
    source = "scaffold completion fish | source"
    lines = [
        "scaffold new --starter=dj",
        "lean-scaffold new -d server=gr",
        "scaffold check sh",
        "lean-scaffold bo",
    ]
    asked = "; ".join(f'complete --do-complete "{line}"' for line in lines)
    command = [_shell("fish"), "--no-config", "-c", f"{source}; {asked}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    offered = [line.partition("\t")[0].rpartition("=")[2] for line in done.stdout.splitlines()]
    assert offered == ["django", "granian", "shop/", "boot"], done.stdout + done.stderr
    assert "Django's views" in done.stdout


@pytest.mark.usefixtures("_on_path")
@pytest.mark.parametrize(
    ("shell", "options", "prepare"),
    [
        ("bash", ["--norc", "--noprofile", "-i"], "true"),
        ("zsh", ["-f", "-i"], "autoload -U compinit; compinit -u -D"),
    ],
)
def test_on_a_terminal(shell: str, options: list[str], prepare: str, workspace: Path) -> None:
    """TAB completes a command, an answer and a folder as one types."""
    (workspace / "my-shop").mkdir()
    child = pexpect.spawn(
        _shell(shell), options, encoding="utf-8", timeout=60, dimensions=(24, 200)
    )
    child.sendline(f'{prepare}; eval "$(scaffold completion {shell})"; echo re""ady')
    child.expect_exact("ready")
    for line, completed in (
        ("lean-scaffold comp", "completion"),
        ("scaffold new --starter starl", "starlette"),
        ("lean-scaffold new -d starter=starl", "starter=starlette"),
        ("scaffold check my-", "my-shop"),
    ):
        child.send(f"{line}\t")
        child.expect_exact(completed)
        child.send("\x15")  # Ctrl-U empties the line
    child.sendline("exit")
    child.expect(pexpect.EOF)
    child.close()
