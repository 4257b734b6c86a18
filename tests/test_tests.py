"""Tests prove something: none asserts only inside of a loop that may have nothing to do."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
FILES = sorted((ROOT / "tests").rglob("test_*.py"))
# Calls whose result has at least one item, or as many as what they are given.
NEVER_EMPTY = {"some", "range", "product"}
AS_MANY = {"enumerate", "sorted", "zip"}
MAYBE_EMPTY = """
def test_one():
    for item in found():
        assert item


def test_two():
    for item in some(found()):
        assert item
    for name in {1: 2}.items():
        assert name


def test_three():
    for item in found():
        assert item
    assert True
"""


def empty_loops(source: str) -> Iterator[str]:
    """Yield the tests whose only assertions are in loops over what may be empty."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, FUNCTIONS) and node.name.startswith("test"):
            loops = [loop for loop in ast.walk(node) if isinstance(loop, ast.For)]
            risky = [loop for loop in loops if not _has_items(loop.iter)]
            inside = {id(part) for loop in risky for part in ast.walk(loop)}
            proofs = [part for part in ast.walk(node) if _proves(part)]
            if proofs and all(id(part) in inside for part in proofs):
                yield node.name


def _proves(node: ast.AST) -> bool:
    """Return whether a statement fails a test: an assertion, or a call that expects something."""
    if isinstance(node, ast.With):
        return any("raises" in ast.unparse(item) for item in node.items)
    called = ast.unparse(node.value) if isinstance(node, ast.Expr) else ""
    return isinstance(node, ast.Assert) or "expect" in called or "assert" in called


def _has_items(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
        return True
    if isinstance(node, ast.Name | ast.Attribute):
        return ast.unparse(node).rpartition(".")[2].isupper()  # a constant
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func)
    if name in AS_MANY:
        return all(_has_items(argument) for argument in node.args)
    base = node.func.value if isinstance(node.func, ast.Attribute) else None
    return name in NEVER_EMPTY or (base is not None and _has_items(base))


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_loops_have_something_to_do(file: Path) -> None:
    """A test that asserts in a loop only loops over `some(…)`, a constant or a literal."""
    assert list(empty_loops(file.read_text("utf-8"))) == []


def test_what_is_found() -> None:
    """Only the test whose loop may be empty is found."""
    assert list(empty_loops(MAYBE_EMPTY)) == ["test_one"]
