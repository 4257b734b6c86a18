"""Values of the platform, as Parse Server's tables have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.store import values

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.importer.parse.files import FileNames
    from scaffold.importer.parse.names import ParseNames
    from scaffold.store.schema import Column

# What can be said of a value.
DIGITS, KEYS, NO_FILE, ELSEWHERE = "digits", "keys", "no-file", "elsewhere"
_PLAIN = {"String", "Boolean"}
_TEXTS: dict[str, Callable[[Any], str]] = {
    "Date": lambda value: str(value["iso"]),
    "Pointer": lambda value: str(value["objectId"]),
    "GeoPoint": lambda value: f"({value['longitude']!r},{value['latitude']!r})",
}


@dataclass
class ParseCells:
    """Turns values into what tables have.

    Args:
        names: of classes.
        files: the names of files.
    """

    names: ParseNames
    files: FileNames

    def cell(self, value: Any, column: Column, say: Callable[[str], None]) -> Any:
        """Return a value as COPY writes it.

        Args:
            value: as the data service keeps it, so that it is of bounded depth.
            column: its column.
            say: is called with what people have to know of the value.
        """
        sort = column.type
        if value is None or sort in _PLAIN:
            return value
        if sort in _TEXTS:
            return _TEXTS[sort](value)
        if sort == "File":
            return self._file(value["id"], say)
        converted = self._converted(value, say)
        return float(converted) if sort == "Number" else values.dumps(converted)

    def _converted(self, value: Any, say: Callable[[str], None]) -> Any:
        """Return a value that is within another one."""
        if isinstance(value, list):
            return [self._converted(item, say) for item in value]
        if isinstance(value, dict):
            return self._of_dict(value, say)
        if isinstance(value, int) and abs(value) > values.EXACT:
            say(DIGITS)
        return value

    def _of_dict(self, value: dict[str, Any], say: Callable[[str], None]) -> dict[str, Any]:
        sort = value.get("__type")
        if sort == "File":
            return {"__type": "File", "name": self._file(value["id"], say)}
        if sort == "Pointer":
            return {**value, "className": self.names.of(value["className"])}
        if sort is None and any("." in key or "$" in key for key in value):
            say(KEYS)
        return {key: self._converted(item, say) for key, item in value.items()}

    def _file(self, object_id: str, say: Callable[[str], None]) -> str:
        name = self.files.name(object_id)
        if name is None:
            say(NO_FILE)
        elif self.files.is_elsewhere(object_id):
            say(ELSEWHERE)
        return name or object_id
