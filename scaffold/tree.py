"""A project's files as a tree of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from scaffold.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

Node: TypeAlias = "dict[str, Node | int]"


def draw(title: str, sizes: Mapping[str, int]) -> str:
    """Return files and folders as a tree, folders first, sizes in bytes.

    Args:
        title: the top line.
        sizes: bytes by path, `/` between parts.
    """
    root: Node = {}
    for path, size in sizes.items():
        node = root
        *folders, name = path.split("/")
        for folder in folders:
            child = node.setdefault(folder, {})
            if isinstance(child, int):
                raise TypeError(path)
            node = child
        node[name] = size
    lines = list(_lines(root, ""))
    width = max((len(line) for line, _ in lines), default=0) + 2
    return "\n".join([title, *(f"{line:<{width}}{size}".rstrip() for line, size in lines)])


def _lines(node: Node, indent: str) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    entries = sorted(node.items(), key=lambda item: (isinstance(item[1], int), item[0]))
    for number, (name, child) in enumerate(entries, 1):
        last = number == len(entries)
        branch, below = ("└── ", "    ") if last else ("├── ", "│   ")
        if isinstance(child, int):
            lines.append((f"{indent}{branch}{printable(name)}", f"{child:>6}"))
        else:
            lines.append((f"{indent}{branch}{printable(name)}/", ""))
            lines += _lines(child, indent + below)
    return lines
