"""Names of files for names that a server made up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.export import layout

HOSTILE = ("../x", "..", ".", "", "/etc/passwd", "C:\\x", "a/b", "CON", "nul.txt", "com1", "a\0b")


def test_an_ordinary_class_keeps_its_name() -> None:
    """What a class is called can be seen in the folder."""
    assert layout.path_of(layout.CLASSES, "_User", set()) == "classes/_User.jsonl"
    assert layout.path_of(layout.RELATIONS, "Post.tags", set()) == "relations/Post.tags.jsonl"


@pytest.mark.parametrize("name", [*HOSTILE, "\u202eabc", "类" * 300, "x" * 5000, "a\r\nb", "a."])
def test_a_hostile_name_stays_in_its_folder(name: str) -> None:
    """Nothing leads out of the folder, is reserved, or is too long."""
    for path in (layout.path_of(layout.CLASSES, name, set()), layout.file_path(name, name)):
        folder, slash, rest = path.partition("/")
        assert folder in {"classes", "files"}
        assert slash
        assert "/" not in rest
        assert "\\" not in rest
        assert rest.isascii()
        assert rest.isprintable()
        assert not rest.startswith(".")
        assert len(rest) < 200
        assert rest.split(".", maxsplit=1)[0].lower() not in {"con", "nul", "com1"}


def test_names_that_differ_by_case_only_are_two_files() -> None:
    """Windows and macOS would take them for one."""
    first = layout.path_of(layout.CLASSES, "Todo", set())
    second = layout.path_of(layout.CLASSES, "todo", {first.lower()})
    assert first.lower() != second.lower()
    assert layout.file_path("aB1", "x").lower() != layout.file_path("Ab1", "x").lower()


@settings(max_examples=200)
@given(st.text(), st.text(), st.text())
def test_two_ids_never_share_a_path(first: str, second: str, name: str) -> None:
    """Whatever the names, contents of one file are not written over another's."""
    paths = {layout.file_path(each, name).lower() for each in (first, second)}
    assert len(paths) == len({first, second})
