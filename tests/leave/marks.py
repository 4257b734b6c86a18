"""Source that says in its own comments what is expected of the reader.

`#: service subject operation` stands behind each line that uses a service, `-` for no subject;
several are separated by commas. In other languages it is `//:`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.leave.uses import ServiceUse
    from tests.trees import Tree

_MARK = re.compile(r"(?:#|//|<!--): (.*?)(?: -->)?$")


def expected(tree: Tree) -> set[str]:
    """Return what the comments of a tree expect: `FILE:LINE service subject operation`."""
    return {
        f"{path}:{number} {mark.strip()}"
        for path, source in tree.items()
        for number, line in enumerate(str(source).splitlines(), 1)
        if (found := _MARK.search(line))
        for mark in found[1].split(",")
    }


def shown(uses: Iterable[ServiceUse]) -> set[str]:
    """Return uses in the form of `expected`."""
    return {
        f"{use.file}:{use.line} {use.service} {use.subject or '-'} {use.operation}" for use in uses
    }
