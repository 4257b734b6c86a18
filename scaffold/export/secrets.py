"""What of a row is not written: what lets its finder act as the user.

The console's own export has session tokens. They are left out here: whoever finds the export must
not be logged in as everybody. After a move users log in once more. Of third-party logins the id at
the third party stays, by which a user is found again; its tokens go.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.export.lines import Json, Row

USERS = "_User"
_TOKEN = re.compile(r"token|secret|session_?key|password", re.IGNORECASE)
_DEEPEST = 20


def without(class_name: str, row: Row) -> Row:
    """Return a row without the tokens of a user."""
    if class_name != USERS:
        return row
    kept = {key: value for key, value in row.items() if key != "sessionToken"}
    if "authData" in kept:
        kept["authData"] = _without_tokens(kept["authData"], _DEEPEST)
    return kept


def _without_tokens(value: Json, depth: int) -> Json:
    if depth == 0:
        return None
    if isinstance(value, list):
        return [_without_tokens(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {
            key: _without_tokens(item, depth - 1)
            for key, item in value.items()
            if not _TOKEN.search(key)
        }
    return value
