"""What a Python module calls the environment: `os.environ`, and every other name for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.checks.module import arguments, callee
from scaffold.checks.nodes import is_parameter, without_spaces

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from scaffold.checks.module import Module

_GETTERS = frozenset({"getenv", "getenvb", "putenv", "unsetenv"})
METHODS = frozenset(
    {"get", "setdefault", "pop", "has_key", "__getitem__", "__contains__", "__setitem__"}
)
# Packages with objects that ask the environment when they are called.
_READERS = {"decouple": frozenset({"config"}), "environs": frozenset(), "environ": frozenset()}
_READER_CLASSES = frozenset({"Env", "FileAwareEnv"})
# Names for names for names.
_ROUNDS = 4


class EnvironmentAliases:
    """The names of one module for the environment and for what asks it.

    Attributes:
        mappings: what is the environment: `os.environ`, `env` after `env = os.environ`.
        getters: functions that take the name of a variable: `os.getenv`.
        readers: objects of packages that do: `config` of python-decouple.
        assigned: the values given to names and attributes.
    """

    def __init__(self, module: Module) -> None:
        self.module = module
        imports = module.imports
        names = {"os"} | {i.bound for i in imports if i.module == "os" and not i.name}
        from_os = {i.bound: i.name for i in imports if i.module == "os" and i.name}
        parts = {"environ", "environb"}
        self.mappings = {f"{name}.{part}" for name in names for part in parts}
        self.mappings |= {bound for bound, name in from_os.items() if name in parts}
        self.getters = {f"{name}.{part}" for name in names for part in _GETTERS}
        self.getters |= {bound for bound, name in from_os.items() if name in _GETTERS}
        if "*" in from_os:
            self.mappings.add("environ")
            self.getters |= _GETTERS
        self.readers = {i.bound for i in imports if i.name in _READERS.get(i.module, ())}
        self.assigned = self._assignments()
        self._find_aliases()

    def is_mapping(self, node: SgNode | None) -> bool:
        """Return whether an expression is the environment, or a copy of it."""
        if node is None:
            return False
        if node.kind() == "call":
            positional, _ = arguments(node)
            name = callee(node)
            if name in {"dict", "copy.copy", "copy.deepcopy", "copy", "deepcopy"}:
                return splats(node, self) or (bool(positional) and self.is_mapping(positional[0]))
            return name.endswith((".copy", ".keys")) and name.rpartition(".")[0] in self.mappings
        if node.kind() == "dictionary":
            return splats(node, self)
        text = without_spaces(node)
        return text in self.mappings and not (
            node.kind() == "identifier" and is_parameter(node, text)
        )

    def _assignments(self) -> dict[str, list[SgNode]]:
        found: dict[str, list[SgNode]] = {}
        for node in self.module.nodes("assignment"):
            left, right = node.field("left"), node.field("right")
            if (
                left is not None
                and right is not None
                and left.kind() in {"identifier", "attribute"}
            ):
                found.setdefault(without_spaces(left), []).append(right)
        return found

    def _find_aliases(self) -> None:
        for _ in range(_ROUNDS):
            known = len(self.mappings) + len(self.getters) + len(self.readers)
            for name, values in self.assigned.items():
                # A name for two things is none for either.
                if all(self.is_mapping(value) for value in values):
                    self.mappings.add(name)
                elif all(self._is_getter(value) for value in values):
                    self.getters.add(name)
                elif all(self._makes_reader(value) for value in values):
                    self.readers.add(name)
            if known == len(self.mappings) + len(self.getters) + len(self.readers):
                return

    def _is_getter(self, node: SgNode) -> bool:
        owner, _, method = without_spaces(node).rpartition(".")
        return without_spaces(node) in self.getters or (
            method in METHODS and owner in self.mappings
        )

    def _makes_reader(self, node: SgNode) -> bool:
        if node.kind() != "call":
            return False
        owner, _, name = callee(node).rpartition(".")
        imported = any(i.bound == name and i.module in _READERS for i in self.module.imports)
        return name in _READER_CLASSES and (owner in _READERS or (not owner and imported))


def splats(node: SgNode, environment: EnvironmentAliases) -> bool:
    """Return whether `**os.environ` is among a dictionary's entries or a call's arguments."""
    inside = node.field("arguments") if node.kind() == "call" else node
    splats = (
        [c for c in inside.children() if c.kind() == "dictionary_splat"]
        if inside is not None
        else []
    )
    return any(
        environment.is_mapping(child) for splat in splats for child in splat.named_children()
    )
