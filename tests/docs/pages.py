"""Read what a page tells its reader to type and to write;
tests/test_docs_commands.py says how it is marked.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Fate = Literal["run", "output", "file", "stop", "not run"]
SHELLS = frozenset({"sh", "console"})
OUTPUT = "text"
# How a file's block goes into the file, beside writing all of it.
WAYS = ("append", "change", "after")

_COMMENT = re.compile(r"[ ]*<!--\s*(.*?)\s*-->[ ]*\n?", re.DOTALL)
_FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>`{3,})(?P<info>[^`\n]*)\n(?P<code>.*?)^(?P=indent)(?P=ticks)$",
    re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(
    r"(not run|background until|after)\s*:\s*(.+)|(append|change|once)|exit (\d+)", re.DOTALL
)
_HIDDEN = re.compile(r"(?:run( once)?|background until: *([^\n]+))\n(.*)", re.DOTALL)
_TITLE = re.compile(r'title="([^"]+)"')
_CODE_COMMENT = re.compile(r"(^|\s+)(#|//) .*$", re.MULTILINE)


class PageError(Exception):
    """A page has a block that is neither run nor said why not."""


@dataclass(frozen=True)
class Block:
    """A fenced block, or the commands of a hidden one.

    Args:
        place: `page:line`, for messages.
        fate: what the test does with it.
        language: the word after the fence.
        code: the text, without its indentation.
        title: the file that it is, or is part of.
        way: how it gets into that file: empty (it is all of the file) or one of `WAYS`.
        where: the text of the line that it stands after, if `way` is `after`.
        exit_code: the one that its commands have to end with.
        until: the text in its output that tells that a command, left to run, is
            ready; empty for one that ends.
        hidden: whether readers do not see it.
        once: whether it is left out where a page is run again for its translation's outputs.
    """

    place: str
    fate: Fate
    language: str
    code: str
    title: str = ""
    way: str = ""
    where: str = ""
    exit_code: int = 0
    until: str = ""
    hidden: bool = False
    once: bool = False

    @property
    def essence(self) -> tuple[str, str, str]:
        """What the block of a translated page has to be the same in: all but
        comments, and what programs print.
        """
        code = "" if self.language == OUTPUT else _CODE_COMMENT.sub("", textwrap.dedent(self.code))
        return (
            self.language,
            self.title,
            "\n".join(line.rstrip() for line in code.splitlines() if line.strip()),
        )


def read(path: Path, *, marked: bool = True) -> list[Block]:
    """Return the blocks of a page in their order.

    Args:
        path: the page.
        marked: whether its marks count. A translation has none: its blocks
            have the fates of the original's.

    Raises:
        PageError: a mark marks nothing, or the fate of a block is not said.
    """
    return list(_blocks(path.read_text("utf-8"), path.name, marked=marked))


def visible(blocks: list[Block]) -> list[Block]:
    """Return the blocks that a reader sees."""
    return [block for block in blocks if not block.hidden]


def translated(blocks: list[Block], other: list[Block]) -> list[Block]:
    """Return the blocks to run for a page's translation, with what programs print
    taken from it; it has no marks.
    """
    outputs = iter([block.code for block in other])
    lent = [block if block.hidden else _with_output(block, next(outputs)) for block in blocks]
    return [block for block in lent if not block.once]


def _with_output(block: Block, code: str) -> Block:
    return replace(block, code=code) if block.fate == "output" else block


def _blocks(text: str, name: str, *, marked: bool) -> Iterator[Block]:
    marks: dict[str, str] = {}
    position = 0
    while position < len(text):
        end_of_line = text.find("\n", position) + 1 or len(text)
        place = f"{name}:{text.count(chr(10), 0, position) + 1}"
        comment, fence = _COMMENT.match(text, position), _FENCE.match(text, position)
        if comment and marked:
            hidden = _HIDDEN.fullmatch(comment[1])
            if comment[1] == "stop":
                yield Block(place, "stop", "", "", hidden=True)
            elif hidden:
                once = bool(hidden[1])
                yield Block(
                    place, "run", "sh", hidden[3], until=hidden[2] or "", hidden=True, once=once
                )
            else:
                marks |= _marks(comment[1])
        elif fence:
            yield _block(place, fence, marks if marked else {"not run": "a translation"})
            marks = {}
        elif marks and text[position:end_of_line].strip():
            raise PageError(f"{place}: {marks} marks no block")
        found = comment or fence
        position = max(found.end() if found else end_of_line, position + 1)


def _marks(comment: str) -> dict[str, str]:
    """Return what a comment says of the next block; nothing if it is for writers."""
    match = _MARK.fullmatch(comment)
    if not match:
        return {}
    if match[4]:
        return {"exit": match[4]}
    return {match[1]: match[2]} if match[1] else {match[3]: match[3]}


def _block(place: str, fence: re.Match[str], marks: dict[str, str]) -> Block:
    language, _, options = fence["info"].strip().partition(" ")
    title = _TITLE.search(options)
    code, once = textwrap.dedent(fence["code"]), "once" in marks
    block = Block(place, "not run", language, code, title[1] if title else "", once=once)
    if "not run" in marks:
        return block
    if language in SHELLS:
        until = marks.get("background until", "")
        return replace(block, fate="run", exit_code=int(marks.get("exit", 0)), until=until)
    if language == OUTPUT and not title:
        return replace(block, fate="output")
    if not title:
        raise PageError(
            f"{place}: say which file this is (title=), or why it is not tried (<!-- not "
            "run: … -->)"
        )
    way = next((name for name in WAYS if name in marks), "")
    return replace(
        block, fate="file", way=way, where=marks.get("after", ""), code=_as_in_file(fence)
    )


def _as_in_file(fence: re.Match[str]) -> str:
    """Return the code with the indentation that it has beyond its fence's: what
    goes into a class keeps its own.
    """
    indent = fence["indent"]
    return "".join(line.removeprefix(indent) for line in fence["code"].splitlines(keepends=True))
