"""CQL, the platform's SQL: `select` and `count` are read into the parameters of a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.store import answers, cql_writes, queries
from scaffold.store.calls import ApiResponse
from scaffold.store.cql_parser import Parser
from scaffold.store.cql_reader import tokens
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from scaffold.store.calls import ApiCall
    from scaffold.store.values import Document, Json
    from scaffold.store.work import Transaction

MAX_LENGTH = 10_000


def run(call: ApiCall) -> ApiResponse:
    """Answer a query in CQL."""
    given = {**call.body, **call.parameters}
    text, listed = given.get("cql"), queries.parsed(given.get("pvalues"), [])
    if isinstance(listed, str):  # the Python SDK writes a list as JSON twice
        listed = queries.parsed(listed, [])
    if not isinstance(text, str) or len(text) > MAX_LENGTH or not isinstance(listed, list):
        raise ApiError(300)
    parser = Parser(tokens(text), list(listed))
    verb = parser.next().lower()
    if verb in cql_writes.VERBS:
        return cql_writes.run(call, parser, verb)
    class_name, parameters = read(text, listed)

    def work(work: Transaction) -> Document:
        return {**answers.find(work, class_name, parameters), "className": class_name}

    return ApiResponse(call.read(work))


def read(text: str, listed: list[Json]) -> tuple[str, Document]:
    """Return the class and the parameters of a query.

    Args:
        text: the query.
        listed: the values of its question marks.

    Raises:
        ApiError: 300, it cannot be read, or is no `select`.
    """
    parser = Parser(tokens(text), list(listed))
    if not parser.takes("select"):
        raise ApiError(300, f"CQL syntax error near {text.strip()[:20]!r}.")
    found = parser.select()
    parser.end()
    return found
