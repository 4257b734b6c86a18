"""Python modules as trees, and source that the parser must not see."""

from __future__ import annotations

import pytest

from scaffold.checks.module import Module

# The parser keeps every level of indentation in a buffer of its own; when that
# is full, it ends the process.
DEEP = {
    "four spaces": "".join(f"{' ' * 4 * n}if x:\n" for n in range(900)),
    "tabs": "".join("\t" * n + "if x:\n" for n in range(900)),
    "backslashes": "".join(" \\\n" * n + " if x:\n" for n in range(400)),
    "carriage returns": "".join(f"\r{' ' * n}if x:\n" for n in range(900)),
}


@pytest.mark.parametrize("source", DEEP.values(), ids=DEEP)
def test_too_deep(source: str) -> None:
    """A module that would end the process has no nodes, and says why."""
    module = Module("a.py", f"import os\n{source}".encode())
    assert not module.is_parsable
    assert module.imports == []


def test_long_line() -> None:
    """Nor has one with a line that no hand wrote: to find a place on it
    takes the time of its length.
    """
    assert not Module("a.py", b"import os;" * 5_000).is_parsable


def test_deep() -> None:
    """One that CPython can just compile is read."""
    source = "".join(f"{' ' * n}if x:\n" for n in range(99)) + f"{' ' * 99}import os\n"
    assert [found.module for found in Module("a.py", source.encode()).imports] == ["os"]
