"""How the blocks of a page are run: what keeps, what is compared, and that a page that
lies fails.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from tests.docs.pages import Block
from tests.docs.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pages are run by bash")


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A shell in an empty folder."""
    for name in ("work", "state"):
        (tmp_path / name).mkdir()
    made = Shell(tmp_path / "work", tmp_path / "state", {"PATH": os.environ["PATH"]})
    yield made
    made.end()


def run(code: str, exit_code: int = 0, until: str = "") -> Block:
    """Return a block of commands."""
    return Block("page.md:1", "run", "sh", code, exit_code=exit_code, until=until)


def output(code: str) -> Block:
    """Return a block of output."""
    return Block("page.md:2", "output", "text", code)


def test_folder_and_variables_last(shell: Shell) -> None:
    """As they do in the reader's shell; a file goes to where the reader is."""
    file = Block("page.md:2", "file", "text", "content\n", "a.txt")
    shell.follow(
        [
            run("mkdir new\ncd new\nexport X='a b'\n"),
            file,
            run("cat a.txt; echo $X\n"),
            output("content\na b\n"),
        ]
    )
    assert (shell.folder / "a.txt").exists()


@pytest.mark.parametrize(
    ("printed", "message"),
    [
        ("healthy 0.2 s after, 46 MB", "healthy 12.75 s after, 7 MB"),
        ("3 passed in 0.31s", "3 passed in 1.02s"),
        ("启动后 0.3 秒", "启动后 1.2 秒"),
        ("one\ntwo\nthree", "one\n…\nthree"),
        ("a path/x.py here", "a … here"),
    ],
)
def test_what_may_differ(printed: str, message: str, shell: Shell) -> None:
    """Measured times and sizes, and what the page leaves out."""
    shell.follow([run(f"printf '%s\\n' '{printed}'"), output(message)])


@pytest.mark.parametrize(
    ("printed", "message"),
    [
        ("HTTP 500", "HTTP 200"),
        ("one\ntwo", "one"),
        ("3 passed in 0.31s", "2 passed in 0.31s"),
        ("", "one"),
    ],
)
def test_a_wrong_output_fails(printed: str, message: str, shell: Shell) -> None:
    """With both texts in the message."""
    with pytest.raises(AssertionError, match=r"page.md:2 says"):
        shell.follow([run(f"printf '%s\\n' '{printed}'"), output(message)])


@pytest.mark.parametrize(
    ("code", "exit_code"), [("false\ntrue", 0), ("false | true", 0), ("true", 1)]
)
def test_a_wrong_exit_code_fails(code: str, exit_code: int, shell: Shell) -> None:
    """Of any command of the block, unless the page says so."""
    with pytest.raises(AssertionError, match=r"page.md:1: exit code"):
        shell.follow([run(code, exit_code)])


def test_a_background_block_goes_on_and_is_ended(shell: Shell) -> None:
    """With all that it started; port 3000 is a free one."""
    server = run("python3 -u -m http.server -b 127.0.0.1 3000 & wait", until="Serving HTTP")
    shell.follow([server, run("echo 3000 >port")])
    address = ("127.0.0.1", int((shell.folder / "port").read_text("utf-8")))
    socket.create_connection(address, 5).close()
    shell.end()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, 5)


def test_a_background_block_that_ends_fails(shell: Shell) -> None:
    """What it printed is in the message."""
    with pytest.raises(AssertionError, match="cannot start"):
        shell.follow([run("echo cannot start", until="healthy")])
