"""Python source, of any version, as a tree."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

BOM = b"\xef\xbb\xbf"
# Every level has an indentation of its own. A line that ends with a
# backslash is part of the next one's.
_INDENTATION = re.compile(rb"^(?:[ \t\r\f]|\\\r?\n)+", re.MULTILINE)
_MAX_INDENTATIONS = 250
_MAX_LINE = 30_000
_TEST_FOLDERS = frozenset({"test", "tests", "testing"})
_FUNCTIONS = frozenset({"function_definition", "lambda"})


class Import(NamedTuple):
    """One imported name: `from module import name as bound`, or `import
    module as bound` with an empty name.
    """

    module: str
    name: str
    bound: str
    node: SgNode


class Module:
    """One Python file.

    It is parsed as Latin-1, whatever its encoding: then no byte is wrong, and a position in the
    text is a position in the file. Names and keywords are ASCII, and so is what the rules look for.

    Args:
        path: relative to the project, with slashes.
        data: the file's bytes.
    """

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self._offset = len(BOM) if data.startswith(BOM) else 0
        self._found: dict[str, list[SgNode]] = {}

    @property
    def is_test(self) -> bool:
        """Whether it is part of the project's tests, which never run on the platform."""
        *folders, name = self.path.split("/")
        return (
            name.startswith("test_")
            or name == "conftest.py"
            or not _TEST_FOLDERS.isdisjoint(folders)
        )

    @property
    def dotted(self) -> str:
        """The name it is imported by from the project's root: `shop.views`."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @cached_property
    def root(self) -> SgNode:
        """The root of the tree."""
        from ast_grep_py import SgRoot

        source = self.data[self._offset :].decode("latin-1") if self.is_parsable else ""
        return SgRoot(source, "python").root()

    @cached_property
    def is_parsable(self) -> bool:
        """Whether the parser takes it; where it does not, it counts as empty.

        More levels of indentation than the parser has room for end the process; no Python
        can run such a file either, CPython takes 100. On a very long line, which a
        program wrote, everything takes long.
        """
        return len(set(_INDENTATION.findall(self.data))) <= _MAX_INDENTATIONS and not has_long_line(
            self.data
        )

    def nodes(self, kind: str) -> list[SgNode]:
        """Return all nodes of a kind of tree-sitter's Python grammar, in the order of the file."""
        if kind not in self._found:
            self._found[kind] = self.root.find_all(kind=kind)
        return self._found[kind]

    def place(self, node: SgNode) -> tuple[str, int, int]:
        """Return file, line and column of a node; the column counts
        characters, as editors do, not bytes.
        """
        start = node.range().start
        end = start.index + self._offset
        before = self.data[end - start.column : end].decode("utf-8", "replace")
        return self.path, start.line + 1, len(before) + 1

    def span(self, node: SgNode) -> tuple[int, int]:
        """Return where a node starts and ends in the file's bytes."""
        found = node.range()
        return found.start.index + self._offset, found.end.index + self._offset

    @cached_property
    def imports(self) -> list[Import]:
        """Every imported name, wherever it is imported."""
        return [*self._plain_imports(), *self._from_imports()]

    def imports_from(self, package: str) -> list[Import]:
        """Return what is imported from a package or one of its modules."""
        return [
            i for i in self.imports if i.module == package or i.module.startswith(f"{package}.")
        ]

    @cached_property
    def assignments(self) -> dict[str, list[SgNode]]:
        """The values given to plain names, by name, in the order of the file."""
        found: dict[str, list[SgNode]] = {}
        for node in self.nodes("assignment"):
            left, right = node.field("left"), node.field("right")
            if left is not None and right is not None and left.kind() == "identifier":
                found.setdefault(left.text(), []).append(right)
        return found

    def calls(self, *names: str) -> Iterator[SgNode]:
        """Yield the calls of functions by the last part of their name:
        `Engine` is also `leancloud.Engine`.
        """
        for node in self.nodes("call"):
            if callee(node).rpartition(".")[2] in names:
                yield node

    def _plain_imports(self) -> Iterator[Import]:
        for node in self.nodes("import_statement"):
            for part in node.field_children("name"):
                module, bound = _aliased(part)
                yield Import(module, "", bound or module, node)

    def _from_imports(self) -> Iterator[Import]:
        for node in self.nodes("import_from_statement"):
            source = node.field("module_name")
            module = show(source) if source is not None else ""
            for part in node.field_children("name"):
                name, bound = _aliased(part)
                yield Import(module, name, bound or name, node)
            if any(child.kind() == "wildcard_import" for child in node.children()):
                yield Import(module, "*", "*", node)


def has_long_line(data: bytes) -> bool:
    """Return whether a line is so long that a program wrote it.

    To say where a node is, the parser counts its line's characters up to there.
    """
    return max(map(len, data.split(b"\n"))) > _MAX_LINE


def _aliased(node: SgNode) -> tuple[str, str]:
    name, alias = node.field("name"), node.field("alias")
    return (
        (name.text(), alias.text()) if name is not None and alias is not None else (node.text(), "")
    )


def show(node: SgNode) -> str:
    """Return a node's source on one line, for people."""
    return " ".join(node.text().encode("latin-1").decode("utf-8", "replace").split())


def callee(call: SgNode) -> str:
    """Return what a call calls: `os.environ.get`."""
    function = call.field("function")
    return "".join(function.text().split()) if function is not None else ""


def arguments(call: SgNode) -> tuple[list[SgNode], dict[str, SgNode]]:
    """Return a call's arguments: by position, and by name."""
    inside = call.field("arguments")
    positional: list[SgNode] = []
    named: dict[str, SgNode] = {}
    for node in inside.named_children() if inside is not None else ():
        if node.kind() == "keyword_argument":
            name, value = node.field("name"), node.field("value")
            if name is not None and value is not None:
                named[name.text()] = value
        elif node.kind() != "comment":
            positional.append(node)
    return positional, named


def literal(node: SgNode | None) -> str | None:
    """Return the text of a plain string, None for anything else, an f-string with
    values included.
    """
    if node is None or node.kind() != "string":
        return None
    children = node.children()
    if any(child.kind() == "interpolation" for child in children) or node.text().startswith("`"):
        return None
    return "".join(child.text() for child in children if child.kind() == "string_content")


def number(node: SgNode | None) -> int | None:
    """Return the value of a plain whole number, None for anything else."""
    return int(node.text()) if node is not None and node.text().isdecimal() else None


def in_function(node: SgNode) -> bool:
    """Return whether a node is inside a function, so that it does not run
    when the module is imported.
    """
    return any(above.kind() in _FUNCTIONS for above in node.ancestors())


def under_main(node: SgNode) -> bool:
    """Return whether a node is under `if __name__ == "__main__":`."""
    return any(above.kind() == "if_statement" and _is_main(above) for above in node.ancestors())


def conditions(node: SgNode) -> list[SgNode]:
    """Return the `if` statements and expressions that a node is inside of,
    but for the `__main__` one.
    """
    kinds = ("if_statement", "conditional_expression")
    return [above for above in node.ancestors() if above.kind() in kinds and not _is_main(above)]


def _is_main(statement: SgNode) -> bool:
    condition = statement.field("condition")
    return (
        condition is not None and "__name__" in condition.text() and "__main__" in condition.text()
    )
