"""What keeps an app on Python 2 is found with its place, and only in what the app imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.adopt.python2 import old_places
from scaffold.checks.project import Project
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trees import Tree


def found(folder: Path, tree: Tree, *, everything: bool = False) -> list[str]:
    """Return the places as `file:line kind`."""
    places = old_places(Project(build_file_tree(folder, tree)), ["wsgi"], everything=everything)
    return [f"{place.file}:{place.line} {place.kind}" for place in places]


@pytest.mark.parametrize(
    ("source", "places"),
    [
        ("print 'x'\n", ["wsgi.py:1 print"]),
        ("try:\n    f()\nexcept E, e:\n    pass\n", ["wsgi.py:3 except"]),
        ("exec 'x'\n", ["wsgi.py:1 exec"]),
        ("x = `1`\n", ["wsgi.py:1 syntax"]),
        ("if 1:\n\tx = 1\n        y = 2\n", ["wsgi.py:3 syntax"]),
        ("import urllib2\nimport urllib2\n", ["wsgi.py:1 module"]),
        (
            "def f():\n    return unicode('x') + d.has_key(1)\n",
            ["wsgi.py:2 name", "wsgi.py:2 name"],
        ),
        ("print('x')\nexcept_ = 1\n", []),
        (
            "try:\n    import urllib2\nexcept ImportError:\n    import urllib.request as urllib2\n",
            [],
        ),
        (
            (
                "import sys\nif sys.version_info[0] == 2:\n    reload(sys)\n    "
                "sys.setdefaultencoding('utf-8')\n"
            ),
            [],
        ),
        ("import six\nfor k, v in six.iteritems(d):\n    pass\n", []),
        ("unicode = str\nx = unicode(1)\n", []),
    ],
)
def test_places(tmp_path: Path, source: str, places: list[str]) -> None:
    """Syntax, modules and names count, unless the other Python is provided for."""
    assert found(tmp_path, {"wsgi.py": source}) == places


def test_only_what_is_imported(tmp_path: Path) -> None:
    """A stray script does not hold the app back; what it imports, also from within
    packages, does.
    """
    tree: Tree = {
        "wsgi.py": "from shop import views\n",
        "shop/__init__.py": "",
        "shop/views.py": "from .models import Thing\nfrom ..other import x\n",
        "shop/models.py": "print 1\n",
        "scrape.py": "print 2\n",
    }
    assert found(tmp_path, tree) == ["shop/models.py:1 print"]
    assert found(tmp_path, tree, everything=True) == ["scrape.py:1 print", "shop/models.py:1 print"]


def test_star_imports(tmp_path: Path) -> None:
    """A package whose modules come in by a star is followed into all of them."""
    tree: Tree = {
        "wsgi.py": "import api\n",
        "api/__init__.py": "from . import *\n",
        "api/qr.py": "import StringIO\n",
    }
    assert found(tmp_path, tree) == ["api/qr.py:1 module"]


@pytest.mark.parametrize(
    "tree",
    [
        {
            "wsgi.py": "exec(compile(open('job.tpl.py').read(), 'j', 'exec'))\n",
            "job.tpl.py": "print 'x'\n",
        },
        {"wsgi.py": "execfile('settings.cfg')\n", "settings.cfg": "print 'x'\n"},
        {
            "wsgi.py": "import importlib\nimportlib.import_module('plugins.a')\n",
            "plugins/a.py": "print 1\n",
        },
        {
            "wsgi.py": "for name in names:\n    __import__('plugins.' + name)\n",
            "plugins/a.py": "print 1\n",
        },
    ],
)
def test_what_is_loaded_by_name(tmp_path: Path, tree: Tree) -> None:
    """Source that is compiled, run or imported by a name in a string counts as imported."""
    [path] = set(tree) - {"wsgi.py"}
    assert f"{path}:1 print" in found(tmp_path, tree)


def test_texts_are_no_source(tmp_path: Path) -> None:
    """A text that a program reads is not taken for Python that only 2 understands."""
    tree: Tree = {
        "wsgi.py": "x = eval('1')\nexec('y = 1')\nopen('notes.txt').read()\n",
        "notes.txt": "not a program\n",
    }
    assert found(tmp_path, tree) == []


def test_own_module_of_an_old_name(tmp_path: Path) -> None:
    """The project's own `commands` is no module that Python 3 has lost."""
    assert found(tmp_path, {"wsgi.py": "import commands\n", "commands/__init__.py": ""}) == []
