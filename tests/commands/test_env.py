"""`scaffold env`: what is printed, and what shells and other readers make of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from io import StringIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from scaffold.commands.env import FORMATS, as_docker
from scaffold.errors import UsageError
from scaffold.up.environment import read_dotenv

if TYPE_CHECKING:
    from tests.conftest import Scaffold

# Values that quoting can get wrong.
AWKWARD = {
    "PLAIN": "a.b-c_d/e:f@g%h+1,2",
    "EMPTY": "",
    "SPACES": "  a  b  ",
    "SINGLE": "it's 'quoted'",
    "DOUBLE": 'say "hi"',
    "DOLLAR": "$HOME ${HOME} $(id) `id`",
    "BACKSLASH": r"C:\new\table \' \" \\",
    "HASH": "a # b",
    "CHINESE": "云引擎",
    "CURLY": "\u2018a\u2019 \u201ab\u201b \u201cc\u201d",
    "STAR": "* ? [a] ~ ! & | ; < > ( ) { } =",
}
# Not LINES, which is a number to zsh.
SEVERAL_LINES = {"SEVERAL": "one\ntwo\n\nfour\ttab"}
KEYS = (
    "LEANCLOUD_APP_ID",
    "LEANCLOUD_APP_KEY",
    "LEANCLOUD_APP_MASTER_KEY",
    "LEANCLOUD_APP_HOOK_KEY",
)
PYTHON = "import json, os, sys; json.dump({n: os.environ[n] for n in sys.argv[1:]}, sys.stdout)"


def _evaluated(shell: list[str], text: str, names: list[str]) -> dict[str, str]:
    """Return the variables that a shell sets and hands on when it evaluates a text."""
    line = f"{text}\npython3 -c '{PYTHON}' {' '.join(names)}\n"
    environ = {"PATH": os.environ["PATH"], "HOME": "/", "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    done = subprocess.run(shell, input=line.encode(), env=environ, capture_output=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


# What is printed.


def test_variables(scaffold: Scaffold) -> None:
    """Keys are made up anew, the environment is development, and it is said
    that the keys are not real.
    """
    result = scaffold("env", "--format", "json")
    found = json.loads(result.out)
    assert result.code == 0
    assert set(KEYS) < set(found)
    assert (found["LEANCLOUD_APP_ENV"], found["LEANCLOUD_APP_PORT"]) == ("development", "3000")
    assert result.err.startswith("The keys are made up")
    assert (
        json.loads(scaffold("env", "--format", "json").out)["LEANCLOUD_APP_KEY"]
        != found["LEANCLOUD_APP_KEY"]
    )


def test_real_keys(scaffold: Scaffold, workspace: Path) -> None:
    """What `.env` holds counts, and real keys are not remarked upon; secrets
    of `.env.example` are made up.
    """
    lines = [f"{name}=real-{number}" for number, name in enumerate(KEYS)]
    (workspace / ".env").write_text("\n".join([*lines, "LEANCLOUD_APP_PORT=4000", "MINE='x y'"]))
    (workspace / ".env.example").write_text("SECRET_KEY=\n")
    result = scaffold("env", "--format", "json", "--env", "LEANCLOUD_APP_ENV=stage")
    found = json.loads(result.out)
    assert [found[name] for name in KEYS] == [f"real-{number}" for number in range(4)]
    assert (found["LEANCLOUD_APP_PORT"], found["MINE"], found["LEANCLOUD_APP_ENV"]) == (
        "4000",
        "x y",
        "stage",
    )
    assert len(found["SECRET_KEY"]) == 64
    assert "LEANCLOUD_API_SERVER" not in found
    assert result.err == ""


def test_some_keys_are_real(scaffold: Scaffold, workspace: Path) -> None:
    """Real keys beside made-up ones do not fit, so the others are named."""
    (workspace / ".env").write_text("LEANCLOUD_APP_ID=real\n")
    assert (
        "LEANCLOUD_APP_KEY, LEANCLOUD_APP_MASTER_KEY, LEANCLOUD_APP_HOOK_KEY" in scaffold("env").err
    )


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        (["nowhere"], "No such folder"),
        (["--env", "A"], "A variable is not KEY=VALUE"),
        (["--env", "A B=1"], "A variable is not KEY=VALUE"),
        (["--env", "LEANCLOUD_APP_PORT=web"], "Not a port"),
        (["--format", "csh"], "--format takes one of a few values"),
        (
            ["--format", "docker", "--env", "A=1\n2"],
            "A value of several lines does not fit into an env file of Docker",
        ),
    ],
)
def test_wrong_usage(scaffold: Scaffold, arguments: list[str], title: str) -> None:
    """What cannot be meant is refused, and nothing is printed that a shell could evaluate."""
    result = scaffold("env", *arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"Error: {title}\n")


# What becomes of it.


@pytest.mark.parametrize("shell", ["sh", "bash", "dash", "zsh"])
def test_sh(shell: str) -> None:
    """POSIX shells read every value back."""
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    values = AWKWARD | SEVERAL_LINES
    assert _evaluated([shell], FORMATS["sh"](values), list(values)) == values


def test_eval(scaffold: Scaffold) -> None:
    """The line of the help works: `eval "$(scaffold env)"`."""
    text = scaffold("env", "--env", "A=it's").out
    assert _evaluated(["sh"], text, ["A", "LEANCLOUD_APP_PORT"]) == {
        "A": "it's",
        "LEANCLOUD_APP_PORT": "3000",
    }


@pytest.mark.parametrize(
    ("form", "shell"), [("fish", ["fish"]), ("powershell", ["pwsh", "-NoProfile", "-Command", "-"])]
)
def test_other_shells(form: str, shell: list[str]) -> None:
    """Fish and PowerShell read every value back."""
    if not shutil.which(shell[0]):
        pytest.skip(f"{shell[0]} is not installed")
    # PowerShell has no empty variables; to set one is to remove it.
    values = {name: value for name, value in AWKWARD.items() if value}
    assert _evaluated(shell, FORMATS[form](values), list(values)) == values


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("fish", r"set -gx A 'it\'s a \\ and $HOME'"),
        ("powershell", r"$env:A = 'it''s a \ and $HOME'"),
    ],
)
def test_quotes_of_other_shells(form: str, expected: str) -> None:
    """Where the shell is not at hand, at least its rules are kept."""
    assert FORMATS[form]({"A": r"it's a \ and $HOME"}) == expected


def test_powershell_doubles_typographic_quotes() -> None:
    """PowerShell ends a text at curly single quotes too."""
    assert (
        FORMATS["powershell"]({"A": "\u2019; calc; \u2018"})
        == "$env:A = '\u2019\u2019; calc; \u2018\u2018'"
    )


def test_dotenv(tmp_path: Path) -> None:
    """Our own reader of `.env` reads every value back."""
    values = AWKWARD | SEVERAL_LINES
    (tmp_path / ".env").write_text(FORMATS["dotenv"](values), "utf-8")
    assert read_dotenv(tmp_path / ".env") == values


# Quotes, escapes, comments, ends of lines and what `str.splitlines` takes for
# one, blanks, words of shells.
PIECES = [
    *"'\"\\$`#!~*?&|;<>(){}[]=%",
    *"\n\r\t \x0b\x0c\x1c\x85\u2028\u2029\u00a0\ufeff",
    *(
        "a",
        "nrt",
        "云",
        "${HOME}",
        "$(id)",
        " #",
        "\\'",
        '\\"',
        "\r\n",
        "# coding: hex",
        "export A=1",
        "🚀",
    ),
]
CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
VALUES = st.lists(st.sampled_from(PIECES) | CHARACTERS).map("".join)


@given(st.dictionaries(st.sampled_from(["A", "B_2", "_c", "LONGER"]), VALUES, min_size=1))
def test_dotenv_and_back(values: dict[str, str]) -> None:
    """Whatever a value holds, our own reader of `.env` reads it back."""
    with TemporaryDirectory() as folder:
        file = Path(folder, ".env")
        file.write_bytes(f"{FORMATS['dotenv'](values)}\n".encode())
        assert read_dotenv(file) == values


@given(
    st.dictionaries(
        st.sampled_from(["A", "B_2", "_c"]),
        VALUES.map(lambda value: value.rstrip("\\")),
        min_size=1,
    )
)
def test_dotenv_elsewhere(values: dict[str, str]) -> None:
    """So does python-dotenv, but for a backslash at the end, after which its
    patterns run on into the next line.
    """
    read = dotenv_values(stream=StringIO(FORMATS["dotenv"](values)), interpolate=False)
    assert read == values


def test_dotenv_in_a_shell() -> None:
    """A shell that sources the file reads every value for which there is a
    form that all of them read.
    """
    random = Random(27)
    values = {f"V{n}": "".join(random.choices(PIECES, k=random.randint(0, 8))) for n in range(2000)}
    readable = {
        name: value
        for name, value in values.items()
        if not (
            "\r" in value
            or value.endswith("\\")
            or (re.search(r"'|\\\\", value) and re.search("[$`]", value))
        )
    }
    assert len(readable) > 1000
    assert _evaluated(["sh"], f"set -a\n{FORMATS['dotenv'](readable)}", list(readable)) == readable


def test_docker() -> None:
    """Docker takes what is behind the first `=` as it is, line by line."""
    lines = as_docker(AWKWARD).split("\n")
    assert dict(line.split("=", 1) for line in lines) == AWKWARD


@pytest.mark.parametrize("value", ["a\nb", "a\r", "\n"])
def test_docker_refuses_lines(value: str) -> None:
    """A value of several lines would become several variables."""
    with pytest.raises(UsageError, match="A value of several lines"):
        as_docker({"A": value})
