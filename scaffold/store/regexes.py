"""Regular expressions that cannot hang: RE2 matches in time linear in the
text, whatever the expression.

Look-ahead, look-behind and back references, which RE2 does not have, are refused with an error.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_PATTERN = 1000
MAX_MEMORY = 1 << 20
FLAGS = {"i": "i", "m": "m", "s": "s"}
QUOTED = re.compile(r"\\Q(.*?)(?:\\E|\Z)", re.DOTALL)
SPECIAL = set(".^$*+?{}[]\\|()")
_SPACES_AND_COMMENTS = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|#[^\n]*|[ \t\n\r\f]", re.DOTALL)


def matcher(pattern: str, options: str) -> Callable[[str], bool]:
    """Return what says whether a text contains a match.

    Raises:
        ApiError: RE2 cannot use the pattern, or an option is unknown.
    """
    if len(pattern) > MAX_PATTERN:
        raise ApiError(1, f"A regular expression may have {MAX_PATTERN} characters.")
    if not set(options) <= {*FLAGS, "x"}:
        raise ApiError(1, f"Unknown options of a regular expression: {options[:20]!r}.")
    return _compiled(pattern, "".join(sorted(set(options))))


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str, options: str) -> Callable[[str], bool]:
    import re2

    settings = re2.Options()
    settings.log_errors = False
    settings.max_mem = MAX_MEMORY
    flags = "".join(FLAGS[option] for option in options if option in FLAGS)
    text = _without_spaces(pattern) if "x" in options else pattern
    try:
        compiled = re2.compile(f"(?{flags}){text}" if flags else text, settings)
    except re2.error as error:
        raise ApiError(1, f"Invalid regular expression: {pattern[:100]!r}.") from error
    return lambda value: compiled.search(value) is not None


def _without_spaces(pattern: str) -> str:
    """Return what option `x` means: outside of classes, spaces and comments do not count."""
    return _SPACES_AND_COMMENTS.sub(lambda found: found[0] if found[0][0] in "\\[" else "", pattern)


def literal(pattern: str, options: str) -> tuple[str, str] | None:
    """Return how to find what `pattern` says without a regular expression, as
    the SDKs' `contains` asks for it.

    Returns:
        `contains`, `starts`, `ends` or `is`, and the text; None where it
        takes a regular expression.
    """
    if options:
        return None
    starts, ends = pattern.startswith("^"), pattern.endswith("$") and not pattern.endswith("\\$")
    body = pattern[1 if starts else 0 : len(pattern) - ends]
    quoted = QUOTED.fullmatch(body)
    if quoted and "\\Q" not in quoted[1]:
        text = quoted[1]
    elif SPECIAL & set(body):
        return None
    else:
        text = body
    ways = {
        (False, False): "contains",
        (True, False): "starts",
        (False, True): "ends",
        (True, True): "is",
    }
    return ways[starts, ends], text
