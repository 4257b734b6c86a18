"""The apps of a repository are found where people put them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.adopt.apps import find
from tests.adopt.conftest import DJANGO, FASTAPI, OLD_FLASK, TUTORIAL
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trees import Tree


def below(folder: str, tree: Tree) -> Tree:
    """Return a project in a sub-folder."""
    return {f"{folder}/{path}": content for path, content in tree.items()}


@pytest.mark.parametrize(
    ("trees", "found"),
    [
        ([OLD_FLASK], ["."]),
        ([TUTORIAL], ["."]),
        ([DJANGO], ["."]),
        ([FASTAPI], ["."]),
        ([below("backend", OLD_FLASK), {"package.json": "{}"}], ["backend"]),
        ([below("site", DJANGO)], ["site"]),
        ([below("api", TUTORIAL)], ["api"]),
        ([below(name, OLD_FLASK) for name in ("a", "b", "c", "d", "e")], ["a", "b", "c", "d", "e"]),
        ([below("a", OLD_FLASK), below("a/b", OLD_FLASK)], ["a"]),
        ([OLD_FLASK, below("old", OLD_FLASK)], ["."]),
        ([below("shop/server", {"__init__.py": "", "wsgi.py": "application = 1\n"})], ["shop"]),
        ([below("tests", OLD_FLASK), below("examples", TUTORIAL)], []),
        ([below("svc", {**OLD_FLASK, "__init__.py": ""}), {"app.py": TUTORIAL["app.py"]}], ["svc"]),
        ([below("svc", {**OLD_FLASK, "__init__.py": ""}), TUTORIAL], ["."]),
        (
            [
                {
                    "main.py": (
                        "from tornado.web import Application as A\ndef make_app():\n    return "
                        "A([])\n"
                    )
                }
            ],
            ["."],
        ),
        ([{"main.py": "print(1)\n", "README.md": "wsgi.py\n"}], []),
    ],
)
def test_find(tmp_path: Path, trees: list[Tree], found: list[str]) -> None:
    """One in the root hides what lies below it; several beside one another are all named."""
    build_file_tree(tmp_path, *trees)
    assert [app.path for app in find(tmp_path)] == found
