"""Files of every kind: what is read, what is refused with which reason, and that
writing leaves no half of anything.
"""

from __future__ import annotations

import errno
import os
import socket
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold import atomic, files, walking
from scaffold.errors import FailedError
from tests.conftest import snapshot
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the kinds of files are those of POSIX")


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "pipe": (os.mkfifo, "it is a pipe, a socket or a device, not a regular file"),
    "socket": (_socket, "it is a pipe, a socket or a device, not a regular file"),
    "link to a device": (
        lambda path: path.symlink_to("/dev/zero"),
        "it is a pipe, a socket or a device, not a regular file",
    ),
    "folder": (Path.mkdir, "Is a directory"),
    "link to a folder": (lambda path: path.symlink_to("."), "Is a directory"),
    "dangling link": (
        lambda path: path.symlink_to("gone"),
        "it is a link to a file that does not exist",
    ),
    "loop": (lambda path: path.symlink_to(path.name), "it is a link that leads back to itself"),
    "large": (
        lambda path: path.write_bytes(b"x" * 11),
        "it is larger than 10 bytes, the most that is read",
    ),
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_files_are_refused(workspace: Path, kind: str) -> None:
    """What is no regular file of a reasonable size is an error with its
    reason, and never waited for.
    """
    make, reason = ODD[kind]
    path = workspace / "odd"
    make(path)
    with pytest.raises(files.UnreadableError) as caught:
        files.read(path, limit=10)
    assert (caught.value.strerror, caught.value.filename) == (reason, str(path))


def test_a_file_without_a_size_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The limit holds for what is read, not only for the size that the
    system names, which is 0 in /proc.
    """
    path = tmp_path / "long"
    path.write_bytes(b"x" * 100)
    monkeypatch.setattr(files, "_check", lambda *_: None)
    with pytest.raises(files.UnreadableError, match="larger than 10 bytes"):
        files.read(path, limit=10)


@pytest.mark.parametrize("path", ["gone", "file/below"])
def test_nothing_there(tmp_path: Path, path: str) -> None:
    """A file that is not there is distinguished from one that cannot be read."""
    (tmp_path / "file").touch()
    with pytest.raises(FileNotFoundError):
        files.read(tmp_path / path)


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b"])
def test_impossible_names(tmp_path: Path, name: str) -> None:
    """A name that no file can have is refused like a file that cannot be read."""
    with pytest.raises(files.UnreadableError):
        files.read(tmp_path / name)


def test_not_permitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's refusals become the same error."""

    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    (tmp_path / "secret").touch()
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(files.UnreadableError, match="Permission denied"):
        files.read(tmp_path / "secret")


def test_links_stay_inside(tmp_path: Path) -> None:
    """With a root, a link may lead to another file of the project only."""
    build_file_tree(tmp_path, {"outside": "o", "in/inside": "i"})
    root = tmp_path / "in"
    (root / "good").symlink_to("inside")
    (root / "bad").symlink_to("../outside")
    (root / "folder").symlink_to("..")
    assert files.read(root / "good", root=root) == b"i"
    assert files.read(root / "bad") == b"o"
    for path in ("bad", "folder/outside"):
        with pytest.raises(files.UnreadableError, match="leads out of the project"):
            files.read(root / path, root=root)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("é".encode(), "é"),
        ("é".encode("utf-8-sig"), "é"),
        ("é\r\n".encode("utf-16"), "é\r\n"),
        (b"\xfe\xff" + "é".encode("utf-16-be"), "é"),
        ("é".encode("utf-32"), "é"),
        ("# -*- coding: gbk -*-\n端口".encode("gbk"), "# -*- coding: gbk -*-\n端口"),
        (
            "#!/bin/sh\n# vim: fileencoding=latin-1\né".encode("latin-1"),
            "#!/bin/sh\n# vim: fileencoding=latin-1\né",
        ),
        (b"# coding: hex\n\xc3\xa9", "# coding: hex\né"),
        (b"# coding: punycode\n\xc3\xa9", "# coding: punycode\né"),
        (b"# coding: no-such\n\xff", "# coding: no-such\n�"),
    ],
)
def test_decoding(data: bytes, expected: str) -> None:
    """The byte order mark counts first, then a `coding:` comment, then it is UTF-8."""
    assert files.decode(data) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\nb\r\nc\rd\n", ["a", "b", "c", "d"]),
        ("\n\n", ["", ""]),
        ("a\u2028b\x0bc\x0cd\x85e\n", ["a\u2028b\x0bc\x0cd\x85e"]),
    ],
)
def test_lines(content: str, expected: list[str]) -> None:
    """Only LF, CR LF and CR end a line."""
    assert files.lines(content) == expected


def test_walking_deep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree that is too deep is refused, and one that is not is walked to its end."""
    build_file_tree(tmp_path, {"a/b/c/file": ""})
    monkeypatch.setattr(walking, "MAX_DEPTH", 3)
    assert list(walking.walk(tmp_path)) == ["a/b/c/file"]
    monkeypatch.setattr(walking, "MAX_DEPTH", 2)
    with pytest.raises(FailedError, match="a/b/c"):
        list(walking.walk(tmp_path))


def test_walking_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree with too many files is refused."""
    build_file_tree(tmp_path, {f"{number}.txt": "" for number in range(4)})
    monkeypatch.setattr(walking, "MAX_ENTRIES", 3)
    with pytest.raises(FailedError, match="more than 3 files"):
        list(walking.walk(tmp_path))


def test_writing(tmp_path: Path) -> None:
    """A file gets its new contents and keeps its mode, a link stays a link,
    and missing folders are made.
    """
    script = tmp_path / "script"
    script.write_bytes(b"old")
    script.chmod(0o750)
    (tmp_path / "link").symlink_to("script")
    atomic.write(tmp_path / "link", b"new")
    atomic.write(tmp_path / "a" / "b" / "c", b"made")
    assert (tmp_path / "link").readlink() == Path("script")
    assert script.read_bytes() == b"new"
    assert stat.S_IMODE(script.stat().st_mode) == 0o750
    assert (tmp_path / "a" / "b" / "c").read_bytes() == b"made"
    assert not list(tmp_path.rglob(f"{atomic.TEMPORARY}*"))


def _fail(monkeypatch: pytest.MonkeyPatch, name: str, number: int) -> None:
    """Let a function of `os` refuse, from its second call on."""
    calls = 0

    def refuse(*_: object, **__: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError(number, os.strerror(number))

    original = getattr(os, name)

    def call(*arguments: object, **named: object) -> object:
        refuse()
        return original(*arguments, **named)

    monkeypatch.setattr(os, name, call)


@pytest.mark.parametrize("name", ["fsync", "chmod"])
@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC])
def test_all_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int
) -> None:
    """Where the second of two files cannot be written, the first gets its old
    contents back and nothing is left.
    """
    build_file_tree(tmp_path, {"a": "1", "b": "2"})
    before = snapshot(tmp_path)
    _fail(monkeypatch, name, number)
    with pytest.raises(FailedError, match=os.strerror(number)) as caught:
        atomic.write_all(tmp_path, {"a": b"new", "b": b"new"})
    assert caught.value.params["path"] == "b"
    assert snapshot(tmp_path) == before


def test_folders_go_with_their_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders that were made for a file that cannot be written are removed."""
    monkeypatch.setattr(
        Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(errno.EROFS, "Read-only"))
    )
    with pytest.raises(OSError, match="Read-only"):
        atomic.write(tmp_path / "a" / "b" / "c", b"x")
    assert snapshot(tmp_path) == {}
