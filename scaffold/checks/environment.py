"""Where a Python module names environment variables: what it calls the
environment, and what asks it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from scaffold.checks.aliases import METHODS, EnvironmentAliases, splats
from scaffold.checks.module import arguments, callee, literal
from scaffold.checks.nodes import (
    LOOPS,
    binds,
    call_of,
    function_with,
    is_only_shown,
    memberships,
    name_of,
    parameters,
    without_spaces,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ast_grep_py import SgNode

    from scaffold.checks.module import Module

# pytest's monkeypatch, and what was made in its image.
_TEST_METHODS = frozenset({"setenv", "delenv"})
# click, typer and others: `option(envvar='X')`.
_NAMING_KEYWORDS = frozenset({"envvar", "env_var"})
_ROWS = frozenset({"tuple", "list", "set", "expression_list"})


class Environment(EnvironmentAliases):
    """The expressions of one module that are the environment, and those that ask it.

    Args:
        module: the module.
        readers: functions of other files that take the name of a variable,
            and where among their arguments.
    """

    def __init__(self, module: Module, readers: Mapping[str, int]) -> None:
        super().__init__(module)
        self._helpers = {i.bound: readers[i.name] for i in module.imports if i.name in readers}
        self._find_helpers()

    def is_key(self, node: SgNode) -> bool:
        """Return whether an expression stands where the name of a variable is meant."""
        parent = node.parent()
        if parent is None:
            return False
        kind = parent.kind()
        if kind == "comparison_operator":
            return any(
                left == node and self.is_mapping(right) for left, right in memberships(parent)
            )
        if kind == "argument_list":
            return self._is_argument(parent, node)
        above = parent.parent() if kind in _ROWS else parent
        if above is not None and above.kind() == "keyword_argument":
            call, name = call_of(above), without_spaces(above.field("name"))
            return call is not None and (
                name in _NAMING_KEYWORDS or (above == parent and self._keyword(call) == name)
            )
        if kind == "pair":
            return parent.field("key") == node and self._is_update(parent.parent())
        return (
            kind == "subscript"
            and parent.field("value") != node
            and self.is_mapping(parent.field("value"))
        )

    @cached_property
    def indirect(self) -> set[int]:
        """Where the strings begin that get to such a place by a name: `for name in
        ('A', 'B'): os.environ[name]`.
        """
        found: set[int] = set()
        for node in self.module.nodes("identifier"):
            if self.is_key(node):
                found |= {text.range().start.index for text in self._sources(node)}
        return found

    def keywords(self) -> Iterator[SgNode]:
        """Yield the names of keyword arguments that are variables: `os.environ.update(A='x')`."""
        for node in self.module.nodes("keyword_argument"):
            call, name = call_of(node), node.field("name")
            if call is None or name is None:
                continue
            positional, _ = arguments(call)
            owner, _, method = callee(call).rpartition(".")
            first = positional[0] if positional else None
            copies = callee(call) == "dict" and self.is_mapping(first)
            patches = callee(call).endswith("patch.dict") and self._is_environment_name(first)
            if copies or patches or (method == "update" and owner in self.mappings):
                yield name

    def _find_helpers(self) -> None:
        """Find functions that take a variable's name: `def env(name): return os.environ[name]`."""
        for _ in range(2):
            for node in self.module.nodes("identifier"):
                if self.is_key(node) and (scope := function_with(node, node.text())) is not None:
                    name = name_of(scope)
                    if name and _only_for_keys(self, scope, node.text()):
                        self._helpers[name] = parameters(scope).index(node.text())

    @property
    def helpers(self) -> dict[str, int]:
        """The module's functions that take the name of a variable, and where among
        their arguments.
        """
        return dict(self._helpers)

    # What stands where

    def _is_argument(self, inside: SgNode, node: SgNode) -> bool:
        call = inside.parent()
        if call is None or call.kind() != "call":
            return False
        positional, _ = arguments(call)
        name = callee(call)
        owner, _, method = name.rpartition(".")
        place = self._helpers.get(
            name, self._helpers.get(method, -1) if owner in {"self", "cls"} else -1
        )
        if place >= 0 and len(positional) > place and positional[place] == node:
            return True
        if not positional or positional[0] != node:
            return False
        asks = (
            name in self.getters or name in self.readers or (bool(owner) and owner in self.readers)
        )
        return (
            asks or method in _TEST_METHODS or (method in METHODS and self._owner_is_mapping(call))
        )

    def _owner_is_mapping(self, call: SgNode) -> bool:
        function = call.field("function")
        return function is not None and self.is_mapping(function.field("object"))

    def _keyword(self, call: SgNode) -> str:
        """Return the keyword argument by which a call of ours takes the name of a variable."""
        name = callee(call)
        owner, _, method = name.rpartition(".")
        if name in self.getters or (method in {"get", "pop"} and owner in self.mappings):
            return "key"
        place = self._helpers.get(name, -1)
        for node in self.module.nodes("function_definition") if place >= 0 else ():
            if name_of(node) == name:
                return parameters(node)[place]
        return ""

    def _is_update(self, dictionary: SgNode | None) -> bool:
        """Return whether a dictionary's keys are variables:
        `environ.update({…})`, `Popen(env={…})`.
        """
        if dictionary is None or dictionary.kind() != "dictionary":
            return False
        if splats(dictionary, self):
            return True
        parent = dictionary.parent()
        if parent is None:
            return False
        if parent.kind() == "keyword_argument":
            return without_spaces(parent.field("name")) == "env"
        call = parent.parent() if parent.kind() == "argument_list" else None
        if call is None or call.kind() != "call":
            return False
        owner, _, method = callee(call).rpartition(".")
        first = arguments(call)[0][0]
        patches = callee(call).endswith("patch.dict") and self._is_environment_name(first)
        return patches or (method == "update" and owner in self.mappings)

    def _is_environment_name(self, node: SgNode | None) -> bool:
        return self.is_mapping(node) or literal(node) == "os.environ"

    def _sources(self, key: SgNode) -> list[SgNode]:
        """Return the strings that an identifier stands for, none where it may
        be used as something else too.
        """
        name = key.text()
        if function_with(key, name) is not None:
            return []
        for above in key.ancestors():
            loops = (
                [above]
                if above.kind() in LOOPS
                else [c for c in above.children() if c.kind() == "for_in_clause"]
            )
            for loop in loops:
                if without_spaces(loop.field("left")) == name and _only_for_keys(self, above, name):
                    return self._strings(loop.field("right"))
        values = self.assigned.get(name, [])
        if values and _only_for_keys(self, self.module.root, name):
            return [text for value in values for text in self._strings(value)]
        return []

    def _strings(self, node: SgNode | None) -> list[SgNode]:
        if node is None:
            return []
        if node.kind() == "string":
            return [node]
        if node.kind() in _ROWS:
            return [child for child in node.named_children() if child.kind() == "string"]
        values = self.assigned.get(without_spaces(node), [])
        if node.kind() == "identifier" and len(values) == 1 and values[0].kind() in _ROWS:
            uses = [use for use in self.module.nodes("identifier") if use.text() == node.text()]
            # Of a list that is also used elsewhere it is not certain what the strings are there.
            iterated = [
                use for use in uses if (above := use.parent()) is not None and above.kind() in LOOPS
            ]
            return self._strings(values[0]) if len(iterated) == len(uses) - 1 else []
        return []


# What a module's expressions are does not change; several rules ask.
_KNOWN: WeakKeyDictionary[Module, Environment] = WeakKeyDictionary()


def environment_reads(module: Module) -> Iterator[tuple[SgNode, str]]:
    """Yield the strings that name environment variables, with the name.

    `os.environ['X']`, `.get('X')`, `'X' in os.environ`, `os.getenv('X')` and the like, also where
    the environment has another name in the module, and by a name or a function of the module's own.
    """
    if b"env" not in module.data:
        return
    if module not in _KNOWN:
        _KNOWN[module] = Environment(module, {})
    environment = _KNOWN[module]
    for node in module.nodes("string"):
        name = literal(node)
        if name and (environment.is_key(node) or node.range().start.index in environment.indirect):
            yield node, name


def _only_for_keys(environment: Environment, scope: SgNode, name: str) -> bool:
    """Return whether all uses of a name in a scope name a variable, or tell people of it."""
    for node in scope.find_all(kind="identifier"):
        if node.text() == name and not (
            environment.is_key(node) or binds(node) or is_only_shown(node)
        ):
            return False
    return True
