"""Read and write the files of a tree that somebody else made.

Nothing in such a tree is what its name promises: a requirements.txt may be a named pipe
that never answers, a link to a device, a folder, or a terabyte of zeros. So files are
read, walked and written here only.
"""

from __future__ import annotations

import codecs
import errno
import os
import re
import stat
from contextlib import suppress
from pathlib import Path

from scaffold.errors import FailedError
from scaffold.messages import text

# No file that people write is larger; `git diff` gives up on less.
LIMIT = 10_000_000
# Without O_NONBLOCK, opening a named pipe waits for somebody to write into it. Windows has neither
# pipes nor the flag, and needs O_BINARY instead.
_READ_ONLY = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_CHUNK = 1 << 20
_DESCRIPTORS = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    # Before UTF-16: its mark is the beginning of this one.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Source: PEP 263; pip reads it in requirements files as Python does in source.
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
# Encodings of names in the DNS: no file has them, and decoding takes quadratic time.
_NOT_OF_FILES = frozenset({"idna", "punycode"})


class UnreadableError(OSError):
    """Something is there and cannot be read; `strerror` says why, in the user's language."""

    def __init__(self, number: int, reason: str, path: Path) -> None:
        super().__init__(number, reason, str(path))

    def __str__(self) -> str:
        """Return path and reason, without the system's number."""
        return f"{self.filename}: {self.strerror}"


def read(path: Path, *, limit: int = LIMIT, root: Path | None = None) -> bytes:
    """Return the bytes of a regular file.

    Args:
        path: the file, or a link to one.
        limit: the most bytes that it may have.
        root: a folder that no link may lead out of; None lets links lead anywhere.

    Raises:
        FileNotFoundError: there is nothing of this name.
        UnreadableError: there is, and it is no regular file, too large, outside
            of `root`, or may not be read.
    """
    try:
        if root is not None:
            check_inside(path, root)
        # Before it is opened: opening some devices does something.
        _check(path, path.stat(), limit)
        descriptor = os.open(path, _READ_ONLY)
        try:
            _check(path, os.fstat(descriptor), limit)
            return _content(descriptor, path, limit)
        finally:
            os.close(descriptor)
    except UnreadableError:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        # ValueError: a NUL in the name. RuntimeError: how Python before 3.13 reports
        # a link that leads to itself.
        raise _translated(error, path) from error


def read_named(name: str, *, limit: int = LIMIT) -> bytes:
    """Return the bytes of a file that the user named on the command line.

    What the shell itself names, such as /dev/stdin or /dev/fd/63 for `<(command)`, may be a pipe.

    Raises:
        FileNotFoundError: there is nothing of this name.
        UnreadableError: as `read`.
    """
    path = Path(name)
    if not name:  # to Path, no name is the current folder
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
    if not name.startswith(_DESCRIPTORS):
        return read(path, limit=limit)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return _content(descriptor, path, limit)
    finally:
        os.close(descriptor)


def decode(data: bytes, *, coding_comment: bool = True) -> str:
    """Return the text of a file: by its byte order mark, its `coding:`
    comment, else as UTF-8 or GBK.

    Bytes that are none in that encoding become replacement characters. Nobody says which
    encoding an old Chinese file is in.

    Args:
        data: the file's bytes.
        coding_comment: whether such a comment counts in this kind of file.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    for line in data[:1000].split(b"\n")[:2] if coding_comment else ():
        if match := _CODING.match(line):
            # An unknown encoding, or one of Python's that is not for text, such as `hex`.
            with suppress(LookupError, UnicodeError):
                encoding = codecs.lookup(match[1].decode("ascii", "replace")).name
                if encoding not in _NOT_OF_FILES:
                    return data.decode(encoding, "replace")
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    return data.decode("utf-8", "replace")


def lines(content: str) -> list[str]:
    r"""Return the lines of a text as other programs count them: they end in LF, CR LF or CR.

    `str.splitlines` also breaks at U+2028, form feeds and others, which are
    characters of a value to everybody else.
    """
    found = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return found if found[-1] else found[:-1]


def exists(path: Path) -> bool:
    """Return whether there is something of this name; a name that no file can have is not there."""
    return _kind(path) != 0


def is_file(path: Path) -> bool:
    """Return whether there is a regular file of this name, or a link to one."""
    return stat.S_ISREG(_kind(path))


def is_folder(path: Path) -> bool:
    """Return whether there is a folder of this name, or a link to one."""
    return stat.S_ISDIR(_kind(path))


def _kind(path: Path) -> int:
    """Return the kind of a file, 0 where that is not known: `Path.is_file`
    raises for a name that is too long.
    """
    try:
        return stat.S_IFMT(path.stat().st_mode)
    except (OSError, ValueError):
        return 0


def failure(error: OSError) -> FailedError:
    """Return the error that says what the system refused."""
    places = [
        os.fsdecode(place)
        for place in (error.filename, error.filename2)
        if isinstance(place, (str, bytes))
    ]
    return FailedError(
        "files.error.system", path=" → ".join(places) or "–", reason=error.strerror or error
    )


def _translated(error: OSError | ValueError | RuntimeError, path: Path) -> OSError:
    """Return the error for a file that could not be read: that it is not
    there, or why it cannot be.
    """
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        if path.is_symlink():
            return UnreadableError(errno.ENOENT, text("files.reason.dangling"), path)
        return FileNotFoundError(errno.ENOENT, error.strerror, str(path))
    if isinstance(error, RuntimeError) or (
        isinstance(error, OSError) and error.errno == errno.ELOOP
    ):
        return UnreadableError(errno.ELOOP, text("files.reason.loop"), path)
    if isinstance(error, OSError):
        return UnreadableError(error.errno or errno.EIO, error.strerror or str(error), path)
    return UnreadableError(errno.EINVAL, str(error), path)


def check_inside(path: Path, root: Path) -> None:
    """Refuse a link, or a file below one, that leads out of a folder."""
    if not path.resolve().is_relative_to(root.resolve()):
        raise UnreadableError(errno.EXDEV, text("files.reason.outside"), path)


def _check(path: Path, status: os.stat_result, limit: int) -> None:
    """Refuse what is no regular file or too large."""
    mode = status.st_mode
    if stat.S_ISDIR(mode):
        raise UnreadableError(errno.EISDIR, text("files.reason.folder"), path)
    if not stat.S_ISREG(mode):
        raise UnreadableError(errno.EINVAL, text("files.reason.special"), path)
    if status.st_size > limit:
        raise UnreadableError(errno.EFBIG, text("files.reason.large", limit=f"{limit:,}"), path)


def _content(descriptor: int, path: Path, limit: int) -> bytes:
    """Return what is left to read; files of /proc have no size and may not end."""
    pieces: list[bytes] = []
    size = 0
    while piece := os.read(descriptor, _CHUNK):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise UnreadableError(errno.EFBIG, text("files.reason.large", limit=f"{limit:,}"), path)
    return b"".join(pieces)
