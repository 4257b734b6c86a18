"""How a text file is written: encoding, byte order mark, line ends, last newline."""

from __future__ import annotations

from dataclasses import dataclass

from scaffold.files import BYTE_ORDER_MARKS

# Old Chinese files are GBK. Every byte is a character of Latin-1, so none is lost.
_ENCODINGS = ("utf-8", "gb18030", "latin-1")


@dataclass(frozen=True)
class TextStyle:
    """How a text file is written.

    Attributes:
        mark: the bytes that it begins with to say its encoding, often none.
        encoding: the encoding of the rest.
        newline: the end of its lines.
        ends: whether its last line has an end.
    """

    mark: bytes = b""
    encoding: str = "utf-8"
    newline: str = "\n"
    ends: bool = True

    def encode(self, text: str) -> bytes:
        """Return the bytes of a text with plain newlines."""
        body = text if self.ends else text.rstrip("\n")
        return self.mark + body.replace("\n", self.newline).encode(
            self.encoding, "backslashreplace"
        )


def read_style(data: bytes) -> tuple[str, TextStyle]:
    """Return a file's text, its line ends made plain newlines, and how it is written."""
    mark, encoding = next(((m, e) for m, e in BYTE_ORDER_MARKS if data.startswith(m)), (b"", ""))
    body = data[len(mark) :]
    encoding = next(e for e in (encoding, *_ENCODINGS) if e and _is_lossless(body, e))
    text = body.decode(encoding)
    is_windows = 0 < text.count("\r\n") == text.count("\n")
    # With both kinds of line ends, each line keeps its own.
    plain = text.replace("\r\n", "\n") if is_windows else text
    newline = "\r\n" if is_windows else "\n"
    return plain, TextStyle(mark, encoding, newline, not plain or plain.endswith("\n"))


def _is_lossless(data: bytes, encoding: str) -> bool:
    try:
        return data.decode(encoding).encode(encoding) == data
    except UnicodeError:
        return False


def append_lines(data: bytes, lines: list[str]) -> bytes:
    """Return a file with lines more at its end; every byte that was there stays."""
    _, style = read_style(data)
    newline = style.newline.encode(style.encoding)
    added = newline.join(line.encode(style.encoding, "backslashreplace") for line in lines)
    return data + (added + newline if style.ends else newline + added)
