"""Where a Python module names environment variables: what it calls the environment, and what asks it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from scaffold.checks.module import arguments, callee, literal
from scaffold.migrate.nodes import (
    LOOPS,
    binds,
    call_of,
    function_with,
    is_parameter,
    memberships,
    name_of,
    parameters,
    squeezed,
    tells,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ast_grep_py import SgNode

    from scaffold.checks.module import Module

_GETTERS = frozenset({"getenv", "getenvb", "putenv", "unsetenv"})
_METHODS = frozenset({"get", "setdefault", "pop", "has_key", "__getitem__", "__contains__", "__setitem__"})
# pytest's monkeypatch, and what was made in its image.
_TEST_METHODS = frozenset({"setenv", "delenv"})
# Packages whose objects ask the environment when they are called.
_READERS = {"decouple": frozenset({"config"}), "environs": frozenset(), "environ": frozenset()}
_READER_CLASSES = frozenset({"Env", "FileAwareEnv"})
# click, typer and others: `option(envvar='X')`.
_NAMING_KEYWORDS = frozenset({"envvar", "env_var"})
_ROWS = frozenset({"tuple", "list", "set", "expression_list"})
_ROUNDS = 4


class Environment:
    """The expressions of one module that are the environment, and those that ask it.

    Args:
        module: the module.
        readers: functions of other files that take the name of a variable, and where among their arguments.
    """

    def __init__(self, module: Module, readers: Mapping[str, int]) -> None:
        self._module = module
        imports = module.imports
        self._os = {"os"} | {i.bound for i in imports if i.module == "os" and not i.name}
        from_os = {i.bound: i.name for i in imports if i.module == "os" and i.name}
        self._mappings = {f"{name}.{part}" for name in self._os for part in ("environ", "environb")}
        self._mappings |= {bound for bound, name in from_os.items() if name in {"environ", "environb"}}
        self._getters = {f"{name}.{part}" for name in self._os for part in _GETTERS}
        self._getters |= {bound for bound, name in from_os.items() if name in _GETTERS}
        if "*" in from_os:
            self._mappings.add("environ")
            self._getters |= _GETTERS
        self._readers = {i.bound for i in imports if i.name in _READERS.get(i.module, ())}
        self._helpers: dict[str, int] = {i.bound: readers[i.name] for i in imports if i.name in readers}
        self._assigned = self._assignments()
        self._find_aliases()
        self._find_helpers()

    def is_mapping(self, node: SgNode | None) -> bool:
        """Return whether an expression is the environment, or a copy of it."""
        if node is None:
            return False
        if node.kind() == "call":
            positional, _ = arguments(node)
            name = callee(node)
            if name in {"dict", "copy.copy", "copy.deepcopy", "copy", "deepcopy"}:
                return _splats(node, self) or (bool(positional) and self.is_mapping(positional[0]))
            return name.endswith((".copy", ".keys")) and name.rpartition(".")[0] in self._mappings
        if node.kind() == "dictionary":
            return _splats(node, self)
        text = squeezed(node)
        return text in self._mappings and not (node.kind() == "identifier" and is_parameter(node, text))

    def is_key(self, node: SgNode) -> bool:
        """Return whether an expression stands where the name of a variable is meant."""
        parent = node.parent()
        if parent is None:
            return False
        kind = parent.kind()
        if kind == "comparison_operator":
            return any(left == node and self.is_mapping(right) for left, right in memberships(parent))
        if kind == "argument_list":
            return self._is_argument(parent, node)
        above = parent.parent() if kind in _ROWS else parent
        if above is not None and above.kind() == "keyword_argument":
            call, name = call_of(above), squeezed(above.field("name"))
            return call is not None and (name in _NAMING_KEYWORDS or (above == parent and self._keyword(call) == name))
        if kind == "pair":
            return parent.field("key") == node and self._is_update(parent.parent())
        return kind == "subscript" and parent.field("value") != node and self.is_mapping(parent.field("value"))

    @cached_property
    def flowing(self) -> set[int]:
        """Where the strings begin that get to such a place by a name: `for name in ('A', 'B'): os.environ[name]`."""
        found: set[int] = set()
        for node in self._module.nodes("identifier"):
            if self.is_key(node):
                found |= {text.range().start.index for text in self._sources(node)}
        return found

    def keywords(self) -> Iterator[SgNode]:
        """Yield the names of keyword arguments that are variables: `os.environ.update(A='x')`."""
        for node in self._module.nodes("keyword_argument"):
            call, name = call_of(node), node.field("name")
            if call is None or name is None:
                continue
            positional, _ = arguments(call)
            owner, _, method = callee(call).rpartition(".")
            first = positional[0] if positional else None
            copies = callee(call) == "dict" and self.is_mapping(first)
            patches = callee(call).endswith("patch.dict") and self._is_environment_name(first)
            if copies or patches or (method == "update" and owner in self._mappings):
                yield name

    # What is called what

    def _assignments(self) -> dict[str, list[SgNode]]:
        found: dict[str, list[SgNode]] = {}
        for node in self._module.nodes("assignment"):
            left, right = node.field("left"), node.field("right")
            if left is not None and right is not None and left.kind() in {"identifier", "attribute"}:
                found.setdefault(squeezed(left), []).append(right)
        return found

    def _find_aliases(self) -> None:
        for _ in range(_ROUNDS):
            known = len(self._mappings) + len(self._getters) + len(self._readers)
            for name, values in self._assigned.items():
                # A name for two things is none for either.
                if all(self.is_mapping(value) for value in values):
                    self._mappings.add(name)
                elif all(self._is_getter(value) for value in values):
                    self._getters.add(name)
                elif all(self._makes_reader(value) for value in values):
                    self._readers.add(name)
            if known == len(self._mappings) + len(self._getters) + len(self._readers):
                return

    def _is_getter(self, node: SgNode) -> bool:
        owner, _, method = squeezed(node).rpartition(".")
        return squeezed(node) in self._getters or (method in _METHODS and owner in self._mappings)

    def _makes_reader(self, node: SgNode) -> bool:
        if node.kind() != "call":
            return False
        owner, _, name = callee(node).rpartition(".")
        imported = any(i.bound == name and i.module in _READERS for i in self._module.imports)
        return name in _READER_CLASSES and (owner in _READERS or (not owner and imported))

    def _find_helpers(self) -> None:
        """Find functions that take a variable's name: `def env(name): return os.environ[name]`."""
        for _ in range(2):
            for node in self._module.nodes("identifier"):
                if self.is_key(node) and (scope := function_with(node, node.text())) is not None:
                    name = name_of(scope)
                    if name and _only_for_keys(self, scope, node.text()):
                        self._helpers[name] = parameters(scope).index(node.text())

    @property
    def helpers(self) -> dict[str, int]:
        """The module's functions that take the name of a variable, and where among their arguments."""
        return dict(self._helpers)

    # What stands where

    def _is_argument(self, inside: SgNode, node: SgNode) -> bool:
        call = inside.parent()
        if call is None or call.kind() != "call":
            return False
        positional, _ = arguments(call)
        name = callee(call)
        owner, _, method = name.rpartition(".")
        place = self._helpers.get(name, self._helpers.get(method, -1) if owner in {"self", "cls"} else -1)
        if place >= 0 and len(positional) > place and positional[place] == node:
            return True
        if not positional or positional[0] != node:
            return False
        asks = name in self._getters or name in self._readers or (bool(owner) and owner in self._readers)
        return asks or method in _TEST_METHODS or (method in _METHODS and self._owner_is_mapping(call))

    def _owner_is_mapping(self, call: SgNode) -> bool:
        function = call.field("function")
        return function is not None and self.is_mapping(function.field("object"))

    def _keyword(self, call: SgNode) -> str:
        """Return the keyword argument by which a call of ours takes the name of a variable."""
        name = callee(call)
        owner, _, method = name.rpartition(".")
        if name in self._getters or (method in {"get", "pop"} and owner in self._mappings):
            return "key"
        place = self._helpers.get(name, -1)
        for node in self._module.nodes("function_definition") if place >= 0 else ():
            if name_of(node) == name:
                return parameters(node)[place]
        return ""

    def _is_update(self, dictionary: SgNode | None) -> bool:
        """Return whether a dictionary's keys are variables: `environ.update({…})`, `Popen(env={…})`."""
        if dictionary is None or dictionary.kind() != "dictionary":
            return False
        if _splats(dictionary, self):
            return True
        parent = dictionary.parent()
        if parent is None:
            return False
        if parent.kind() == "keyword_argument":
            return squeezed(parent.field("name")) == "env"
        call = parent.parent() if parent.kind() == "argument_list" else None
        if call is None or call.kind() != "call":
            return False
        owner, _, method = callee(call).rpartition(".")
        first = arguments(call)[0][0]
        patches = callee(call).endswith("patch.dict") and self._is_environment_name(first)
        return patches or (method == "update" and owner in self._mappings)

    def _is_environment_name(self, node: SgNode | None) -> bool:
        return self.is_mapping(node) or literal(node) == "os.environ"

    def _sources(self, key: SgNode) -> list[SgNode]:
        """Return the strings that an identifier stands for, none where it may be used as something else too."""
        name = key.text()
        if function_with(key, name) is not None:
            return []
        for above in key.ancestors():
            loops = [above] if above.kind() in LOOPS else [c for c in above.children() if c.kind() == "for_in_clause"]
            for loop in loops:
                if squeezed(loop.field("left")) == name and _only_for_keys(self, above, name):
                    return self._strings(loop.field("right"))
        values = self._assigned.get(name, [])
        if values and _only_for_keys(self, self._module.root, name):
            return [text for value in values for text in self._strings(value)]
        return []

    def _strings(self, node: SgNode | None) -> list[SgNode]:
        if node is None:
            return []
        if node.kind() == "string":
            return [node]
        if node.kind() in _ROWS:
            return [child for child in node.named_children() if child.kind() == "string"]
        values = self._assigned.get(squeezed(node), [])
        if node.kind() == "identifier" and len(values) == 1 and values[0].kind() in _ROWS:
            uses = [use for use in self._module.nodes("identifier") if use.text() == node.text()]
            # Of a list that is also used elsewhere it is not certain what the strings are there.
            iterated = [use for use in uses if (above := use.parent()) is not None and above.kind() in LOOPS]
            return self._strings(values[0]) if len(iterated) == len(uses) - 1 else []
        return []


def _splats(node: SgNode, environment: Environment) -> bool:
    """Return whether `**os.environ` is among a dictionary's entries or a call's arguments."""
    inside = node.field("arguments") if node.kind() == "call" else node
    splats = [c for c in inside.children() if c.kind() == "dictionary_splat"] if inside is not None else []
    return any(environment.is_mapping(child) for splat in splats for child in splat.named_children())


def _only_for_keys(environment: Environment, scope: SgNode, name: str) -> bool:
    """Return whether all uses of a name in a scope name a variable, or tell people of it."""
    for node in scope.find_all(kind="identifier"):
        if node.text() == name and not (environment.is_key(node) or binds(node) or tells(node)):
            return False
    return True
