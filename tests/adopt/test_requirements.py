"""Lists of requirements are written back as they were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.adopt import pins
from scaffold.adopt.resolve import Unresolved
from scaffold.requirements import reader
from scaffold.requirements.parsed import understand
from tests.adopt.conftest import TUTORIAL, after

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.requirements.parsed import ParsedRequirement
    from tests.adopt.conftest import Planned
    from tests.trees import Tree

INDEX = "--extra-index-url http://127.0.0.1:8099/simple"


def test_options_are_kept(planned: Planned) -> None:
    """Indexes and other options stand in what is compiled, and lines for
    other systems with their markers.
    """
    tree: Tree = {
        "requirements.txt": (
            f"{INDEX}\n--trusted-host 127.0.0.1\nflask\nwin; sys_platform == 'win32'\n"
        )
    }
    lines = after(planned(TUTORIAL, tree), "requirements.txt").splitlines()
    assert lines[2:4] == [INDEX, "--trusted-host 127.0.0.1"]
    assert "win; sys_platform == 'win32'" in lines


def test_options_of_the_compiled_list_alone(planned: Planned) -> None:
    """Where requirements.in has ranges only, the index of requirements.txt is not lost."""
    tree: Tree = {"requirements.in": "flask\n", "requirements.txt": f"{INDEX}\nflask==1.1.4\n"}
    found = planned(TUTORIAL, tree)
    assert INDEX in after(found, "requirements.in").splitlines()
    assert INDEX in after(found, "requirements.txt").splitlines()


def test_own_lines_that_need_a_build(planned: Planned) -> None:
    """A repository stays as it is written, and the report says so."""
    line = "-e git+https://github.com/somebody/thing.git#egg=thing"
    found = planned(TUTORIAL, {"requirements.txt": f"flask\n{line}\n"})
    assert line in after(found, "requirements.txt").splitlines()
    assert found.unbuilt == (line,)


@pytest.mark.parametrize("encoding", ["gbk", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\r\n", ""])
def test_encoding_and_line_ends(planned: Planned, workspace: Path, encoding: str, end: str) -> None:
    """Both lists are written as the user's was: encoding, mark, CRLF, and
    no newline where there was none.
    """
    planned(TUTORIAL)
    (workspace / "project" / "requirements.txt").write_bytes(
        f"# 依赖\r\nflask{end}".encode(encoding)
    )
    found = planned({})
    for name in ("requirements.in", "requirements.txt"):
        data = next(change.after for change in found.changes if change.path == name)
        text = data.decode(encoding)
        assert text.encode(encoding) == data
        assert text.count("\n") == text.count("\r\n") > 0
        assert text.endswith("\r\n") == bool(end)


def test_nothing_fits(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no versions are found, a list that was compiled keeps its lines
    and gets what is missing.
    """
    monkeypatch.setattr(pins, "resolve", lambda *_: Unresolved("offline", "", "dns error"))
    found = planned(TUTORIAL, {"requirements.in": "flask\n", "requirements.txt": "flask==1.1.4\n"})
    assert after(found, "requirements.in").startswith("flask\n\n# Added by")
    assert after(found, "requirements.txt").startswith("flask==1.1.4\n\n# Added by")


def test_loosened_lines_are_in_the_plan(planned: Planned) -> None:
    """Loosened lines are listed with their file before anything is written."""
    found = planned(TUTORIAL, {"requirements.txt": "flask\ngunicorn==19.3.0\n"})
    (change,) = [change for change in found.changes if change.path == "requirements.in"]
    loosened = dict(change.reasons)["loosened"]
    assert dict(loosened)["lines"] == "`gunicorn==19.3.0` → `gunicorn>=19.3.0`"


def test_long_list_is_parsed_a_few_times(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many questions are put to a list; one of thousands of lines is not parsed for each."""
    parsed: list[str] = []

    def count(source: str) -> ParsedRequirement:
        parsed.append(source)
        return understand(source)

    monkeypatch.setattr(reader, "understand", count)
    lines = "".join(f"package-{number}==1.0\n" for number in range(1000))
    planned(TUTORIAL, {"requirements.txt": f"flask\n{lines}"})
    assert 1000 <= len(parsed) < 12 * 1000
