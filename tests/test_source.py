"""What the source of scaffold keeps to, beyond what ruff can see."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MODULES = sorted((ROOT / "scaffold").rglob("*.py"))
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
LONGEST_MODULE = 300


@cache  # not read by workers that run none of these tests
def tree_of(path: Path) -> ast.Module:
    """Return the tree of a module."""
    return ast.parse(path.read_bytes())


def test_a_class_name_means_one_thing() -> None:
    """No two classes have the same name, with or without an underscore."""
    names = Counter(
        node.name.removeprefix("_")
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_is_packed(path: Path) -> None:
    """No comprehension is inside of another one, and no module is too long to read."""
    outer = (node for node in ast.walk(tree_of(path)) if isinstance(node, COMPREHENSIONS))
    inner = [
        part.lineno
        for node in outer
        for part in ast.walk(node)
        if isinstance(part, COMPREHENSIONS) and part is not node
    ]
    assert inner == []
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_MODULE
