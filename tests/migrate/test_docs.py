"""READMEs: long lines take time in proportion to their length, and mean what short ones do."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from scaffold.migrate import docs, text
from scaffold.migrate.result import Found, RewriteContext

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = b"LC_APP_ID "
# Far more than any of these takes, and far less than the square of its length would.
SECONDS = 30


@contextmanager
def limited() -> Iterator[None]:
    """Fail what takes more of the processor's time than `SECONDS`, however busy it is."""

    def stop(_number: int, _frame: object) -> None:
        pytest.fail("it takes more than linear time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@pytest.mark.parametrize(
    "line",
    [
        b"```" + b"a" * 400_000 + b"`",
        b"```" + b" " * 400_000 + b"`",
        b"~" * 400_000 + b"`",
        b"`" * 400_000 + b"x`",
    ],
)
def test_long_fence(line: bytes) -> None:
    """What begins like a block of code and is none is read once."""
    found = Found(b"# title\n\n" + NAME + b"\n" + line + b"\n", RewriteContext())
    with limited():
        docs.rewrite(found)


def test_long_inline_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a long line, each name is judged by what is near it."""
    seen: list[int] = []
    judge = text.names_variable

    def count(prefix: bytes, suffix: bytes, rules: text.Rules) -> bool:
        seen.append(len(prefix) + len(suffix))
        return judge(prefix, suffix, rules)

    monkeypatch.setattr(text, "names_variable", count)
    docs.rewrite(Found(b"`" + NAME * 2000 + b"`\n", RewriteContext()))
    assert len(seen) == 2000
    assert max(seen) <= 1000


@pytest.mark.parametrize("gap", [1, 400, 600, 2000])
def test_far_apart(gap: int) -> None:
    """A word far away in the same inline code still means that the name is not all of it."""
    found = Found(b"`say" + b" " * gap + b"LC_APP_ID`\n", RewriteContext())
    docs.rewrite(found)
    assert not found.edits


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_fence(fence: str) -> None:
    """Blocks of code are found with their language, and end with a fence of their own kind."""
    page = f"{fence} python title\nos.environ['LC_APP_ID']\n{fence}\n\nLC_APP_ID is a name.\n"
    found = Found(page.encode(), RewriteContext())
    docs.rewrite(found)
    assert [edit.start for edit in found.edits] == [page.index("LC_APP_ID")]
