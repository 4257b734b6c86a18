"""What version 3 of the templates moved into the package `leanengine`.

That is modules, which the user's files import, and the reader that stood in env.py.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from scaffold.checks.module import Module, literal
from scaffold.migrate.python import shadow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ast_grep_py import SgNode

    from scaffold.migrate.result import Found, RewriteContext

PACKAGE = "leanengine"
# The platform's layers round an app: one of these in each project; before, it was leanengine.py.
_LAYERS = ("wsgi", "asgi", "sanic", "tornado")
_SDK = "leansdk"
NAMES = re.compile(rb"\bleansdk\b|\bleanengine\b")
# In a string, as `mock.patch` takes it.
_IN_STRING = re.compile(r"(leansdk|leanengine)(?:\.[A-Za-z_]\w*)+")


ENVIRONMENT = "env.py"
# Before version 3 the reader stood in env.py too; the user's variables are between these two.
_CLASS, _AFTER_FIELDS = b"class Env", b"    @property"
# The user's come after the last of these; the first is in English only.
_FIELDS = (b"    # Declare yours here", b"    # SMTP_PORT: int = 25")
_IMPORTS = b"from leanengine.environment import"


def layer(folder: Path) -> str:
    """Return the module of a project's platform layers; empty if it is not of version 3."""
    names = [name for name in _LAYERS if (folder / PACKAGE / f"{name}.py").is_file()]
    return names[0] if len(names) == 1 and not (folder / f"{_SDK}.py").exists() else ""


def concerns(path: str, content: bytes, context: RewriteContext) -> bool:
    """Return whether a Python file may import a module that moved.

    The new package itself does not.
    """
    return bool(context.layer and NAMES.search(content) and not path.startswith(f"{PACKAGE}/"))


def rewrite(found: Found) -> None:
    """Rewrite the imports of a Python file; names that it uses afterwards stay as they are."""
    module = Module("", shadow(found.data))
    targets = {_SDK: f"{PACKAGE}.sdk", PACKAGE: f"{PACKAGE}.{found.context.layer}"}
    for node in module.nodes("import_statement"):
        for imported in node.named_children():
            _plain(found, module, imported, targets)
    for node in module.nodes("import_from_statement"):
        name = node.field("module_name")
        if name is not None and name.text() in targets and not _of_package(node):
            found.change(*module.span(name), targets[name.text()].encode())
    for node in module.nodes("string"):
        value = literal(node) or ""
        match = _IN_STRING.fullmatch(value)
        if match and (match[1] == _SDK or not _is_submodule(value.split(".")[1])):
            start = module.span(node)[0] + node.text().index(value)
            found.change(start, start + len(match[1]), targets[match[1]].encode())


def _plain(found: Found, module: Module, imported: SgNode, targets: dict[str, str]) -> None:
    """Rewrite `import leansdk` and `import leansdk as name`; what it binds keeps its name."""
    renamed = imported.kind() == "aliased_import"
    name = imported.field("name") if renamed else imported
    if name is None or name.text() not in targets:
        return
    target = targets[name.text()]
    new = target if renamed else f"{target} as {name.text()}"
    found.change(*module.span(name), new.encode())


def _of_package(node: SgNode) -> bool:
    """Return whether an import takes modules of the new package, as the package's own files do."""
    name = node.field("module_name")
    return name is not None and name.text() == PACKAGE and all(map(_is_submodule, _taken(node)))


def _taken(node: SgNode) -> Iterator[str]:
    """Yield the names that `from module import …` takes."""
    for child in node.field_children("name"):
        inner = child.field("name") if child.kind() == "aliased_import" else child
        yield inner.text() if inner is not None else ""


def _is_submodule(name: str) -> bool:
    return name in {
        "sdk",
        "functions",
        "common",
        "logs",
        "startup",
        "environment",
        "asynchronous",
        *_LAYERS,
    }


def environment(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Return a new env.py with the variables and imports that the user added to an old one.

    Args:
        base: env.py of the version that the project was made from.
        ours: what the user made of it.
        theirs: env.py of version 3.

    Returns:
        None if one of the three is another, or if the user changed more than variables and imports.
    """
    old, new, lines = (content.splitlines(keepends=True) for content in (base, ours, theirs))
    start, end = _position(old, _CLASS), _position(old, _AFTER_FIELDS)
    fields_at = max(_position(lines, beginning) for beginning in _FIELDS)
    imports_at = _position(lines, _IMPORTS)
    if min(start, end, fields_at, imports_at) < 0:
        return None
    fields: list[bytes] = []
    imports: list[bytes] = []
    for kind, first, last, other, other_last in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        added = new[other:other_last]
        if kind == "equal":
            continue
        if start < first and last <= end:
            fields += added
        elif kind == "insert" and all(line.startswith((b"import ", b"from ")) for line in added):
            imports += added
        else:
            return None
    lines[fields_at + 1 : fields_at + 1] = fields
    lines[imports_at:imports_at] = imports
    return b"".join(lines)


def _position(lines: list[bytes], beginning: bytes) -> int:
    return next((number for number, line in enumerate(lines) if line.startswith(beginning)), -1)
