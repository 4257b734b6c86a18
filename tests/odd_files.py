"""Files of every odd kind, made where they are needed from a seed."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

# What one command or another reads.
NAMES = (
    "leanengine.yaml",
    "requirements.txt",
    "requirements.in",
    "wsgi.py",
    "app.py",
    "cloud.py",
    ".python-version",
    "runtime.txt",
    ".env",
    ".env.example",
    ".gitignore",
    ".leanignore",
    "pyproject.toml",
    ".scaffold.toml",
    "Pipfile",
    ".copier-answers.yml",
    "README.md",
    "Dockerfile",
    "package.json",
    "Procfile",
    "start.sh",
    "supervisord.conf",
    "ci.yml",
    ".vscode/settings.json",
    ".venv/pyvenv.cfg",
    ".venv/scaffold.json",
    ".venv/scaffold-keys.json",
)


def _bind(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))


# Things by a file's name that are no files.
NO_FILES: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "socket": _bind,
    "folder": lambda path: path.mkdir(),
    "link to itself": lambda path: path.symlink_to(path.name),
    "dangling link": lambda path: path.symlink_to("gone/for/good"),
    "link to a device": lambda path: path.symlink_to("/dev/zero"),
    "link to the root": lambda path: path.symlink_to("/"),
    "link to what never ends": lambda path: path.symlink_to("/proc/self/mem"),
    "link out": lambda path: path.symlink_to("/etc/passwd"),
}
# Lines that mean something to one reader or another.
WORDS = (
    b"LC_APP_ID",
    b"LC_APP_PROD=1",
    b"export LC_APP_MASTER_KEY=",
    b"$LC_APP_PORT",
    b"os.environ['LC_APP_ID']",
    b"import leancloud",
    b"leancloud.init('a')",
    b"from flask import Flask",
    b"app = Flask(__name__)",
    b"application = leancloud.Engine(app)",
    b"leancloud-sdk>=1,<2",
    b"flask==1.0",
    b"-r requirements.txt",
    b"-e git+https://example.com/x.git#egg=x",
    b"run: python wsgi.py",
    b"startupTimeout: ",
    b"install:",
    b"  - {use: default}",
    b"[tool.scaffold.check]",
    b"select = ['LE0']",
    b"_src_path: scaffold://starters.git",
    b"_commit: 2.0.1",
    b"3.11",
    b"secret_key = '",
    b"FROM python:3.11",
    b"CMD [",
    b"{{ x }}",
    b"```",
    b"# coding: gbk",
)
BITS = (
    *(
        bytes([number])
        for number in (0, 9, 10, 11, 12, 13, 27, 32, 34, 35, 39, 58, 61, 92, 127, 133, 160, 255)
    ),
    *(text.encode() for text in ("\u2028", "\ufeff", "云", "\u202e", "é")),
    *(
        b"[",
        b"]",
        b"{",
        b"}",
        b"(",
        b")",
        b"- ",
        b": ",
        b"&a ",
        b"*a",
        b"!!int ",
        b"<<: ",
        b"@",
        b"==",
        b"; ",
        b"|",
    ),
)

PAIRS = (
    (b"[", b"]"),
    (b"(", b")"),
    (b"{a: ", b"}"),
    (b"a.", b"a"),
    (b"a+", b"a"),
    (b"- ", b"x"),
    (b"not ", b"x"),
)
NUMBERS = (b"9" * 6000, b"0x" + b"f" * 6000, b"3." + b"9" * 10_000, b"1" + b":59" * 3000)


def _nested(random: Random) -> bytes:
    begin, end = random.choice(PAIRS)
    count = random.choice((90, 300, 900, 5000))
    ends = end * count if random.random() < 0.5 else b""
    return random.choice(WORDS) + b"\n" + begin * count + ends


def _indented(random: Random) -> bytes:
    count = random.choice((50, 300, 900))
    step = random.choice((b" ", b"    ", b"\t"))
    line = random.choice((b"if x:", b"a:", b"-", b"LC_APP_ID:", b"if os.environ['LC_APP_ID']:"))
    levels = [step * number + line + b"\n" for number in range(count)]
    return b"".join([*levels, step * count, random.choice(WORDS)])


def _aliases(random: Random) -> bytes:
    depth, key = random.choice((3, 6, 30)), random.choice((b"run", b"install", b"starter", b"a"))
    levels = [b"&b%d [%s]" % (n, b",".join([b"*b%d" % (n - 1)] * 10)) for n in range(1, depth)]
    return key + b": [" + b", ".join([b"&b0 [x,x,x,x,x,x,x,x,x,x]", *levels]) + b"]\n"


def _digits(random: Random) -> bytes:
    key = random.choice((b"", b"startupTimeout: ", b"a = ", b"flask==", b"x>=", b"_commit: "))
    return key + random.choice(NUMBERS) + b"\n"


def _long(random: Random) -> bytes:
    piece = random.choice((*BITS, *WORDS, b"a", b"a ", b"a\\\n", b"--x ", b"'\"", b"A='", b"# "))
    size = random.choice((4_000, 60_000))
    start, end = random.choice((b"", random.choice(WORDS))), random.choice((b"", b"\n", b"x"))
    return start + piece * (size // len(piece)) + end


def _lines(random: Random) -> bytes:
    line = b" ".join(random.choices(WORDS + BITS, k=random.randint(1, 3)))
    return (line + random.choice((b"\n", b"\r\n", b"\r"))) * random.choice((100, 2_000))


def _soup(random: Random) -> bytes:
    return b"".join(random.choices(WORDS + BITS, k=random.choice((5, 50, 500))))


def _encoded(random: Random) -> bytes:
    text = "\n".join(word.decode() for word in random.choices(WORDS, k=5)) + "\n端口 é\n"
    encoding = random.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "gbk", "latin-1"))
    return text.encode(encoding, "replace")


TEXTS = (_nested, _indented, _aliases, _digits, _long, _lines, _soup, _encoded, lambda _random: b"")


def make(path: Path, random: Random) -> str:
    """Put something odd in a file's place, and return what it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.is_file():
        path.unlink()
    if random.random() < 0.3:
        kind = random.choice(sorted(NO_FILES))
        NO_FILES[kind](path)
        return kind
    content = random.choice(TEXTS)(random)
    path.write_bytes(content)
    return f"{content[:30]!r}, {len(content)} bytes"
