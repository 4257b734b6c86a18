"""What scaffold refuses, each with the whole text of its error: bad_input.yml,
and cases that YAML cannot write.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml

from tests.conftest import Scaffold, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.catalog import Catalog

LONG_NAME = "a" * 256


class Case(NamedTuple):
    """A command line, the folder it runs in, and what it must say."""

    run: list[str]
    given: dict[str, Any]
    inside: str
    code: int
    error: str


def _cases() -> dict[str, Case]:
    loaded: Any = yaml.safe_load(Path(__file__).with_name("bad_input.yml").read_text("utf-8"))
    return {
        f"{group}: {name}": _case(**case)
        for group, cases in loaded.items()
        for name, case in cases.items()
    }


def _case(
    run: str | list[str], error: str, given: dict[str, Any] | None = None, **more: Any
) -> Case:
    arguments = shlex.split(run) if isinstance(run, str) else run
    arguments = [argument.replace("{long}", LONG_NAME) for argument in arguments]
    return Case(arguments, given or {}, more.get("in", ""), more.get("code", 2), error)


CASES = _cases()
by_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
# One of each kind, for those tests that start a process.
SAMPLE = [name for number, name in enumerate(CASES) if number % 12 == 0]


def _put(folder: Path, given: dict[str, Any]) -> None:
    for name, content in given.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content == "folder":
            path.mkdir()
        elif isinstance(content, str):
            path.write_text(content, "utf-8")
        elif "link" in content:
            path.symlink_to(content["link"])
        else:
            path.write_bytes(bytes.fromhex(content["hex"]))


@pytest.fixture
def expected(workspace: Path, catalog: Catalog) -> Callable[[Case], str]:
    """The text of a case's error, here and with today's questions."""
    values = {
        "{long}": LONG_NAME,
        "{workspace}": str(workspace),
        "{questions}": ", ".join(catalog.questions),
        "{starters}": ", ".join(catalog.questions["starter"].choices),
    }

    def fill(case: Case) -> str:
        return re.sub("|".join(map(re.escape, values)), lambda name: values[name[0]], case.error)

    return fill


def test_there_are_enough_cases() -> None:
    """The cases are at least the sixty that were asked for."""
    assert len(CASES) >= 60


@by_case
def test_bad_input(
    case: Case,
    expected: Callable[[Case], str],
    scaffold: Scaffold,
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The error says what it should, the exit code is right, and nothing was written."""
    _put(workspace, case.given)
    before = snapshot(workspace)
    monkeypatch.chdir(workspace / case.inside)
    result = scaffold(*case.run)
    assert result.err == expected(case)
    assert result.code == case.code
    assert result.out == ""
    assert snapshot(workspace) == before


def test_commands_of_errors_succeed(scaffold: Scaffold) -> None:
    """What a fix names to type, and the page that an error names, can be run."""
    printed = "".join(case.error for case in CASES.values())
    named = re.findall(r"`scaffold ([^`\n]+)`|more: scaffold (.+)", printed)
    assert len(set(named)) >= 15
    for command in {quoted or more for quoted, more in named}:
        # `new` asks, and there is no terminal here; alone it only names what was typed.
        defaults = ["--defaults"] if command == "new myapp" else []
        if command != "new":
            assert scaffold(*command.split(), *defaults).code == 0, command


@by_case
def test_bad_input_in_chinese(
    case: Case, scaffold: Scaffold, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Chinese too, every part of the error is there, with the same exit
    code and in its own words.
    """
    _put(workspace, case.given)
    monkeypatch.chdir(workspace / case.inside)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    result = scaffold(*case.run)
    assert result.code == case.code
    parts = re.fullmatch(
        (
            r"错误：(.+)\n  现象： (.+)\n(?:  原因： (.+)\n)?  办法： (.+)\n"
            r"  详情： scaffold explain [a-z0-9-]+\n"
        ),
        result.err,
    )
    assert parts, result.err
    for part in filter(None, parts.groups()[:1] + parts.groups()[2:]):
        assert re.search(r"[\u4e00-\u9fff]", part), part


@pytest.mark.parametrize("name", SAMPLE)
def test_bad_input_of_a_process(
    name: str, expected: Callable[[Case], str], workspace: Path
) -> None:
    """What holds in this process holds for the program: stderr, exit code,
    nothing on stdout, nothing written.
    """
    case = CASES[name]
    _put(workspace, case.given)
    before = snapshot(workspace)
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", *case.run],
        cwd=workspace / case.inside,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, "PYTHONUTF8": "1"},
        check=False,
    )
    assert done.stderr.decode() == expected(case)
    assert done.returncode == case.code
    assert done.stdout == b""
    assert snapshot(workspace) == before


def test_a_name_that_is_not_utf8(workspace: Path) -> None:
    """A name of bytes that are no text is refused like any other, and shown escaped."""
    done = subprocess.run(
        [sys.executable.encode(), b"-m", b"scaffold", b"new", b"shop\xff", b"--defaults"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, "PYTHONUTF8": "1"},
        check=False,
    )
    assert done.stderr.decode() == (
        "Error: The name is not a Python identifier of at most 50 characters\n"
        "  seen: project_name: 'shop\\udcff', from DIR\n"
        "  why:  Python imports the project by this name: letters, digits and _ of ASCII, "
        "no digit first.\n"
        "  fix:  Choose a name such as `myapp`, and give it with `-d project_name=myapp`"
        " if the folder is to be called otherwise.\n"
        "  more: scaffold explain answers-name-not-identifier\n"
    )
    assert done.returncode == 2
    assert snapshot(workspace) == {}


def test_a_path_that_is_too_long(scaffold: Scaffold, workspace: Path) -> None:
    """A path longer than the system takes is refused although each of its names is short."""
    path = "/".join(["a" * 200] * 30)
    result = scaffold("new", path, "--defaults", "-d", "project_name=shop")
    assert result.err == (
        "Error: The name of the folder is too long\n"
        f"  seen: {path}: File name too long\n"
        "  fix:  Choose a shorter name.\n"
        "  more: scaffold explain new-name-too-long\n"
    )
    assert result.code == 1
    assert snapshot(workspace) == {}


def test_a_data_file_of_brackets(scaffold: Scaffold, workspace: Path) -> None:
    """A data file nested deeper than its reader can follow is an error, not a traceback."""
    (workspace / "a.yml").write_text("[" * 5000)
    result = scaffold("new", "shop", "--defaults", "--data-file", "a.yml")
    assert result.err.startswith(
        "Error: The data file is not YAML\n  seen: a.yml, line 1: it is nested too deeply"
    )
    assert result.code == 2
    assert list(workspace.iterdir()) == [workspace / "a.yml"]


def test_a_current_folder_that_is_gone(scaffold: Scaffold, workspace: Path) -> None:
    """A shell left in a folder that was removed gets an error with the system's reason."""
    workspace.rmdir()
    result = scaffold("new", "shop", "--defaults")
    assert result.err == (
        "Error: The project could not be written\n"
        "  seen: shop: No such file or directory\n"
        "  why:  The system refused; nothing was left behind.\n"
        "  fix:  See what the system says above, or choose another folder.\n"
        "  more: scaffold explain new-cannot-write\n"
    )
    assert result.code == 1
    workspace.mkdir()


@pytest.mark.skipif(
    not Path("/proc/self").exists(),
    reason="this system has no /proc, a place where even root may not write",
)
@pytest.mark.parametrize("folder", ["/proc/shop", "/proc/self/shop", "/proc/shop/a/b"])
def test_a_place_where_nobody_may_write(folder: str, scaffold: Scaffold) -> None:
    """Where the system keeps files of its own, its reason is passed on."""
    result = scaffold("new", folder, "--defaults", "-d", "project_name=shop")
    above = folder if folder.count("/") < 4 else "/proc/shop"
    assert result.err == (
        "Error: The project could not be written\n"
        f"  seen: {above}: No such file or directory\n"
        "  why:  The system refused; nothing was left behind.\n"
        "  fix:  See what the system says above, or choose another folder.\n"
        "  more: scaffold explain new-cannot-write\n"
    )
    assert result.code == 1
