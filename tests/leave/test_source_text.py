"""Comments and strings of other languages."""

from __future__ import annotations

from scaffold.leave.source_text import SourceText

SOURCE = """\
a("it's // no comment", 'x'); // it's one
/* b
c */ d(`e
f`) <!-- g -->
don't(h)
"""


def test_code_keeps_positions() -> None:
    """Comments and strings become blanks, in which every line and column stays."""
    source = SourceText(SOURCE)
    assert len(source.code) == len(source.without_comments) == len(SOURCE)
    assert source.code.split() == ["a(", ",", ");", "d(", ")", "don't(h)"]
    assert source.without_comments.count("\n") == SOURCE.count("\n")
    assert "it's // no comment" in source.without_comments
    assert "one" not in source.without_comments
    assert source.place(SOURCE.index("d(`")) == (3, 6)


def test_strings() -> None:
    """Each string is there with its place; a quote in a word ends with its line."""
    source = SourceText(SOURCE)
    assert [value for _, value in source.strings()] == ["it's // no comment", "x", "e\nf"]


def test_an_open_comment_ends_with_the_file() -> None:
    """What is not closed is a comment to the end."""
    assert SourceText("a /* b\nc").code == "a     \n "
