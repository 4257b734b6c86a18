"""Put a block of a page into a file, as its reader would."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

    from tests.docs.pages import Block

Piece: TypeAlias = "tuple[str, list[str]]"
"""A name and its lines."""

_KEY = re.compile(r"^[\w-]+(?=\s*[:=])")


def write(block: Block, path: Path) -> None:
    """Write a block of the fate `file`.

    Args:
        block: the block.
        path: its file.
    """
    old = path.read_text("utf-8") if block.way else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    if block.way == "after":
        path.write_text(_inserted(old, block), "utf-8")
    elif block.way == "change":
        path.write_text(_changed(old, block.code, path.suffix), "utf-8")
    elif block.way == "append":
        between = "\n\n" if path.suffix == ".py" else ""
        path.write_text(old + between + block.code, "utf-8")
    else:
        path.write_text(block.code, "utf-8")


def _inserted(old: str, block: Block) -> str:
    lines = old.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        if block.where in line:
            return "".join([*lines[:number], block.code, *lines[number:]])
    raise AssertionError(f"{block.place}: no line of {block.title} holds {block.where!r}")


def _changed(old: str, new: str, suffix: str) -> str:
    """Return a text with each piece of `new` in the place of its namesake;
    imports go to the top, others last.
    """
    pieces = _python_pieces if suffix == ".py" else _key_pieces
    for name, lines in pieces(new):
        if not name:
            continue
        text = pieces(old)
        names = [known for known, _ in text]
        if name in names:
            text[names.index(name)] = (name, lines)
        elif name.startswith("import "):
            last = max(
                (number for number, known in enumerate(names, 1) if known.startswith("import ")),
                default=0,
            )
            text.insert(last, (name, lines))
        else:
            text.append((name, ["\n", "\n", *lines] if suffix == ".py" else lines))
        old = "".join("".join(lines) for _, lines in text)
    return old


def _key_pieces(text: str) -> list[Piece]:
    """Return the top-level keys of YAML, INI or `.env` with their lines;
    comments right above a key go with it.
    """
    pieces: list[Piece] = [("", [])]
    for line in text.splitlines(keepends=True):
        key = _KEY.match(line)
        if key:
            above = _taken_from_end(pieces[-1][1])
            pieces.append((key[0], [*above, line]))
        else:
            pieces[-1][1].append(line)
    return pieces


def _python_pieces(text: str) -> list[Piece]:
    """Return the top-level statements of Python by name, and what stands
    between them, which has none.
    """
    lines = text.splitlines(keepends=True)
    pieces: list[Piece] = []
    done = 0
    for node in ast.parse(text).body:
        decorators = getattr(node, "decorator_list", [])
        start = min([node.lineno, *(each.lineno for each in decorators)]) - 1
        between = lines[done:start]
        above = _taken_from_end(between)
        done = node.end_lineno or node.lineno
        pieces += [("", between), (_name(node), [*above, *lines[start:done]])]
    return [*pieces, ("", lines[done:])]


def _taken_from_end(lines: list[str]) -> list[str]:
    """Take the comments at the end of some lines out of them, and return them."""
    start = len(lines)
    while start and lines[start - 1].startswith("#"):
        start -= 1
    taken = lines[start:]
    del lines[start:]
    return taken


def _name(node: ast.stmt) -> str:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return f"import {ast.unparse(node)}"
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0])
    return str(getattr(node, "name", "")) or ast.unparse(node)
