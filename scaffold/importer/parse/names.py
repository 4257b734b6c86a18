"""What classes and columns are called in Parse Server: as on the platform, where it allows that."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scaffold.importer.rows import RowReader, columns_of
from scaffold.importer.shapes import column_name
from scaffold.messages import text
from scaffold.store import values
from scaffold.store.indexes import fitting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.importer.rows import KeptRow
    from scaffold.store.schema import Column

# Classes of the platform that Parse Server has as well; it takes no other name with a line before.
SHARED = ("_User", "_Role", "_Installation")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
# No class and no column of Parse Server has one of these names.
_RESERVED = ("length", "className")
# It reads a column of this name as a date, in any class, and fails where it is none.
_DATE = "expiresAt"
_LEADING = ("Pointer", "Relation")


def field_name(key: str, sort: str = "Date") -> str:
    """Return what a column is called that has a type on the platform."""
    is_taken = key in _RESERVED or (key == _DATE and sort not in {"Date", "null"})
    return f"{key}_" if is_taken else column_name(key)


@dataclass
class ParseNames:
    """Knows what classes are called.

    Args:
        class_names: those that are imported.
    """

    class_names: Iterable[str]
    _known: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Leave their names to those that can keep them."""
        self._taken = {name for name in self.class_names if _is_free(name)}
        for name in sorted(self.class_names):
            self.of(name)

    def of(self, name: str) -> str:
        """Return what a class is called."""
        if name not in self._known:
            found = name if _is_free(name) else self._new(name)
            self._taken.add(found)
            self._known[name] = found
        return self._known[name]

    def _new(self, name: str) -> str:
        new = name.lstrip("_")
        if not _NAME.fullmatch(new):
            new = f"Class{name}"
        while new in _RESERVED or fitting(new) in self._taken:
            new += "_"
        return fitting(new)

    def columns(self, described: dict[str, Any]) -> dict[str, Column]:
        """Return the columns that the platform described, under their names in Parse Server."""
        found = {}
        for key, column in described.items():
            if isinstance(column, dict) and values.KEY.fullmatch(key):
                found[field_name(key, str(column.get("type")))] = self.leading(column)
        return columns_of(found)

    def leading(self, value: Any) -> Any:
        """Return a pointer, a relation or what describes a column of such, with the class that it
        leads to under its name in Parse Server; all else as it is.
        """
        target = value.get("className")
        if not isinstance(target, str) or not values.CLASS_NAME.fullmatch(target):
            return value
        return {**value, "className": self.of(target)}


def _is_free(name: str) -> bool:
    is_fine = _NAME.fullmatch(name) and name not in _RESERVED and fitting(name) == name
    return name in SHARED or bool(is_fine)


@dataclass
class ParseRowReader(RowReader):
    """Reads the rows of a class, under their names in Parse Server.

    Args:
        names: of classes.
        renamed: gets the columns that have another name than on the platform.
    """

    names: ParseNames
    renamed: dict[str, str] = field(default_factory=dict)
    _plain: set[str] = field(default_factory=set)

    def read(self, row: dict[str, Any], place: str) -> KeptRow:
        """Return what is kept of a row.

        Raises:
            RefusedRowError: nothing is.
        """
        return super().read(self._renamed(row, place), place)

    def _renamed(self, row: dict[str, Any], place: str) -> dict[str, Any]:
        found = {}
        for key, value in row.items():
            is_dict = isinstance(value, dict)
            leads = is_dict and value.get("__type") in _LEADING
            kept = self.names.leading(value) if leads else value
            name = self._name(key, value)
            if name != key:
                if name in row:
                    self.lose(key, text("import.reason.parse-name", name=name), place)
                    continue
                self.renamed[key] = name
            found[name] = kept
        return found

    def _name(self, key: str, value: Any) -> str:
        if key in self._plain or not values.KEY.fullmatch(key):
            return key
        name = field_name(key, str(values.kind(value)))
        if name == key != _DATE:
            self._plain.add(key)
        return name
