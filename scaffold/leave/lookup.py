"""What the parts of the resolver ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ast_grep_py import SgNode

    from scaffold.leave.names import Binding, ModuleNames
    from scaffold.leave.packages import Packages
    from scaffold.leave.values import Value


class Lookup(Protocol):
    """Reads the expressions of one module: `scaffold.leave.resolve.Resolver`.

    Attributes:
        path: the module's.
        packages: the modules of the app.
        names: the module's names.
    """

    path: str
    packages: Packages
    names: ModuleNames

    def value(self, node: SgNode | None) -> Value | None:
        """Return what an expression is, None where that is nothing of the SDK, or not known."""

    def first(self, nodes: Iterable[SgNode]) -> Value | None:
        """Return the first value that one of some expressions has."""

    def at(self, path: str) -> Lookup:
        """Return the resolver of another module of the app."""

    def exported(self, name: str) -> Value | None:
        """Return what a name is for those who import it from this module."""

    def of_bindings(self, bindings: list[Binding]) -> Value | None:
        """Return the last of a name's values that is known."""

    def returned(self, function: Value) -> Value | None:
        """Return what a function of the app gives back."""

    def class_defined(self, node: SgNode) -> Value | None:
        """Return what a class definition defines, None where it is no class of the SDK's."""

    def class_value(self, node: SgNode) -> Value:
        """Return a class of the app, of the SDK's or not."""

    def class_given(self, node: SgNode | None) -> str:
        """Return the name of the class that an argument means: a string, or the class itself."""
