"""Chinese text without the blanks that line breaks of its source would
leave between its characters.
"""

from __future__ import annotations

import re

_FENCED = re.compile(r"(^ *(?:`{3,}|~{3,}).*?^ *(?:`{3,}|~{3,}) *$)", re.MULTILINE | re.DOTALL)
_WIDE = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”‘’…—]"
# After these no blank is wanted before a Latin word either.
_PUNCTUATION = r"[\u3001\u3002\uff01\uff08\uff0c\uff1a\uff1b\uff1f]"
# Not after a heading, which ends with its line.
_BREAK = re.compile(
    rf"(^(?!#)(?:.*{_WIDE}(?=\n *{_WIDE})|.*{_PUNCTUATION}(?=\n *[A-Za-z`\[])))\n *", re.MULTILINE
)


def without_breaks(markdown: str) -> str:
    """Return Markdown with lines joined where both sides of a break are
    Chinese; code stays as it is.
    """
    parts = _FENCED.split(markdown)
    return "".join(part if number % 2 else _joined(part) for number, part in enumerate(parts))


def _joined(text: str) -> str:
    while (joined := _BREAK.sub(r"\1", text)) != text:
        text = joined
    return text
