"""Docstrings tell the truth: what they describe is what the signature has, all of it, in
its order.
"""

from __future__ import annotations

import ast
import inspect
import re
from typing import TYPE_CHECKING, TypeAlias

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"
MODULES = sorted((ROOT / "scaffold").rglob("*.py"))
ENTRY = re.compile(r" {4}((?:\*{0,2}\w+)(?:, \w+)*): \S")


def described(docstring: str, section: str) -> list[str] | None:
    """Return the names that a section of a docstring describes, None if there is no
    such section.
    """
    lines = docstring.split("\n")
    if f"{section}:" not in lines:
        return None
    names: list[str] = []
    for line in lines[lines.index(f"{section}:") + 1 :]:
        if line and not line.startswith(" "):
            break
        if entry := ENTRY.match(line):
            names += entry[1].replace("*", "").split(", ")
    return names


def parameters(function: Function) -> list[str]:
    """Return the parameters that a caller gives."""
    args = function.args
    names = [
        arg.arg
        for arg in (*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg)
        if arg
    ]
    return [name for name in names if name not in {"self", "cls"} and not name.startswith("_")]


def fields(node: ast.ClassDef) -> list[str]:
    """Return the fields that a class declares in its body, but for its constants and
    private ones.
    """
    targets = [
        part.target
        for part in node.body
        if isinstance(part, ast.AnnAssign) and "ClassVar" not in _text(part)
    ]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return [name for name in names if not name.startswith("_")]


def attributes(node: ast.ClassDef) -> set[str]:
    """Return all attributes of a class that it declares, sets on itself or has as properties."""
    found = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and _text(part.value) == "self":
            found.add(part.attr)
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            found.add(part.target.id)
        if isinstance(part, ast.Assign):
            found |= {target.id for target in part.targets if isinstance(target, ast.Name)}
    return found


def _text(node: ast.AST) -> str:
    return ast.unparse(node)


def lies(source: str) -> Iterator[str]:
    """Yield where a docstring of a module describes something else than the code has."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        docstring = inspect.cleandoc(ast.get_docstring(node) or "")
        args = described(docstring, "Args")
        has = _constructor(node) if isinstance(node, ast.ClassDef) else parameters(node)
        if args is not None and args != has:
            yield f"{node.name}, line {node.lineno}: Args {args}, signature {has}"
        named = described(docstring, "Attributes")
        if (
            named is not None
            and isinstance(node, ast.ClassDef)
            and (unknown := set(named) - attributes(node))
        ):
            yield f"{node.name}, line {node.lineno}: Attributes {sorted(unknown)} are not there"


def _constructor(node: ast.ClassDef) -> list[str]:
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == "__init__":
            return parameters(part)
    return fields(node)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_docstrings(module: Path) -> None:
    """`Args:` names every parameter in order, `Attributes:` only what the class has."""
    assert list(lies(module.read_text("utf-8"))) == []


def test_what_is_found() -> None:
    """A parameter that is missing, misspelt or gone is found."""
    source = '''
def right(a, *b, c=1, **d):
    """Do.

    Args:
        a, b: two.
        c: three.
        d: four.
    """


def wrong(a, b):
    """Do.

    Args:
        a: one.
        c: none.
    """


class Wrong:
    """Be.

    Attributes:
        a: there.
        b: not there.
    """

    a: int
'''
    assert [line.partition(",")[0] for line in lies(source)] == ["wrong", "Wrong"]
