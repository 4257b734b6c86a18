"""Which thing of the SDK a Python expression is, as far as the source says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.checks.module import arguments, callee, literal
from scaffold.checks.nodes import without_spaces
from scaffold.leave import imported, members, own_classes, sdk, values
from scaffold.leave.names import Binding, class_around, scopes_around
from scaffold.leave.parameters import parameter_of, value_of_parameter
from scaffold.leave.values import Value, queried_name, stored_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ast_grep_py import SgNode

    from scaffold.leave.packages import Packages

# Names for names for names, and calls in calls.
_DEPTH = 40
_SAME = frozenset({"list", "sorted", "reversed", "iter", "tuple", "set"})
# Where one of the expressions inside stands for the whole.
_FIRST = frozenset({"parenthesized_expression", "await", "boolean_operator", "list_comprehension"})
_EMPTY = frozenset({"none", "list", "dictionary", "string", "false"})


class Resolvers:
    """The resolvers of an app's modules, which ask each other.

    Args:
        packages: the modules of the app.

    Attributes:
        depth: how many expressions are being looked at, each for the sake of the one before.
    """

    def __init__(self, packages: Packages) -> None:
        self.packages = packages
        self.depth = 0
        self._found: dict[str, Resolver] = {}

    def of(self, path: str) -> Resolver:
        """Return the resolver of a module, by its path."""
        if path not in self._found:
            self._found[path] = Resolver(self, path)
        return self._found[path]


class Resolver:
    """Reads the expressions of one module.

    Args:
        shared: all resolvers.
        path: the module's.
    """

    def __init__(self, shared: Resolvers, path: str) -> None:
        self.shared = shared
        self.packages = shared.packages
        self.path = path
        self.names = self.packages.names(path)
        self._known: dict[tuple[int, int, str], Value | None] = {}
        self._exported: dict[str, Value | None] = {}

    def value(self, node: SgNode | None) -> Value | None:
        """Return what an expression is, None where that is nothing of the SDK, or not known."""
        if node is None:
            return None
        span = node.range()
        key = (span.start.index, span.end.index, node.kind())
        if key not in self._known:
            self._known[key] = None  # while it is looked at: for what is defined by itself
            if self.shared.depth < _DEPTH:
                self.shared.depth += 1
                self._known[key] = self._value(node)
                self.shared.depth -= 1
        return self._known[key]

    def text(self, node: SgNode | None) -> str | None:
        """Return the text of a string, or of a name for one."""
        if node is None or node.kind() != "identifier":
            return literal(node)
        given = self.names.module.assignments.get(node.text(), [])
        return literal(given[-1]) if given else None

    def exported(self, name: str) -> Value | None:
        """Return what a name is for those who import it from this module."""
        if name not in self._exported:
            self._exported[name] = None  # modules may import each other in a circle
            bound = self.of_bindings(self.names.bindings(None, name))
            self._exported[name] = bound or imported.from_stars(name, self)
        return self._exported[name]

    def at(self, path: str) -> Resolver:
        """Return the resolver of another module of the app."""
        return self.shared.of(path)

    def class_named(self, name: str, node: SgNode) -> str:
        """Return the class of the data storage that a class definition stands for."""
        for binding in self.names.bindings(node, "class_name"):
            if given := self.text(binding.node):
                return given
        for binding in self.names.bindings(node, "_class_name"):
            if given := self.text(binding.node):
                return given
        parent = node.parent()
        for decorator in parent.children() if parent is not None else ():
            call = next(iter(decorator.named_children()), None)
            if call is not None and callee(call).endswith("as_class"):
                positional, _ = arguments(call)
                return self.text(positional[0] if positional else None) or name
        return stored_name(name)

    def _value(self, node: SgNode) -> Value | None:
        kind = node.kind()
        if kind in _FIRST:
            return self.first(node.named_children())
        if kind == "conditional_expression":
            first, _, last = node.named_children()[:3]
            return self.first((first, last))
        read = {
            "identifier": self._name,
            "attribute": self._attribute,
            "call": self._call,
            "subscript": self._subscript,
            "assignment": self._assigned,
        }.get(kind)
        return read(node) if read is not None else None

    def _assigned(self, node: SgNode) -> Value | None:
        """Return what `b = Todo()` in `a = b = Todo()` is."""
        return self.value(node.field("right"))

    def first(self, nodes: Iterable[SgNode]) -> Value | None:
        """Return the first value that one of some expressions has."""
        found = [value for node in nodes if (value := self.value(node)) is not None]
        known = (value for value in found if value.kind != values.PLAIN)
        return next(known, found[0] if found else None)

    # Names

    def _name(self, node: SgNode) -> Value | None:
        name = node.text()
        scopes = list(scopes_around(node))
        for number, scope in enumerate(scopes):
            if scope.kind() == "class_definition" and number:
                continue  # a method does not see the names of its class
            bindings = self.names.bindings(scope, name)
            if bindings:
                return self._at(node, bindings)
            parameter = parameter_of(scope, name)
            if parameter is not None:
                return value_of_parameter(scope, parameter, self)
        bindings = self.names.bindings(None, name)
        if not bindings:
            return imported.from_stars(name, self)
        return self.of_bindings(bindings) if scopes else self._at(node, bindings)

    def _at(self, node: SgNode, bindings: list[Binding]) -> Value | None:
        """Return what a name is at a place of its own scope: by the last binding before it."""
        start = node.range().start.index
        before = [b for b in bindings if b.end <= start or b.kind in {"class", "function"}]
        for binding in reversed(before or bindings):
            if binding.kind == "value" and binding.node.kind() in _EMPTY:
                continue  # `x = None`, and another value in a branch
            return self._binding(binding)
        return None

    def of_bindings(self, bindings: list[Binding]) -> Value | None:
        """Return the last of a name's values that is known."""
        found = (self._binding(binding) for binding in reversed(bindings))
        return next((value for value in found if value), None)

    def _binding(self, binding: Binding) -> Value | None:
        if binding.imported is not None:
            return imported.value(binding.imported, self)
        if binding.kind == "function":
            return Value(values.FUNCTION, path=self.path, node=binding.node)
        if binding.kind == "class":
            return self.class_value(binding.node)
        found = self.value(binding.node)
        return self._item(found) if binding.kind == "item" else found

    def _item(self, found: Value | None) -> Value | None:
        if found is None:
            return None
        if found.kind == sdk.OBJECTS:
            return found.of(sdk.OBJECT)
        return found if found.kind == sdk.OBJECT else None

    def class_defined(self, node: SgNode) -> Value | None:
        """Return what a class definition defines, None where it is no class of the SDK's."""
        bases = node.field("superclasses")
        for base in bases.named_children() if bases is not None else ():
            found = self.value(base)
            if found is not None and found.kind == sdk.CLASS:
                name = self.class_named(without_spaces(node.field("name")), node)
                # A subclass of User is what the platform's own users are.
                own = found.name if found.name.startswith("_") else ""
                return Value(sdk.CLASS, own or name, path=self.path, node=node)
        return None

    def class_value(self, node: SgNode) -> Value:
        """Return a class of the app, of the SDK's or not."""
        return self.class_defined(node) or Value(values.PLAIN, path=self.path, node=node)

    # Expressions

    def _attribute(self, node: SgNode) -> Value | None:
        owner_node, name = node.field("object"), without_spaces(node.field("attribute"))
        owner = self.value(owner_node)
        if owner is None:
            return None
        if owner.kind == values.MODULE:
            return imported.member(owner, name, self)
        return own_classes.member(owner, name, self) or members.member(owner, name)

    def _subscript(self, node: SgNode) -> Value | None:
        owner = self.value(node.field("value"))
        if owner is None or owner.kind != sdk.OBJECTS:
            return None
        index = node.field("subscript")
        return owner if index is not None and index.kind() == "slice" else owner.of(sdk.OBJECT)

    def _call(self, node: SgNode) -> Value | None:
        function = node.field("function")
        positional, named = arguments(node)
        if callee(node) in _SAME and positional:
            return self.value(positional[0])
        if callee(node) == "super":
            return self._super(node)
        called = self.value(function)
        if called is None:
            return None
        first = positional[0] if positional else named.get("query_class") or named.get("name")
        if called.kind == values.FUNCTION:
            return self.returned(called)
        if called.kind == values.METHOD and called.owner is not None:
            return members.result(called.owner, called.name, self.class_given(first))
        return self._made(called, first)

    def _made(self, called: Value, first: SgNode | None) -> Value | None:
        """Return what a call of a class gives; a query for a class of the app knows its members."""
        made = members.made(called, self.class_given(first))
        asked = self.value(first)
        if asked is not None and asked.kind == sdk.CLASS and made == Value(sdk.QUERY, asked.name):
            return asked.of(sdk.QUERY)
        return made

    def _super(self, node: SgNode) -> Value | None:
        """Return the object that a method belongs to, as its base class has it."""
        around = class_around(node)
        found = self.class_defined(around) if around is not None else None
        return Value(sdk.OBJECT, found.name) if found is not None else None

    def class_given(self, node: SgNode | None) -> str:
        """Return the name of the class that an argument means: a string, or the class itself."""
        name = self.text(node)
        if name is not None:
            return queried_name(name)
        found = self.value(node)
        return found.name if found is not None and found.kind in {sdk.CLASS, sdk.QUERY} else ""

    def returned(self, function: Value) -> Value | None:
        """Return what a function of the app gives back."""
        other = self.shared.of(function.path)
        if function.node is None:
            return None
        found = function.node.find_all(kind="return_statement")
        inside = (node for node in found if next(scopes_around(node), None) == function.node)
        return next((v for node in inside if (v := other.first(node.named_children()))), None)
