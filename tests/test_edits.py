"""Replacements in a file's bytes."""

from __future__ import annotations

from scaffold.edits import Edit, apply_edits


def test_overlapping_edits() -> None:
    """Of two edits in one place the first is made; the same edit twice is made once."""
    edits = [Edit(0, 3, b"A"), Edit(2, 4, b"B"), Edit(0, 3, b"A"), Edit(5, 5, b"!")]
    assert apply_edits(b"abcdef", edits) == b"Ade!f"
