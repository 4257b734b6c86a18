"""The report answers the owner's question first: will it start?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.adopt.conftest import OLD_FLASK, TUTORIAL

if TYPE_CHECKING:
    from tests.conftest import Repository, Scaffold
    from tests.trees import Tree

APP = str(TUTORIAL["app.py"])


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        (
            {"app.py": "import settings\n" + APP, ".gitignore": "settings.py\n"},
            "imports settings, which git ignores",
        ),
        (
            {
                "app.py": "import lib.core\n" + APP,
                "lib/__init__.py": "",
                "lib/core.py": "from dao import X\n",
                "lib/dao.py": "X = 1\n",
            },
            "lib/core.py:1  imports dao from its own package",
        ),
        (
            {
                "app.py": "import lib\n" + APP,
                "lib/__init__.py": "from .keys import KEY\n",
            },
            "imports lib.keys, which does not exist",
        ),
        ({"app.py": "import redis\n" + APP}, "imports redis, which no requirement provides"),
        (
            {"app.py": "import lib.gone\n" + APP, "lib/__init__.py": ""},
            "imports lib.gone, which does not exist",
        ),
    ],
)
def test_what_surely_stops_it(
    scaffold: Scaffold, repository: Repository, tree: Tree, reason: str
) -> None:
    """What keeps it from starting stands first, once, and is not repeated below."""
    folder = repository(TUTORIAL, tree)
    result = scaffold("adopt", str(folder), "--dry-run")
    assert result.err.startswith("starts: no, because")
    assert reason in result.err.partition("Found in")[0]
    assert result.err.count(reason) == 1


def test_not_verified(scaffold: Scaffold, repository: Repository) -> None:
    """Where nothing stands against it and it was not started, the report promises nothing."""
    result = scaffold("adopt", str(repository(TUTORIAL)), "--yes", "--json")
    assert json.loads(result.out)["starts"] == {"answer": "unverified", "because": []}


def test_packages_of_other_names(scaffold: Scaffold, repository: Repository) -> None:
    """A module may be another package's: what is not certain does not answer the question."""
    tree: Tree = {
        "app.py": "import telegram\nimport odd\n" + APP,
        "requirements.txt": "flask\npython-telegram-bot\nmystery\n",
    }
    result = scaffold("adopt", str(repository(TUTORIAL, tree)), "--dry-run")
    assert result.err.startswith("starts: not verified")
    assert "imports odd" in result.err
    assert "telegram" not in result.err


def test_each_once(scaffold: Scaffold, repository: Repository) -> None:
    """The same finding in many files is one block with its first places."""
    tree: Tree = {f"p{number}.py": "import redis\n" for number in range(9)}
    tree = {
        **tree,
        "app.py": "import " + ", ".join(path.removesuffix(".py") for path in tree) + "\n" + APP,
    }
    result = scaffold("adopt", str(repository(TUTORIAL, tree)), "--dry-run")
    assert result.err.count("imports redis") == 1
    assert "(and 8 more places)" in result.err


def test_warnings_stand_apart(scaffold: Scaffold, repository: Repository) -> None:
    """What only bites one day is listed after what is to be done."""
    tree: Tree = {"settings.py": "SECRET_KEY = 'not-very-secret-at-all'\n"}
    result = scaffold("adopt", str(repository(OLD_FLASK, tree)), "--dry-run")
    assert "LE082" in result.err.partition("Warnings:")[2]


def test_module_that_only_this_disk_has(scaffold: Scaffold, repository: Repository) -> None:
    """A module that git ignores is there now and missing from a clone, which is said."""
    folder = repository(TUTORIAL, {"app.py": "import settings\n" + APP})
    (folder / "settings.py").write_text("x = 1\n")
    (folder / ".git" / "info" / "exclude").write_text("settings.py\n")
    result = scaffold("adopt", str(folder), "--dry-run")
    assert result.err.startswith("starts: not verified")
    assert "imports settings, which git ignores" in result.err


def test_own_modules_on_the_path(scaffold: Scaffold, repository: Repository) -> None:
    """Where a folder is put on `sys.path`, plain names are found there."""
    tree: Tree = {
        "app.py": "import sys\nsys.path.append('lib')\nimport lib.core\n" + APP,
        "lib/__init__.py": "",
        "lib/core.py": "from dao import X\n",
        "lib/dao.py": "X = 1\n",
    }
    result = scaffold("adopt", str(repository(TUTORIAL, tree)), "--dry-run")
    assert "dao" not in result.err
