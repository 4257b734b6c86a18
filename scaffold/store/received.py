"""JSON that somebody sent: of it databases must be able to keep everything, or compare with it."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING

from scaffold.store import values
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from scaffold.store.values import Json

# How JSON may write what is refused: most requests have none of it, and are not gone through.
ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


def read(text: str | bytes, *, any_strings: bool = False) -> Json:
    """Read JSON without strings and numbers that databases cannot compare with.

    Args:
        text: what was sent.
        any_strings: whether its strings are checked later, each part by itself.

    Raises:
        ApiError: 107, the text is not JSON, or has such a string or number.
    """
    try:
        decoded = text if isinstance(text, str) else text.decode(json.detect_encoding(text))
        found = _DECODER.decode(decoded)
    except (ValueError, OverflowError, RecursionError) as error:
        raise ApiError(107) from error
    if not any_strings and ESCAPED.search(decoded):
        check_strings(found)
    return found


def check_strings(value: Json) -> None:
    """Refuse what has a string that cannot be kept; each value is looked at without a call.

    Raises:
        ApiError: 107, it has one.
    """
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            values.storable(found)
        elif isinstance(found, list):
            waiting += found
        elif isinstance(found, dict):
            waiting += [*found, *found.values()]


def _finite(digits: str) -> float:
    """Return a float that is a number.

    Raises:
        ValueError: it is too large for one.
    """
    number = float(digits)
    if math.isinf(number):
        raise ValueError(digits[:20])
    return number


# Made once, as in `values`.
_DECODER = json.JSONDecoder(
    parse_int=values.integer, parse_float=_finite, parse_constant=values.refuse
)
