"""The grammar of CQL: a `select` or a condition becomes the parameters of a query."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from scaffold.store.cql_reader import Reader
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.store.values import Document, Json

Item = TypeVar("Item")
MAX_DEPTH = 16  # as deep as a `where` may be
COMPARISONS = {
    "<": "$lt",
    "<=": "$lte",
    ">": "$gt",
    ">=": "$gte",
    "!=": "$ne",
    "<>": "$ne",
    "=": "$eq",
}
UNITS = {"km": "Kilometers", "miles": "Miles", "radians": "Radians"}


@dataclass
class Parser(Reader):
    """Reads a query."""

    depth: int = 0

    def select(self) -> tuple[str, Document]:
        """Read a query after `select`."""
        parameters: Document = {}
        keys = self._items(parameters)
        if keys:
            parameters["keys"] = ",".join(keys)
        self.need("from")
        class_name = self.name()
        if self.takes("where"):
            parameters["where"] = self.conditions()
        if self.takes("order"):
            self.need("by")
            parameters["order"] = ",".join(self.items(self._order))
        if self.takes("limit"):
            self._limit(parameters)
        if parameters.get("count") and not parameters.pop("all"):
            parameters["limit"] = 0
        parameters.pop("all", None)
        return class_name, parameters

    def _items(self, parameters: Document) -> list[str]:
        """Read what is selected: the keys; what is included or counted goes into the parameters."""
        keys: list[str] = []
        parameters["all"] = False
        for item in self.items(self._item):
            if item == "count(*)":
                parameters["count"] = "1"
            elif item.startswith("include "):
                parameters["include"] = ",".join(
                    filter(None, [parameters.get("include"), item[8:]])
                )
                parameters["all"] = True
            else:
                parameters["all"] = True
                keys += [] if item == "*" else [item]
        return keys

    def _item(self) -> str:
        if self.takes("*"):
            return "*"
        if self.takes("include"):
            return f"include {self.name()}"
        name = self.name()
        if name.lower() == "count" and self.takes("("):
            if not self.takes("*"):
                self.name()
            self.need(")")
            return "count(*)"
        return name

    def items(self, read: Callable[[], Item]) -> list[Item]:
        """Read one thing or more, with commas between them."""
        found = [read()]
        while self.takes(","):
            found.append(read())
        return found

    def _order(self) -> str:
        minus = "-" if self.takes("-") else ""
        name = self.name()
        if self.takes("desc"):
            return f"-{name}"
        self.takes("asc")
        return minus + name

    def _limit(self, parameters: Document) -> None:
        first = self.value()
        if self.takes(","):
            parameters["skip"], parameters["limit"] = first, self.value()
        else:
            parameters["limit"] = first

    def conditions(self) -> Document:
        """Read conditions with `and` and `or` between them."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ApiError(300)
        either = [self._every()]
        while self.takes("or"):
            either.append(self._every())
        self.depth -= 1
        return either[0] if len(either) == 1 else {"$or": either}

    def _every(self) -> Document:
        every = [self._condition()]
        while self.takes("and"):
            every.append(self._condition())
        return every[0] if len(every) == 1 else {"$and": every}

    def _condition(self) -> Document:
        if self.takes("("):
            inner = self.conditions()
            self.need(")")
            return inner
        name = self.name()
        if (
            name.lower() == "related"
            and self.at < len(self.tokens)
            and self.tokens[self.at].lower() != "="
        ):
            key = self.name()
            self.need("to")
            return {"$relatedTo": {"object": self.value(), "key": key}}
        return {name: self._operator()}

    def _operator(self) -> Json:
        word = self.next().lower()
        if word in COMPARISONS:
            return {COMPARISONS[word]: self.value()}
        if word == "is":
            return self._is()
        negated = word == "not"
        reader = _WORDS.get(self.next().lower() if negated else word)
        if reader is None:
            raise ApiError(300, f"CQL syntax error near {word[:20]!r}.")
        return reader(self, negated)

    def _is(self) -> Json:
        negated = self.takes("not")
        if self.takes("exists"):
            return {"$exists": not negated}
        self.need("null")
        return {"$ne": None} if negated else {"$eq": None}

    def inside(self, negated: bool) -> Json:
        """Read what comes after `in`."""
        if self.peek("("):
            self.next()
            if self.takes("select"):
                return self._subquery(negated)
            self.at -= 1
        listed = self.value()
        return {"$nin" if negated else "$in": listed}

    def _subquery(self, negated: bool) -> Json:
        class_name, parameters = self.select()
        self.need(")")
        keys = str(parameters.pop("keys", "")).split(",")
        query = {**parameters, "className": class_name}
        if keys[0] in {"", "objectId"}:
            return {"$notInQuery" if negated else "$inQuery": query}
        return {"$dontSelect" if negated else "$select": {"key": keys[0], "query": query}}

    def like(self, negated: bool) -> Json:
        """Read a pattern with `%` and `_`."""
        if negated:
            raise ApiError(1, "`not like` is not offered.")
        return _like(str(self.value()))

    def regexp(self, negated: bool) -> Json:
        """Read a regular expression."""
        if negated:
            raise ApiError(1, "`not regexp` is not offered.")
        return {"$regex": self.value()}

    def near(self, negated: bool) -> Json:
        """Read a point and how far from it."""
        if negated:
            raise ApiError(1, "`not near` is not offered.")
        found: Document = {"$nearSphere": self.value()}
        for end in ("max", "min"):
            if self.takes(end):
                number, unit = self.value(), self.next().lower()
                if unit not in UNITS:
                    raise ApiError(300)
                found[f"${end}DistanceIn{UNITS[unit]}"] = number
        return found


def _like(pattern: str) -> Json:
    body = pattern.strip("%")
    starts, ends = not pattern.startswith("%"), not pattern.endswith("%")
    if not set("%_") & set(body):
        return {"$regex": f"{'^' if starts else ''}\\Q{body}\\E{'$' if ends else ''}"}
    parts = [
        {"%": ".*", "_": "."}.get(part) or re.escape(part) for part in re.split(r"([%_])", pattern)
    ]
    return {"$regex": f"^{''.join(parts)}$", "$options": "s"}


_WORDS: dict[str, Callable[[Parser, bool], Json]] = {
    "in": Parser.inside,
    "like": Parser.like,
    "regexp": Parser.regexp,
    "near": Parser.near,
}
