"""Text of others: it does nothing to a terminal, and no CI system takes it for a command."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from scaffold import messages, output
from scaffold.diff import unified
from scaffold.printable import Lines, in_json, printable, printable_lines, without_commands, wrapped
from tests.repositories import commit
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository, Scaffold

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
BAD_CODE = (
    "import leancloud, os\nleancloud.init('a' * 3, master_key='y' * 24)\nkey = "
    "os.environ['LC_APP_ID']\n"
)
EVIL_NAMES = (
    "esc\x1b[2Jape.py",
    "\x1b]0;title\x07.py",
    "::error file=x::y/a.py",
    "line\n::error ::forged.py",
    "return\r::error ::forged.py",
    "##[error]x.py",
    "##vso[task.complete]x.py",
    "bidi\u202e.py",
    "isolate\u2066.py",
    "separator\u2028.py",
    "c1\x9b2J.py",
)
NEEDS_POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such file names")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 云 é 👩‍💻\t", "plain 云 é 👩‍💻\t"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\nb\r\x00\x7f\x85", r"a\nb\r\x00\x7f\x85"),
        ("\u202e\u2066\u2028\u2029\ufeff", r"\u202e\u2066\u2028\u2029\ufeff"),
        ("\udcff", r"\xff"),
        ("\ud800", r"\ud800"),
        (r"C:\new", r"C:\new"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    """What acts on a terminal is shown as Python would write it; all else
    stays, and nothing is escaped twice.
    """
    assert printable(text) == shown
    assert printable(shown) == shown


def test_lines() -> None:
    """Lines stay lines; colours stay only where they are wanted."""
    text = "a\n\x1b[31;1mred\x1b[m\x1b[2J"
    assert printable_lines(text) == "a\n\\x1b[31;1mred\\x1b[m\\x1b[2J"
    assert printable_lines(text, styles=True) == "a\n\x1b[31;1mred\x1b[m\\x1b[2J"


def test_commands() -> None:
    """Commands of CI systems are broken up wherever they would count; the
    same characters elsewhere are not.
    """
    text = "::error ::x\n \u3000::warning::y\n# ##[group]z ##vso[x]\n## [1.0] a::b ##\n"
    expected = (
        "\\x3a:error ::x\n \u3000\\x3a:warning::y\n# #\\x23[group]z #\\x23vso[x]\n## [1.0] a::b "
        "##\n"
    )
    assert without_commands(text) == expected


def test_json_stays_the_same() -> None:
    """JSON keeps its contents."""
    content = ["\x1b\x9b\u202e\u2028", "##[error] ## Title", "云"]
    shown = in_json(json.dumps(content, ensure_ascii=False))
    assert json.loads(shown) == content
    assert not CONTROL.search(shown)
    assert not COMMAND.search(shown)
    assert "云" in shown


def test_messages_make_their_values_printable() -> None:
    """What is put into a message stays on its line, but for text that has
    lines; conversions come first.
    """
    assert messages.text("cli.error", title="a\n\x1b") == r"Error: a\n\x1b"
    assert messages.text("cli.error", title=Lines("a\n\x1b")) == "Error: a\n\\x1b"
    assert r"'\x1b'" in messages.text(
        "answers.error.unknown-choice.title", question="q", value="\x1b"
    )


def test_names_in_a_diff() -> None:
    """Names that would break a diff are quoted as git quotes them."""
    diff = unified([('a\n"\x1b\u202e.py', b"1\n", b"2"), ("plain 云.py", None, b"x\x0cy\n")])
    assert diff.splitlines()[0] == r'--- "a/a\012\"\033\342\200\256.py"'
    assert diff.split("\n")[-4:] == [
        "--- /dev/null",
        "+++ b/plain 云.py",
        "@@ -0,0 +1 @@",
        "+x\x0cy",
    ]
    assert "\\ No newline at end of file" in diff


@NEEDS_POSIX
def test_git_applies_the_diff(workspace: Path) -> None:
    """A diff of a file with an odd name is one that git takes."""
    import subprocess

    names = [name for name in EVIL_NAMES if "/" not in name]
    commit(workspace, dict.fromkeys(names, "1\n"))
    diff = unified((name, b"1\n", b"2\n") for name in names)
    subprocess.run(["git", "apply"], cwd=workspace, input=f"{diff}\n".encode(), check=True)
    assert {(workspace / name).read_text() for name in names} == {"2\n"}


@NEEDS_POSIX
@pytest.mark.parametrize(
    "arguments",
    [("check",), ("migrate", "--dry-run"), ("adopt", "--dry-run"), ("migrate",)],
)
@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_names_of_files(
    repository: Repository,
    scaffold: Scaffold,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    lang: str,
) -> None:
    """No name of a file reaches stdout or stderr as it is, and none begins a line as a command."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    requirements = {
        "requirements.txt": "leancloud==2.9\nfla\x1bsk\n",
        "wsgi.py": "application = None\n",
    }
    folder = repository(dict.fromkeys(EVIL_NAMES, BAD_CODE), requirements)
    monkeypatch.chdir(folder)
    result = scaffold("--lang", lang, *arguments)
    printed = result.out + result.err
    assert "::error file=x" in printed or "\\x3a:error" in printed
    assert r"esc\x1b" in printed or r"esc\033" in printed
    assert [line for line in printed.split("\n") if CONTROL.search(line)] == []
    assert COMMAND.findall(printed) == []


@NEEDS_POSIX
def test_only_our_own_workflow_commands(repository: Repository, scaffold: Scaffold) -> None:
    """In the format for GitHub every line is a command of ours, about a finding."""
    folder = repository(dict.fromkeys(EVIL_NAMES, BAD_CODE), {"wsgi.py": "application = None\n"})
    result = scaffold("check", str(folder), "--format", "github")
    lines = result.out.rstrip("\n").split("\n")
    assert len(lines) > len(EVIL_NAMES)
    ours = re.compile(
        r"::(?:error|warning|notice) file=[^,:]+,line=\d+,col=\d+,title=LE\d+ [^:,]+::.+"
    )
    assert [line for line in lines if not ours.fullmatch(line)] == []
    assert CONTROL.findall(result.out.replace("\n", "")) == []


@NEEDS_POSIX
def test_on_a_terminal(workspace: Path) -> None:
    """On a terminal no name of a file acts on it, with colours on."""
    import pexpect

    build_file_tree(
        workspace, dict.fromkeys(EVIL_NAMES, BAD_CODE), {"wsgi.py": "application = None\n"}
    )
    child: pexpect.spawn[str] = pexpect.spawn(
        sys.executable,
        ["-m", "scaffold", "check"],
        env={**os.environ, "TERM": "xterm", "PYTHONUTF8": "1"},
        encoding="utf-8",
        timeout=60,
    )
    printed = str(child.read())
    child.close()
    assert r"esc\x1b[2Jape.py" in printed
    assert CONTROL.findall(re.sub(r"\x1b\[\d*m|\r+\n", "", printed)) == []


@pytest.mark.parametrize("ci", [True, False])
def test_lines_of_an_app(capsys: pytest.CaptureFixture[str], ci: bool) -> None:
    """A line of an app keeps its colours, which end with it, and nothing that moves
    the cursor or forges a command.
    """
    output.settings.ci = ci
    output.app_line("::error::\x1b[32mok\r\x1b]0;title\x07")
    start = "\\x3a:error::" if ci else "::error::"
    assert capsys.readouterr().out == f"{start}\x1b[32mok\\r\\x1b]0;title\\x07\x1b[0m\n"
    output.settings.color = False
    output.app_line("\x1b[32mok")
    assert capsys.readouterr().out == "\\x1b[32mok\n"


@pytest.mark.parametrize(
    "line", ["written in C, fast; needs a proxy", "用 C 编写，速度快；前面需要代理。"]
)
def test_lines_are_wrapped(line: str) -> None:
    """No line is wider, nothing is lost, and no line begins with a punctuation mark."""
    lines = wrapped(line, 20)
    assert len(lines) > 1
    assert "".join(lines).replace(" ", "") == line.replace(" ", "")
    assert all(cell_len(part) <= 20 for part in lines)
    assert not any(part.startswith(("，", "；", "。", " ")) for part in lines)


def test_a_long_word_stays_whole() -> None:
    """Half of a path can be neither read nor copied."""
    path = "/long" * 10
    assert wrapped(f"{path} and more", 20) == [path, "and more"]
