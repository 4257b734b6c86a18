"""The tree that is shown before a project is written."""

from __future__ import annotations

import pytest

from scaffold.tree import draw


def test_tree() -> None:
    """Folders come first, both sorted, with sizes in a column at the right."""
    sizes = {
        "wsgi.py": 7,
        "static/style.css": 1450,
        "static/img/logo.svg": 12345,
        "app.py": 0,
        ".gitignore": 99,
    }
    assert draw("shop/", sizes).splitlines() == [
        "shop/",
        "├── static/",
        "│   ├── img/",
        "│   │   └── logo.svg   12345",
        "│   └── style.css       1450",
        "├── .gitignore            99",
        "├── app.py                 0",
        "└── wsgi.py                7",
    ]


@pytest.mark.parametrize(
    ("sizes", "lines"), [({}, ["shop/"]), ({"a": 1}, ["shop/", "└── a       1"])]
)
def test_small_trees(sizes: dict[str, int], lines: list[str]) -> None:
    """A project of one file, or none, is drawn too."""
    assert draw("shop/", sizes).splitlines() == lines


def test_no_blanks_at_the_end() -> None:
    """Lines of folders have no blanks at the end."""
    assert all(line == line.rstrip() for line in draw("shop/", {"a/b/c": 1}).splitlines())


def test_a_file_cannot_be_a_folder() -> None:
    """A path below a file is a fault of the program."""
    with pytest.raises(TypeError, match=r"^a/b$"):
        draw("shop/", {"a": 1, "a/b": 1})
