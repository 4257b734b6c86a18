"""What the reader knows of an expression: which thing of the SDK it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.leave import sdk

if TYPE_CHECKING:
    from ast_grep_py import SgNode

# `plain` is a class of the app that is none of the SDK's, or an object of it.
SDK, MODULE, FUNCTION, METHOD, ENGINE, CURRENT, CQL, PLAIN = (
    "sdk",
    "module",
    "function",
    "method",
    "engine",
    "current",
    "cql",
    "plain",
)


@dataclass(frozen=True)
class Value:
    """A thing of the SDK, or what leads to one.

    Attributes:
        kind: one of `sdk` (`class`, `object`, `objects`, `query`, `relation`), or of this module.
        name: of the data storage's class, '' if not known; for `sdk` the dotted name below the
            package; for `module` its path; for `method` the method's name.
        owner: what a method belongs to.
        path, node: the module and the definition of a function or of a class of the app.
    """

    kind: str
    name: str = ""
    owner: Value | None = None
    path: str = ""
    node: SgNode | None = field(default=None, compare=False)

    def of(self, kind: str) -> Value:
        """Return a value of another kind about the same class."""
        return Value(kind, self.name, path=self.path, node=self.node)


USER = Value(sdk.OBJECT, "_User")


def of_sdk(path: str) -> Value:
    """Return what a dotted name of the SDK is: `leancloud.query.Query` is `Query`.

    Args:
        path: the name, with the package at its beginning.
    """
    name = path.removeprefix(sdk.PACKAGE).removeprefix(".")
    last = name.rpartition(".")[2]
    if last in sdk.CLASSES:
        return Value(sdk.CLASS, sdk.CLASSES[last])
    if last[:1].isupper():
        return Value(SDK, last)
    # The older SDK called it so, and had it below `engine` as well.
    inner = name.replace("cloudfunc", "cloud").removeprefix("engine.")
    if last == "current":
        return Value(CURRENT)
    if inner.startswith("cloud"):
        return Value(SDK, inner)
    return Value(SDK, name)


def stored_name(name: str) -> str:
    """Return the class of the data storage that a subclass of this name stands for."""
    return f"_{name}" if name in sdk.OWN_NAMES else name


def queried_name(name: str) -> str:
    """Return the class of the data storage that a query by this name asks."""
    return "_File" if name == "File" else stored_name(name)
