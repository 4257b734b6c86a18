"""Bytes of any encoding that a user wrote are the same after an update."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from scaffold import cli
from tests.repositories import commit, contents, git
from tests.update.templates import project, release

if TYPE_CHECKING:
    from tests.conftest import Scaffold

# By hand: SCAFFOLD_UPDATE_EXAMPLES=300 pytest tests/update/test_bytes.py
EXAMPLES = int(os.environ.get("SCAFFOLD_UPDATE_EXAMPLES", "2"))
COUNT = 14
LINES = 20
MIDDLE = 10
SAMPLES = (
    "# 端口由平台指定".encode("gbk"),
    "# 連接埠".encode("big5"),
    "# ポート".encode("shift_jis"),
    "# порт".encode("koi8-r"),
    "# é à ü".encode("latin-1"),
    "# utf-8 端口".encode(),
    b"# lone \xed\xa0\x80 surrogate",
    b"# not \xff\xfe\xc0\x80 utf-8",
    b"# return \r in a line",
    b"# \x0b\x0c\x1c\x1d\x1e\x85 \xe2\x80\xa8 ends of lines to Python",
    b"# nul \0 byte",
    b"\xef\xbb\xbf# mark",
    b"# trailing blanks \t  ",
    b"# windows\r",
    b"\x1b[31m# escape",
)
# A line of the user's: some bytes, at the top or at the bottom, with the line
# ends of the file or other ones.
EDIT = st.tuples(
    st.one_of(st.sampled_from(SAMPLES), st.binary(max_size=40)), st.booleans(), st.integers(0, 9)
)
PROJECTS = st.lists(st.lists(EDIT, max_size=3), min_size=COUNT, max_size=COUNT)


def _template(number: int, version: str) -> bytes:
    """Return a file: some have no line end at the end, some are Chinese."""
    lines = [
        b"line %d of %d %s" % (line, number, "端口".encode() if number % 2 else b"")
        for line in range(LINES)
    ]
    lines[MIDDLE] += version.encode()
    return b"\n".join(lines) + (b"" if number % 5 == 2 else b"\n")


def _edited(content: bytes, edits: list[tuple[bytes, bool, int]]) -> tuple[bytes, list[bytes]]:
    """Return a file with a user's lines, and these lines."""
    added = []
    for data, top, number in edits:
        line = b"%d " % number + data.replace(b"\n", b"")
        added.append(line)
        content = line + b"\n" + content if top else content + b"\n" + line
    return content, added


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions that differ in the middle of every file."""
    folder = tmp_path_factory.mktemp("template")
    for version in ("1.0.0", "2.0.0"):
        release(
            folder,
            version,
            {f"f{number}.txt": _template(number, version) for number in range(COUNT)},
        )
    return folder


@pytest.mark.usefixtures("workspace")
@settings(max_examples=EXAMPLES)
@given(edits=PROJECTS)
def test_no_byte_is_lost(
    edits: list[list[tuple[bytes, bool, int]]], template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each line is there afterwards, byte for byte; what cannot be merged is a
    conflict, and the user's file stays.
    """
    with tempfile.TemporaryDirectory() as name:
        mine = [_edited(_template(number, "1.0.0"), edits[number]) for number in range(COUNT)]
        tree = {f"f{number}.txt": content for number, (content, _) in enumerate(mine)}
        shop = project(Path(name, "shop"), str(template), {"app.py": "", **tree})
        code = cli.run(["update", str(shop), "--defaults"])
        note(capsys.readouterr().err)
        assert code in {0, 3}
        unmerged = {line.split("\t")[1] for line in git(shop, "ls-files", "-u").splitlines()}
        assert (code == 3) == bool(unmerged)
        after = contents(shop)
        for number, (content, added) in enumerate(mine):
            path = f"f{number}.txt"
            assert [line for line in added if line not in after[path]] == [], path
            if path not in unmerged:
                assert after[path] == content.replace(b"1.0.0", b"2.0.0"), path
        commit(shop)
        assert cli.run(["update", str(shop), "--defaults"]) == 0
        assert contents(shop) == after


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_old_chinese_files(
    encoding: str, template: Path, workspace: Path, scaffold: Scaffold
) -> None:
    """A comment in GBK is merged as any other line; a file in UTF-16 is no
    text to git, and stays as it is.
    """
    text = _template(0, "1.0.0").decode() + "# 端口由平台指定\n"
    tree = {f"f{number}.txt": _template(number, "1.0.0") for number in range(1, COUNT)}
    shop = project(workspace / "shop", str(template), tree | {"f0.txt": text.encode(encoding)})
    result = scaffold("update", "shop")
    after = (shop / "f0.txt").read_bytes()
    if encoding == "gbk":
        assert result.code == 0, result.err
        assert (result.code, after) == (0, text.replace("1.0.0", "2.0.0").encode("gbk"))
    else:
        assert (result.code, after) == (3, text.encode("utf-16"))
        assert "f0.txt: you and the template changed it" in result.err
        assert git(shop, "status", "--porcelain", "f0.txt") == "UU f0.txt\n"
        git(shop, "checkout", "--theirs", "f0.txt")
        assert (shop / "f0.txt").read_bytes() == _template(0, "2.0.0")
