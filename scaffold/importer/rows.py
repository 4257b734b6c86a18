"""A row of a source as it is kept: its columns checked, each with the type of its class, and what
cannot be kept named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from scaffold.messages import text
from scaffold.store import access, plain, saving, users, values
from scaffold.store.errors import ApiError
from scaffold.store.objects import OWN
from scaffold.store.schema import MAX_COLUMNS, Column

if TYPE_CHECKING:
    from collections.abc import Callable

ROLES = "_Role"
_NO_COLUMNS = frozenset({*OWN, *plain.MARKS, "ACL"})
_SECRETS = ("password", "salt", "sessionToken")
_LONGEST_SECRET = 1024
_TYPES = frozenset({"String", "Number", "Boolean", "Array", "Object", *values.READERS})
# An objectId of 24 hexadecimal digits begins with the seconds at which it was made.
_ID_WITH_TIME = 24


class RefusedRowError(Exception):
    """A row cannot be kept; the message says why, for people."""


@dataclass
class KeptRow:
    """A row as it is kept.

    Attributes:
        object_id: its id.
        created_at: when it was made, to the millisecond.
        updated_at: when it was changed.
        document: its columns.
        acl: who may read and write; None: everybody.
        place: file and line.
        secrets: of a user: `password` with `salt`, and `sessionToken`, as far as they are there.
    """

    object_id: str
    created_at: str
    updated_at: str
    document: dict[str, Any]
    acl: dict[str, Any] | None
    place: str
    secrets: dict[str, str] = field(default_factory=dict)


@dataclass
class RowReader:
    """Reads the rows of a class.

    Args:
        class_name: the class.
        columns: those that it has; new ones are added as rows bring them.
        lose: is called with field, reason and place for each value that is not kept.
    """

    class_name: str
    columns: dict[str, Column]
    lose: Callable[[str, str, str], None]

    def read(self, row: dict[str, Any], place: str) -> KeptRow:
        """Return what is kept of a row.

        Raises:
            RefusedRowError: nothing is.
        """
        object_id = row.get("objectId")
        if not isinstance(object_id, str) or not values.OBJECT_ID.fullmatch(object_id):
            raise RefusedRowError(text("import.reason.id"))
        created_at, updated_at = _times(row, object_id)
        try:
            acl = _acl(row.get("ACL"))
            saving.check_role(self.class_name, row, is_new=True)
        except ApiError as error:
            raise RefusedRowError(_reason(error)) from error
        secrets, rest = self._without_secrets(row, place)
        document = {}
        for key, value in rest.items():
            if key not in _NO_COLUMNS and (kept := self._kept(key, value, place)):
                document[key] = kept[0]
        name = document.get("username")
        if self.class_name == users.CLASS and not (isinstance(name, str) and name.strip()):
            raise RefusedRowError(text("import.reason.no-name"))
        return KeptRow(object_id, created_at, updated_at, document, acl, place, secrets)

    def _without_secrets(
        self, row: dict[str, Any], place: str
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """Return what lets a user in, and all else of a row."""
        if self.class_name != users.CLASS:
            return {}, row
        found = {key: row[key] for key in _SECRETS if row.get(key) is not None}
        secrets = {key: value for key, value in found.items() if _is_secret(value)}
        for key in found.keys() - secrets.keys():
            self.lose(key, text("import.reason.value"), place)
        if ("password" in secrets) != ("salt" in secrets):
            # A hash alone is of no use, and must not become a password.
            self.lose("password", text("import.reason.no-salt"), place)
            secrets = {key: value for key, value in secrets.items() if key == "sessionToken"}
        return secrets, {key: value for key, value in row.items() if key not in _SECRETS}

    def _kept(self, key: str, value: Any, place: str) -> tuple[Any] | None:
        """Return what is kept of a value; None where nothing is in the document."""
        if not values.KEY.fullmatch(key):
            self.lose(key[:64], text("import.reason.key"), place)
            return None
        try:
            kept = values.normalise(value)
        except (ApiError, RecursionError):
            self.lose(key, text("import.reason.value"), place)
            return None
        column = column_of(kept)
        if column is None:
            return (None,)
        known = self.columns.get(key)
        if known is None:
            if len(self.columns) >= MAX_COLUMNS:
                self.lose(key, text("import.reason.columns", number=MAX_COLUMNS), place)
                return None
            self.columns[key] = known = column
        if known != column and (known.type != column.type or (known.target and column.target)):
            given, expected = described(column), described(known)
            self.lose(key, text("import.reason.type", given=given, expected=expected), place)
            return None
        # Relations are kept apart; their column only says where they lead.
        return None if column.type == "Relation" else (kept,)


def column_of(value: Any) -> Column | None:
    """Return the column that holds a value; None for null, which any column holds."""
    if value is None:
        return None
    sort = values.kind(value)
    has_target = sort in {"Pointer", "Relation"}
    return Column(sort, value["className"] if has_target else None)


def columns_of(described_columns: dict[str, Any]) -> dict[str, Column]:
    """Return the columns that the platform described, as far as there are such."""
    found = {}
    for key, described_column in described_columns.items():
        sort, target = (
            (described_column.get("type"), described_column.get("className"))
            if isinstance(described_column, dict)
            else (None, None)
        )
        if (
            not isinstance(sort, str)
            or sort not in _TYPES
            or not values.KEY.fullmatch(key)
            or key in _NO_COLUMNS
        ):
            continue
        if sort not in {"Pointer", "Relation"}:
            found[key] = Column(sort)
        elif isinstance(target, str) and values.CLASS_NAME.fullmatch(target):
            found[key] = Column(sort, target)
    return found


def described(column: Column) -> str:
    """Return a column for people."""
    return f"{column.type} {column.target}" if column.target else column.type


def _is_secret(value: Any) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= _LONGEST_SECRET
        and not values.UNSTORABLE.search(value)
        and "$" not in value
    )


def _acl(given: Any) -> dict[str, Any] | None:
    """Return an ACL as it is kept. One that cannot be read must not open its row to everybody."""
    if given is None:
        return None
    acl = access.checked_acl(given)
    return None if acl == access.EVERYBODY else acl


def _times(row: dict[str, Any], object_id: str) -> tuple[str, str]:
    created, updated = (_time(row.get(key)) for key in ("createdAt", "updatedAt"))
    created = created or updated or _made_at(object_id)
    if created is None:
        raise RefusedRowError(text("import.reason.no-time"))
    return created, updated or created


def _time(given: Any) -> str | None:
    moment = given.get("iso") if isinstance(given, dict) else given
    if moment is None:
        return None
    try:
        return values.parse_iso(moment)
    except ApiError as error:
        raise RefusedRowError(text("import.reason.time")) from error


def _made_at(object_id: str) -> str | None:
    try:
        seconds = int(object_id[:8], 16) if len(object_id) == _ID_WITH_TIME else None
    except ValueError:
        return None
    return values.iso(datetime.fromtimestamp(seconds, timezone.utc)) if seconds else None


def _reason(error: ApiError) -> str:
    """Return why a row is refused, without anything of the row."""
    return text("import.reason.code", code=error.code)
