"""What the names of a Python module are bound to, scope by scope."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from scaffold.checks.module import callee
from scaffold.checks.nodes import without_spaces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.module import Import, Module

_SCOPES = frozenset({"function_definition", "lambda", "class_definition"})
_SELVES = frozenset({"self", "cls"})

Kind = Literal["value", "item", "function", "class", "import"]


@dataclass(frozen=True)
class Binding:
    """One place that gives a name its value.

    Attributes:
        kind: the name is the value of `node`; an item of it; a function or class that it defines;
            or imported.
        node: an expression or a definition.
        imported: the import.
    """

    kind: Kind
    node: SgNode
    imported: Import | None = None

    @property
    def start(self) -> int:
        """Where it begins in the text."""
        return self.node.range().start.index

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.node.range().end.index


def scopes_around(node: SgNode) -> Iterator[SgNode]:
    """Yield the functions and classes around a node, the innermost first."""
    for above in node.ancestors():
        if above.kind() in _SCOPES:
            yield above


def class_around(node: SgNode) -> SgNode | None:
    """Return the class that a node is in, through any functions."""
    return next((s for s in scopes_around(node) if s.kind() == "class_definition"), None)


class ModuleNames:
    """The names of one module.

    Attributes:
        module: the module.
        stars: the modules of which it imports every name.
    """

    def __init__(self, module: Module) -> None:
        self.module = module
        self.stars = [i for i in module.imports if i.name == "*"]
        self._bound: dict[tuple[int, str], list[Binding]] = {}
        self._globals = {
            (_identity(node), without_spaces(name))
            for node in module.nodes("global_statement")
            for name in node.named_children()
        }
        self._bind_all()

    def bindings(self, scope: SgNode | None, name: str) -> list[Binding]:
        """Return what binds a name in a scope, in the order of the file.

        Args:
            scope: a function or class; None for the module.
            name: a name, or `.x` for what `self.x` is given in a class.
        """
        return self._bound.get((_key(scope), name), [])

    def calls_of(self, name: str) -> list[SgNode]:
        """Return the calls of functions by the last part of their name."""
        return self._calls.get(name, [])

    @cached_property
    def _calls(self) -> dict[str, list[SgNode]]:
        found: dict[str, list[SgNode]] = {}
        for call in self.module.nodes("call"):
            found.setdefault(callee(call).rpartition(".")[2], []).append(call)
        return found

    def _bind_all(self) -> None:
        for node in (*self.module.nodes("assignment"), *self.module.nodes("named_expression")):
            left = node.field("left") or node.field("name")
            right = node.field("right") or node.field("value")
            if left is not None and right is not None:
                self._bind_target(left, right, "value")
        for kind in ("for_statement", "for_in_clause"):
            for node in self.module.nodes(kind):
                left, right = node.field("left"), node.field("right")
                if left is not None and right is not None:
                    self._bind_loop(left, right)
        for node in self.module.nodes("as_pattern"):
            target = node.field("alias")
            if target is not None:
                self._bind(node, without_spaces(target), Binding("value", node.children()[0]))
        self._bind_definitions()
        for found in self.module.imports:
            name = found.bound if found.name else found.bound.partition(".")[0]
            self._bind(found.node, name, Binding("import", found.node, found))
        for bindings in self._bound.values():
            bindings.sort(key=lambda binding: binding.start)

    def _bind_definitions(self) -> None:
        kinds: tuple[tuple[str, Kind], ...] = (
            ("function_definition", "function"),
            ("class_definition", "class"),
        )
        for node_kind, kind in kinds:
            for node in self.module.nodes(node_kind):
                self._bind(node, without_spaces(node.field("name")), Binding(kind, node))

    def _bind_target(self, left: SgNode, right: SgNode, kind: Kind) -> None:
        if left.kind() == "identifier":
            self._bind(left, left.text(), Binding(kind, right))
        elif left.kind() == "attribute":
            owner, _, name = without_spaces(left).rpartition(".")
            around = class_around(left)
            if owner in _SELVES and around is not None:
                self._bound.setdefault((_key(around), f".{name}"), []).append(Binding(kind, right))
        elif left.kind() in {"pattern_list", "tuple_pattern"}:
            targets, values = left.named_children(), right.named_children()
            if right.kind() in {"expression_list", "tuple"} and len(targets) == len(values):
                for target, value in zip(targets, values, strict=True):
                    self._bind_target(target, value, kind)

    def _bind_loop(self, left: SgNode, right: SgNode) -> None:
        function = right.field("function")
        inside = right.field("arguments")
        if (
            left.kind() in {"pattern_list", "tuple_pattern"}
            and function is not None
            and function.text() == "enumerate"
            and inside is not None
        ):
            self._bind_target(left.named_children()[-1], inside.named_children()[0], "item")
        else:
            self._bind_target(left, right, "item")

    def _bind(self, place: SgNode, name: str, binding: Binding) -> None:
        around = next(scopes_around(place), None)
        key = _key(around)
        if (key, name) in self._globals:
            key = _key(None)
        self._bound.setdefault((key, name), []).append(binding)


def _key(scope: SgNode | None) -> int:
    return -1 if scope is None else scope.range().start.index


def _identity(node: SgNode) -> int:
    return _key(next(scopes_around(node), None))
