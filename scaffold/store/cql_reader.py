"""The words of CQL, one after another, and its values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.store import received, values
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.store.values import Json

TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")
      | (?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<name>[A-Za-z_$][A-Za-z0-9_.]*)
      | (?P<sign><=|>=|!=|<>|[=<>(),*?\[\]-])
    )""",
    re.VERBOSE | re.DOTALL,
)
CONSTANTS = {"true": True, "false": False, "null": None}


def tokens(text: str) -> list[str]:
    """Return the words of a query.

    Raises:
        ApiError: 300, something is no word.
    """
    found, at = [], 0
    text = text.strip().rstrip(";").rstrip()
    while at < len(text):
        rest = text[at:].lstrip()
        if rest.startswith("{"):
            found.append(_object(rest))
            at = len(text) - len(rest) + len(found[-1])
            continue
        word = TOKEN.match(text, at)
        if word is None:
            raise ApiError(300, f"CQL syntax error near {text[at : at + 20]!r}.")
        found.append(word[0].strip())
        at = word.end()
    return found


def _object(text: str) -> str:
    """Return the JSON object that a text begins with."""
    try:
        return text[: json.JSONDecoder().raw_decode(text)[1]]
    except (ValueError, RecursionError) as error:
        raise ApiError(300, f"CQL syntax error near {text[:20]!r}.") from error


@dataclass
class Reader:
    """Reads words one after another.

    Args:
        tokens: the words.
        listed: the values of question marks, in their order.
        at: which word is next.
    """

    tokens: list[str]
    listed: list[Json]
    at: int = 0

    def value(self) -> Json:
        """Read a value."""
        word = self.next()
        if word == "?":
            if not self.listed:
                raise ApiError(300, "There are fewer values than question marks.")
            return self.listed.pop(0)
        if word in "([":
            return self._values(")" if word == "(" else "]")
        if word[0] in "'\"":
            return _unquoted(word)
        if word.lower() in CONSTANTS:
            return CONSTANTS[word.lower()]
        if word.lower() in _FUNCTIONS and self.takes("("):
            return _function(word.lower(), self._values(")"))
        if not re.match(r"[+-]?\d|\{", word):
            raise ApiError(300, f"CQL syntax error near {word[:20]!r}.")
        return received.read(word.lstrip("+"))

    def _values(self, end: str) -> list[Json]:
        found: list[Json] = []
        while not self.takes(end):
            if found:
                self.need(",")
            found.append(self.value())
        return found

    def peek(self, word: str) -> bool:
        """Say whether a word comes next."""
        return self.at < len(self.tokens) and self.tokens[self.at].lower() == word

    def takes(self, word: str) -> bool:
        """Go past a word where it comes next; say whether it did."""
        found = self.peek(word)
        self.at += found
        return found

    def need(self, word: str) -> None:
        """Go past a word that must come next."""
        if not self.takes(word):
            raise ApiError(300, f"CQL syntax error: `{word}` is missing.")

    def next(self) -> str:
        """Return the next word."""
        if self.at >= len(self.tokens):
            raise ApiError(300, "CQL syntax error: the query ends too early.")
        self.at += 1
        return self.tokens[self.at - 1]

    def name(self) -> str:
        """Return the next token, which must be a name."""
        word = self.next()
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", word):
            raise ApiError(300, f"CQL syntax error near {word[:20]!r}.")
        return word

    def end(self) -> None:
        """Refuse what comes after the end."""
        if self.at < len(self.tokens):
            raise ApiError(300, f"CQL syntax error near {self.tokens[self.at][:20]!r}.")


def _unquoted(word: str) -> str:
    quote = word[0]
    return re.sub(r"\\(.)", r"\1", word[1:-1].replace(quote * 2, quote), flags=re.DOTALL)


def _function(name: str, given: list[Json]) -> Json:
    try:
        return _FUNCTIONS[name](*given)
    except TypeError as error:
        raise ApiError(300, f"CQL syntax error: {name} has other arguments.") from error


def _geopoint(longitude: Json, latitude: Json) -> Json:
    return {"__type": "GeoPoint", "latitude": latitude, "longitude": longitude}


_FUNCTIONS: dict[str, Callable[..., Json]] = {
    "date": lambda text: {"__type": "Date", "iso": text},
    "pointer": values.pointer,
    "geopoint": _geopoint,
    "file": lambda object_id: {"__type": "File", "id": object_id},
}
