"""A user at work: edits of every kind to the files of a project, drawn by
hypothesis or made at random.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

Files: TypeAlias = "dict[str, bytes]"
# How often something can be drawn; positions are in thousandths of what there is.
_MOST = 999
OLD_NAMES = (
    "LC_APP_ID",
    "LC_APP_KEY",
    "LC_APP_MASTER_KEY",
    "LC_APP_PORT",
    "LC_APP_ENV",
    "LC_API_SERVER",
)
# What a user writes; `{}` stands for a mark by which the line is found again.
LINES = (
    "# {}",
    "# 用户自己的注释 {}",
    "\t# a tab before {}",
    "x{} = 1",
    'print("{}")',
    "LC_USER = 'mine {}'",
    "    {}  ",
    "{}=======",
)
OLD_LINES = (
    "import os; a = os.environ['{name}']  # {mark}",
    'import os; b = os.environ.get("{name}")  # {mark}',
    "import os; c = os.getenv('{name}', 'x')  # 旧 {mark}",
)
NEW_FILES = (
    "mine.py",
    "我的.py",
    "lib/util.py",
    "tests/test_mine.py",
    "static/app.js",
    "env.py",
    "leanengine.yaml",
    ".python-version",
    "a name with spaces.txt",
    "tests/conftest.py",
    "-dash.py",
)
# These say what the project was made from; who edits them gets an error
# (tests/update/test_errors.py).
UNTOUCHED = frozenset({".copier-answers.yml", ".gitignore"})


@dataclass
class User:
    """Files, and the marks of the lines that a user wrote in them."""

    files: Files
    written: int = 0
    kinds: list[str] = field(default_factory=list)

    def mark(self) -> str:
        """Return a word that is nowhere else."""
        self.written += 1
        return f"user{self.written:04d}line"

    def marks(self) -> set[str]:
        """Return the marks that are in the files."""
        marks = (f"user{number:04d}line" for number in range(1, self.written + 1))
        return {
            mark
            for mark in marks
            if any(mark.encode() in content for content in self.files.values())
        }


def _pick(user: User, where: int) -> str:
    paths = sorted(path for path in user.files if path not in UNTOUCHED)
    return paths[where * len(paths) // (_MOST + 1)]


def _lines(user: User, path: str) -> list[bytes]:
    return user.files[path].splitlines(keepends=True)


def _line(user: User, path: str, what: int) -> bytes:
    """Return a new line, with the line end of its file; in Python files
    often one that uses an old name.
    """
    mark = user.mark()
    if path.endswith(".py") and what % 2:
        name = OLD_NAMES[what // 2 % len(OLD_NAMES)]
        text = OLD_LINES[what // 2 % len(OLD_LINES)].format(name=name, mark=mark)
    else:
        text = LINES[what // 2 % len(LINES)].format(mark)
    return text.encode() + (b"\r\n" if b"\r\n" in user.files.get(path, b"") else b"\n")


def _insert(user: User, where: int, line: int, what: int) -> None:
    path = _pick(user, where)
    lines = _lines(user, path)
    lines.insert(line * (len(lines) + 1) // (_MOST + 1), _line(user, path, what))
    user.files[path] = b"".join(lines)


def _replace(user: User, where: int, line: int, what: int) -> None:
    path = _pick(user, where)
    lines = _lines(user, path)
    if lines:
        lines[line * len(lines) // (_MOST + 1)] = _line(user, path, what)
        user.files[path] = b"".join(lines)


def _delete_line(user: User, where: int, line: int, _what: int) -> None:
    path = _pick(user, where)
    lines = _lines(user, path)
    if lines:
        del lines[line * len(lines) // (_MOST + 1)]
        user.files[path] = b"".join(lines)


def _append(user: User, where: int, line: int, what: int) -> None:
    path = _pick(user, where)
    ending = b"" if line % 2 else b"\n"
    user.files[path] = (
        user.files[path].rstrip(b"\n") + b"\n" + _line(user, path, what).rstrip(b"\r\n") + ending
    )


def _new_file(user: User, where: int, _line_number: int, what: int) -> None:
    path = NEW_FILES[where * len(NEW_FILES) // (_MOST + 1)]
    user.files[path] = b"".join(_line(user, path, what + 2 * number) for number in range(3))


def _binary_file(user: User, where: int, line: int, _what: int) -> None:
    user.files["static/logo.png" if where % 2 else _pick(user, where)] = (
        bytes([0x89, line % 256, 0, 0xFF, 10, 0]) * 9
    )


def _delete_file(user: User, where: int, _line_number: int, _what: int) -> None:
    if len(user.files) > len(UNTOUCHED) + 1:
        del user.files[_pick(user, where)]


def _rename(user: User, where: int, _line_number: int, what: int) -> None:
    path = _pick(user, where)
    folder, _, name = path.rpartition("/")
    new = f"moved{what % 3}_{name}" if what % 2 else f"sub/{name}"
    user.files[f"{folder}/{new}" if folder else new] = user.files.pop(path)


def _to_crlf(user: User, where: int, _line_number: int, _what: int) -> None:
    path = _pick(user, where)
    user.files[path] = user.files[path].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _to_tabs(user: User, where: int, _line_number: int, _what: int) -> None:
    path = _pick(user, where)
    user.files[path] = user.files[path].replace(b"\n    ", b"\n\t")


KINDS: tuple[Callable[[User, int, int, int], None], ...] = (
    _insert,
    _insert,
    _insert,
    _replace,
    _replace,
    _delete_line,
    _append,
    _new_file,
    _binary_file,
    _delete_file,
    _rename,
    _to_crlf,
    _to_tabs,
)
_number = st.integers(0, _MOST)
EDITS = st.lists(
    st.tuples(st.sampled_from(range(len(KINDS))), _number, _number, _number),
    min_size=1,
    max_size=30,
)


def edit(files: Files, edits: list[tuple[int, int, int, int]]) -> User:
    """Return what a user makes of some files."""
    user = User(dict(files))
    for kind, where, line, what in edits:
        KINDS[kind](user, where, line, what)
    return user


def at_random(seed: int, count: int) -> list[tuple[int, int, int, int]]:
    """Return as many edits as asked for, the same for the same seed."""
    random = Random(seed)
    numbers = range(_MOST + 1)
    return [
        (
            random.randrange(len(KINDS)),
            random.choice(numbers),
            random.choice(numbers),
            random.choice(numbers),
        )
        for _ in range(count)
    ]
