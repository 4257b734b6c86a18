"""What the source says of cloud functions: their arguments and docstrings. Nothing is imported."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple

from scaffold import files, walking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LIMIT = 1 << 20  # bytes of one file
_Definition = ast.FunctionDef | ast.AsyncFunctionDef


class Signature(NamedTuple):
    """What a cloud function takes, to begin with, and what it says of itself."""

    arguments: dict[str, Any]
    doc: str


def signatures(folder: Path) -> dict[str, Signature]:
    """Return the cloud functions of a project by name; what cannot be read is left out."""
    found: dict[str, Signature] = {}
    for path in walking.walk(folder):
        if path.endswith(".py"):
            found |= dict(_defined(folder / path))
    return found


def _defined(path: Path) -> Iterator[tuple[str, Signature]]:
    try:
        source = files.read(path, limit=_LIMIT)
        if b"define" not in source:
            return
        tree = ast.parse(source)
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, _Definition):
            for decorator in node.decorator_list:
                if name := _function_name(decorator, node.name):
                    yield name, Signature(_arguments(node), ast.get_docstring(node) or "")


def _function_name(decorator: ast.expr, otherwise: str) -> str:
    """Return what `@engine.define` or `@engine.define("name")` calls a function; else nothing."""
    call = decorator.func if isinstance(decorator, ast.Call) else decorator
    if not isinstance(call, ast.Attribute) or call.attr != "define":
        return ""
    given = decorator.args[:1] if isinstance(decorator, ast.Call) else []
    if given and isinstance(given[0], ast.Constant) and isinstance(given[0].value, str):
        return given[0].value
    return otherwise


def _arguments(node: _Definition) -> dict[str, Any]:
    """Return each argument with its default, null where it has none."""
    spec = node.args
    positional = [*spec.posonlyargs, *spec.args]
    without = len(positional) - len(spec.defaults)
    defaults: list[ast.expr | None] = [*[None] * without, *spec.defaults, *spec.kw_defaults]
    names = [argument.arg for argument in (*positional, *spec.kwonlyargs)]
    return {name: _literal(default) for name, default in zip(names, defaults, strict=True)}


def _literal(default: ast.expr | None) -> Any:
    if isinstance(default, ast.Constant) and isinstance(
        default.value, (str, int, float, bool, type(None))
    ):
        return default.value
    return None
