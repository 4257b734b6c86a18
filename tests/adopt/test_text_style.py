"""What is rewritten keeps encoding, mark, line ends and last newline."""

from __future__ import annotations

import codecs

import pytest

from scaffold.adopt.text_style import append_lines, read_style

CHINESE = "# 依赖\nflask\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"flask",
        CHINESE.encode(),
        CHINESE.replace("\n", "\r\n").encode("gbk"),
        codecs.BOM_UTF8 + CHINESE.encode(),
        codecs.BOM_UTF16_LE + CHINESE.replace("\n", "\r\n").encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "flask".encode("utf-16-be"),
        "# caf\xe9 \xff\n".encode("latin-1"),
        b"one\r\ntwo\nthree\r\n",
    ],
)
def test_round_trip(data: bytes) -> None:
    """Text that did not change becomes the same bytes, and lines at the end
    leave all before them as it was.
    """
    text, style = read_style(data)
    assert style.encode(text) == data
    longer = append_lines(data, ["gunicorn"])
    assert longer.startswith(data)
    added, added_style = read_style(longer)
    assert added.splitlines()[-1] == "gunicorn"
    assert (added_style.encoding, added_style.mark, added_style.ends) == (
        style.encoding,
        style.mark,
        style.ends,
    )
