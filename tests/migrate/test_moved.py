"""Imports of modules that version 3 of the templates moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.migrate import moved
from scaffold.migrate.result import RewriteContext
from scaffold.migrate.rewrite import rewrite

if TYPE_CHECKING:
    from pathlib import Path

ASGI = RewriteContext(layer="asgi")
CASES = {
    "from leansdk import leancloud\n": "from leanengine.sdk import leancloud\n",
    "from leansdk import (\r\n    leancloud,  # 数据\r\n)\r\n": (
        "from leanengine.sdk import (\r\n    leancloud,  # 数据\r\n)\r\n"
    ),
    "import leansdk\nleansdk.leancloud\n": "import leanengine.sdk as leansdk\nleansdk.leancloud\n",
    "import os, leansdk, json\n": "import os, leanengine.sdk as leansdk, json\n",
    "import leansdk as lc\n": "import leanengine.sdk as lc\n",
    "if 1:\n\tfrom leansdk import leancloud\n": "if 1:\n\tfrom leanengine.sdk import leancloud\n",
    "import leanengine\napplication = leanengine.wrap(app)\n": (
        "import leanengine.asgi as leanengine\napplication = leanengine.wrap(app)\n"
    ),
    "from leanengine import wrap\n": "from leanengine.asgi import wrap\n",
    "patch('leansdk.leancloud.User')\n": "patch('leanengine.sdk.leancloud.User')\n",
    'patch("leanengine.Ping")\n': 'patch("leanengine.asgi.Ping")\n',
}
UNCHANGED = (
    "from leanengine import common\n",
    "from leanengine.sdk import leancloud\n",
    "import leanengine.wsgi\n",
    "# from leansdk import leancloud\n",
    "from .leansdk import leancloud\n",
    "import leansdk2\nfrom my.leansdk import x\n",
    "print 'leansdk'\n",
    "from env import env\n",
    "leanengine = 1\n",
    "patch('leanengine.sdk.leancloud')\n",
)


@pytest.mark.parametrize("before", CASES)
def test_imports(before: str) -> None:
    """Only the module's name changes; what the import binds keeps its own."""
    assert rewrite("mine.py", before.encode(), ASGI).content.decode() == CASES[before]


@pytest.mark.parametrize("encoding", ["gbk", "latin-1"])
def test_other_bytes_stay(encoding: str) -> None:
    """Whatever the encoding of the file."""
    note = "é" if encoding == "latin-1" else "端口"
    before = f"# coding: {encoding}\n# {note}\nfrom leansdk import leancloud  # {note}\n".encode(
        encoding
    )
    assert rewrite("a.py", before, ASGI).content == before.replace(b"leansdk", b"leanengine.sdk")


@pytest.mark.parametrize("source", UNCHANGED)
def test_what_is_not_meant(source: str) -> None:
    """Other modules, new imports, comments and relative imports stay."""
    assert rewrite("mine.py", source.encode(), ASGI).content.decode() == source


@pytest.mark.parametrize(
    ("path", "context"),
    [("mine.py", RewriteContext()), ("leanengine/a.py", ASGI), ("notes.md", ASGI)],
)
def test_elsewhere(path: str, context: RewriteContext) -> None:
    """Projects of other versions, the package itself, and what is not Python stay."""
    assert (
        rewrite(path, b"from leansdk import leancloud\n", context).content
        == b"from leansdk import leancloud\n"
    )


BASE = (
    b"import os\n\n\nclass Env:\n    PORT: int = 3000\n"
    b"    # Declare yours here: x\n\n    @property\n    def p(self):\n"
)
THEIRS = (
    b"from leanengine.environment import E\n\n\nclass Env(E):\n"
    b"    # \xe4\xbd\xa0\n    # SMTP_PORT: int = 25 x\n\n\nenv = Env.load()\n"
)
USERS = {
    "none": (BASE, THEIRS),
    "above, below, and another default": (
        BASE.replace(b"    PORT: int = 3000\n", b"    A: str\n    PORT: int = 4000\n").replace(
            b"x\n\n", b"x\n    B: int\n\n"
        ),
        THEIRS.replace(b"x\n", b"x\n    A: str\n    PORT: int = 4000\n    B: int\n", 1),
    ),
    "an import": (
        BASE.replace(b"import os\n", b"import os\nfrom a import B\n"),
        b"from a import B\n" + THEIRS,
    ),
    "more": (BASE + b"        return 1\n", None),
    "another file": (b"import environ\n", None),
}


@pytest.mark.parametrize("name", USERS)
def test_environment(name: str) -> None:
    """The user's variables and imports go into the new file; what is neither is
    for the user to merge.
    """
    ours, expected = USERS[name]
    assert moved.environment(BASE, ours, THEIRS) == expected


def test_layer(tmp_path: Path) -> None:
    """Known from the files; none while the project still has leansdk.py."""
    assert moved.layer(tmp_path) == ""
    (tmp_path / "leanengine").mkdir()
    (tmp_path / "leanengine" / "tornado.py").touch()
    assert moved.layer(tmp_path) == "tornado"
    (tmp_path / "leansdk.py").touch()
    assert moved.layer(tmp_path) == ""
