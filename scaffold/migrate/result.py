"""What rewriting a file comes to, and what it has to know of the files beside it."""

from __future__ import annotations

import codecs
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from scaffold.checks.rule import Edit
from scaffold.migrate.names import STAGE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scaffold.checks.requirements import Requirement

# The SDK for Python 2 and 3. Measured: both ends answer functions by the `LEANCLOUD_` names.
SDK_RANGE = ">=2.9.12,<4"
# 2.9.12 is the last one made for Python 2.7.
SDK_RANGE_PYTHON_2 = ">=2.9.12,<3"


@dataclass(frozen=True)
class Change:
    """One line that changes; `after` is empty where the line goes."""

    line: int
    before: str
    after: str


@dataclass(frozen=True)
class Left:
    """One place that is left as it is, for a person to look at.

    Attributes:
        line: from 1.
        code: why, the end of the messages `migrate.left.<code>`.
        name: what it is about: a variable, a requirement.
    """

    line: int
    code: str
    name: str


@dataclass(frozen=True)
class Rewritten:
    """A file after rewriting.

    Attributes:
        content: its bytes.
        changes: the lines that are different.
        left: what may be an old name and was not touched.
        sets_stage: it gives LC_APP_PROD a value, or would have.
        keeps_stage: it still reads LC_APP_PROD, because its meaning there is not certain.
    """

    content: bytes
    changes: tuple[Change, ...] = ()
    left: tuple[Left, ...] = ()
    sets_stage: bool = False
    keeps_stage: bool = False


@dataclass(frozen=True)
class Context:
    """What the files beside one say about it.

    Attributes:
        move_names: rename variables.
        move_sdk: ask for the SDK by its new name.
        move_stage: turn LC_APP_PROD into LEANCLOUD_APP_ENV where its meaning is certain.
        sdk_range: the versions of the SDK to ask for.
        kept_back: the requirement by which that is not today's SDK; None if it is.
        identifiers: the platform's names that the project also has as Python identifiers of its own.
        imported: names that Python files take from one another.
        readers: functions of the project that take the name of a variable, and where among their arguments.
    """

    move_names: bool = True
    move_sdk: bool = True
    move_stage: bool = True
    sdk_range: str = SDK_RANGE
    kept_back: Requirement | None = None
    identifiers: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    readers: Mapping[str, int] = field(default_factory=dict)


class Found:
    """What is found in one file, or in a part of one.

    Args:
        data: the bytes that positions count in.
        context: what the files beside it say.
    """

    def __init__(self, data: bytes, context: Context) -> None:
        self.data = data
        self.context = context
        self.edits: list[Edit] = []
        self.left: list[tuple[int, str, str]] = []
        self.stage: list[tuple[int, tuple[Edit, ...] | None]] = []
        self.sets_stage = False
        self.keeps_stage = False
        # Names that the file sets beside their successors.
        self.both: frozenset[str] = frozenset()

    def change(self, start: int, end: int, new: bytes) -> None:
        """Replace some bytes."""
        self.edits.append(Edit(start, end, new))

    def rename(self, start: int, name: str, new: str) -> None:
        """Rename a variable at a position."""
        if name in self.both:
            # The two may have different values.
            self.leave(start, "both", name)
        elif self.context.move_names:
            self.change(start, start + len(name), new.encode())
        else:
            self.leave(start, "held", name)

    def leave(self, start: int, code: str, name: str) -> None:
        """Note a place that stays as it is."""
        self.left.append((start, code, name))

    def stage_use(self, start: int, edits: Iterable[Edit] | None) -> None:
        """Note a use of LC_APP_PROD: how to rewrite it, or None where its meaning is not certain."""
        self.stage.append((start, None if edits is None else tuple(edits)))

    def settle(self) -> None:
        """Rewrite all uses of LC_APP_PROD, or none where one of them is not certain."""
        uses, self.stage = self.stage, []
        moving = self.context.move_stage and self.context.move_names
        certain = all(edits is not None for _, edits in uses)
        for start, edits in uses:
            if edits is not None and moving and certain:
                self.edits += edits
            else:
                self.leave(start, "stage" if edits is None else "stage-beside", STAGE_NAME)
        self.keeps_stage |= bool(uses) and not certain

    def take(self, part: Found, start: int) -> None:
        """Take over what was found in a part of the file that begins at a position."""
        part.settle()
        self.edits += [Edit(edit.start + start, edit.end + start, edit.new) for edit in part.edits]
        self.left += [(place + start, code, name) for place, code, name in part.left]

    def rewritten(self) -> Rewritten:
        """Return the file with everything done."""
        self.settle()
        content = apply(self.data, self.edits)
        left = {Left(self.data.count(b"\n", 0, place) + 1, code, name) for place, code, name in self.left}
        ordered = tuple(sorted(left, key=lambda item: (item.line, item.code, item.name)))
        return Rewritten(content, changes(self.data, content), ordered, self.sets_stage, self.keeps_stage)


def apply(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return bytes with replacements made; of two that overlap the first one counts."""
    pieces: list[bytes] = []
    position = 0
    for edit in sorted(dict.fromkeys(edits), key=lambda edit: (edit.start, edit.end)):
        if edit.start >= position:
            pieces += [data[position : edit.start], edit.new]
            position = edit.end
    return b"".join([*pieces, data[position:]])


def readable(data: bytes) -> str:
    """Return a file's text for people: nobody says what encoding a file is in, and old Chinese ones are GBK."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    return data.decode("utf-8", "replace")


def changes(before: bytes, after: bytes) -> tuple[Change, ...]:
    """Return the lines that differ, numbered as they were."""
    if before == after:
        return ()
    old, new = (readable(text).split("\n") for text in (before, after))
    if len(old) != len(new):
        return tuple(_moved(old, new))
    pairs = enumerate(zip(old, new, strict=True), 1)
    return tuple(Change(number, was.rstrip("\r"), now.rstrip("\r")) for number, (was, now) in pairs if was != now)


def _moved(old: list[str], new: list[str]) -> Iterable[Change]:
    for kind, start, end, other, other_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            for number in range(start, end):
                now = new[other + number - start] if other + number - start < other_end else ""
                yield Change(number + 1, old[number].rstrip("\r"), now.rstrip("\r"))
