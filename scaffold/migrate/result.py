"""What rewriting a file comes to, and what it has to know of the files beside it."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.edits import Edit, apply_edits
from scaffold.files import decode
from scaffold.migrate.names import NAME, STAGE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scaffold.requirements import Requirement

# The SDK for Python 2 and 3. Measured: both ends answer functions by the `LEANCLOUD_` names.
SDK_RANGE = ">=2.9.12,<4"
# 2.9.12 is the last one made for Python 2.7.
SDK_RANGE_PYTHON_2 = ">=2.9.12,<3"


@dataclass(frozen=True)
class ChangedLine:
    """One line that changes; `after` is empty where the line goes."""

    line: int
    before: str
    after: str


@dataclass(frozen=True)
class Leftover:
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
    changes: tuple[ChangedLine, ...] = ()
    left: tuple[Leftover, ...] = ()
    sets_stage: bool = False
    keeps_stage: bool = False


@dataclass(frozen=True)
class RewriteContext:
    """What the files beside one say about it.

    Attributes:
        move_names: rename variables.
        move_sdk: ask for the SDK by its new name.
        move_stage: turn LC_APP_PROD into LEANCLOUD_APP_ENV where its meaning is certain.
        sdk_range: the versions of the SDK to ask for.
        kept_back: the requirement by which that is not today's SDK; None if it is.
        identifiers: the platform's names that the project also has as
            Python identifiers of its own.
        imported: names that Python files take from one another.
        layer: the module of a generated project's platform layers, to which
            imports of version 2 are moved.
        readers: functions of the project that take the name of a variable,
            and where among their arguments.
    """

    move_names: bool = True
    move_sdk: bool = True
    move_stage: bool = True
    sdk_range: str = SDK_RANGE
    kept_back: Requirement | None = None
    identifiers: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    layer: str = ""
    readers: Mapping[str, int] = field(default_factory=dict)


class Found:
    """What is found in one file, or in a part of one.

    Args:
        data: the bytes that positions count in.
        context: what the files beside it say.
    """

    def __init__(self, data: bytes, context: RewriteContext) -> None:
        self.data = data
        self.context = context
        self.edits: list[Edit] = []
        self.left: list[tuple[int, str, str]] = []
        self.stage: list[tuple[int, tuple[Edit, ...] | None]] = []
        # Where a name surely is that of a variable, in code or settings that count.
        self.uses: list[tuple[int, str]] = []
        self.sets_stage = False
        self.keeps_stage = False
        # Names that the file sets beside their successors.
        self.both: frozenset[str] = frozenset()

    def change(self, start: int, end: int, new: bytes) -> None:
        """Replace some bytes."""
        self.edits.append(Edit(start, end, new))

    def rename(self, start: int, name: str, new: str) -> None:
        """Rename a variable at a position."""
        self.uses.append((start, name))
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

    def leave_all(self) -> None:
        """Note all names of a file that cannot be read; where it speaks of the
        environment, it reads them there.
        """
        code = "other-code" if b"env" in self.data.lower() else "other-file"
        for match in NAME.finditer(self.data):
            self.leave(match.start(), code, match[0].decode())

    def stage_use(self, start: int, edits: Iterable[Edit] | None) -> None:
        """Note a use of LC_APP_PROD: how to rewrite it, or None where its meaning is
        not certain.
        """
        self.uses.append((start, STAGE_NAME))
        self.stage.append((start, None if edits is None else tuple(edits)))

    def resolve_stage_uses(self) -> None:
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

    def add_part(self, part: Found, start: int, *, counts: bool = True) -> None:
        """Add what was found in a part of the file.

        Args:
            part: the part.
            start: where it begins.
            counts: whether it is in use; a comment is not.
        """
        part.resolve_stage_uses()
        if counts:
            self.uses += [(place + start, name) for place, name in part.uses]
        self.edits += [Edit(edit.start + start, edit.end + start, edit.new) for edit in part.edits]
        self.left += [(place + start, code, name) for place, code, name in part.left]

    def rewritten(self) -> Rewritten:
        """Return the file with everything done."""
        self.resolve_stage_uses()
        content = apply_edits(self.data, self.edits)
        newlines = [match.start() for match in re.finditer(b"\n", self.data)]
        left = {
            Leftover(bisect_left(newlines, place) + 1, code, name)
            for place, code, name in self.left
        }
        ordered = tuple(sorted(left, key=lambda item: (item.line, item.code, item.name)))
        return Rewritten(
            content,
            changes(self.data, content, self.edits),
            ordered,
            self.sets_stage,
            self.keeps_stage,
        )


def changes(before: bytes, after: bytes, edits: Iterable[Edit]) -> tuple[ChangedLine, ...]:
    """Return the lines that differ, numbered as they were.

    Args:
        before: the file.
        after: the same with the edits made.
        edits: they say which lines are removed.
    """
    if before == after:
        return ()
    removed = _removed_lines(before, edits)
    old, new = (decode(text).split("\n") for text in (before, after))
    found = []
    left = iter(new)
    for number, was in enumerate(old, 1):
        now = "" if number in removed else next(left, "")
        if was != now:
            found.append(ChangedLine(number, was.rstrip("\r"), now.rstrip("\r")))
    return tuple(found)


def _removed_lines(data: bytes, edits: Iterable[Edit]) -> set[int]:
    newlines = [match.start() for match in re.finditer(b"\n", data)]
    removed: set[int] = set()
    for edit in edits:
        first = bisect_left(newlines, edit.start) + 1
        count = data.count(b"\n", edit.start, edit.end) - edit.new.count(b"\n")
        is_whole = edit.start == 0 or data[edit.start - 1 : edit.start] == b"\n"
        begin = first if is_whole else first + 1
        removed |= set(range(begin, begin + count))
    return removed
