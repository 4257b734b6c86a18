"""What the pages Data and Outbox of the console ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

from scaffold.store.values import CLASS_NAME, OBJECT_ID
from scaffold.up import row_filter, rows
from scaffold.up.asked import BadCallError, json_body, text_of
from scaffold.up.functions import pretty_json
from scaffold.up.store_client import StoreRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from scaffold.up.console_store import ConsoleStore
    from scaffold.up.store_client import StoreClient

PAGE_SIZE = 50
MAX_PAGE = 10**6
MESSAGES = 200
USERS = "_User"
_ORDER = re.compile(r"(?:-?[A-Za-z][A-Za-z0-9_]{0,127})?", re.ASCII)
_ID = re.compile(f"(?:{OBJECT_ID.pattern})?", re.ASCII)


def posted(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """Return the endpoint that answers a JSON object, from a thread: the service may be slow."""

    async def endpoint(request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(answer, await json_body(request)))

    return endpoint


def class_asked(asked: dict[str, Any]) -> str:
    """Return the class that the page means.

    Raises:
        BadCallError: that is no name of a class.
    """
    name = text_of(asked, "class")
    if not CLASS_NAME.fullmatch(name):
        raise BadCallError("bad-class")
    return name


def id_asked(asked: dict[str, Any]) -> str:
    """Return the row that the page means.

    Raises:
        BadCallError: it means none.
    """
    return text_of(asked, "id", OBJECT_ID)


class DataPages:
    """The pages Data and Outbox.

    Args:
        store: the data.
    """

    def __init__(self, store: ConsoleStore) -> None:
        self._store = store

    def routes(self, root: str) -> list[Route]:
        """Return what is asked for, below an address."""
        answers = {
            "rows": self._rows,
            "row": self._row,
            "save": self._save,
            "delete": self._delete,
        }
        return [
            Route(f"{root}/data", self._classes),
            Route(f"{root}/outbox", self._outbox),
            *[
                Route(f"{root}/data/{name}", posted(answer), methods=["POST"])
                for name, answer in answers.items()
            ],
        ]

    def _classes(self, _request: Request) -> Response:
        described = self._store.described()
        if described["kind"] == "none":
            return JSONResponse({**described, "classes": []})
        names = sorted(self._store.client().ask("GET", "/schemas"))
        return JSONResponse({**described, "classes": names})

    def _rows(self, asked: dict[str, Any]) -> dict[str, Any]:
        client, class_name = self._store.client(), class_asked(asked)
        schema = schema_of(client, class_name)
        where = row_filter.where(text_of(asked, "filter"), rows.columns(schema))
        found = page(client, class_name, asked, where)
        known = rows.columns(schema, found["results"])
        return {
            "columns": [column._asdict() for column in known],
            "rows": [rows.shown(row, known) for row in found["results"]],
            "count": found["count"],
            "size": PAGE_SIZE,
        }

    def _row(self, asked: dict[str, Any]) -> dict[str, Any]:
        return _form(self._store.client(), class_asked(asked), id_asked(asked))

    def _save(self, asked: dict[str, Any]) -> dict[str, Any]:
        class_name, object_id = class_asked(asked), text_of(asked, "id", _ID)
        seen = text_of(asked, "seen")
        body = rows.typed(asked.get("values"), is_new=not object_id)
        outcome = self._store.watched(
            lambda client: (
                _change(client, class_name, object_id, seen, body)
                if object_id
                else _add(client, class_name, body)
            )
        )
        named = (name for name in body if f"'{name}'" in outcome["error"])
        outcome["column"] = next(named, "")
        if not outcome["code"]:
            outcome["row"] = self._after(class_name, outcome["id"])
        return outcome

    def _after(self, class_name: str, object_id: str) -> dict[str, Any] | None:
        """Return a row as it is after all hooks; None where one of them has deleted it."""
        try:
            return _form(self._store.client(), class_name, object_id)
        except BadCallError:
            return None

    def _delete(self, asked: dict[str, Any]) -> dict[str, Any]:
        path = f"{_path(class_asked(asked))}/{id_asked(asked)}"
        return self._store.watched(lambda client: client.ask("DELETE", path))

    def _outbox(self, _request: Request) -> Response:
        described = self._store.described()
        if described["kind"] != "own":
            return JSONResponse({**described, "messages": []})
        found = self._store.client().ask("GET", "/outbox", {"limit": MESSAGES})["results"]
        messages = [{**message, "message": _lines(message["message"])} for message in found]
        return JSONResponse({**described, "messages": messages})


def _path(class_name: str) -> str:
    return f"/classes/{quote(class_name, safe='')}"


def schema_of(client: StoreClient, class_name: str) -> dict[str, dict[str, Any]]:
    """Return what the service says of the columns of a class."""
    found = client.ask("GET", f"/schemas/{quote(class_name, safe='')}")
    return {name: of for name, of in found.items() if isinstance(of, dict)}


def page(
    client: StoreClient, class_name: str, asked: dict[str, Any], where: dict[str, Any]
) -> dict[str, Any]:
    """Return one page of what is found, and how much there is.

    Raises:
        BadCallError: the page asks for what is none.
    """
    number = asked.get("page", 0)
    if not isinstance(number, int) or not 0 <= number <= MAX_PAGE:
        raise BadCallError("bad-call", "page")
    order = text_of(asked, "order", _ORDER) or "-createdAt"
    parameters = {
        "where": where,
        "order": order,
        "limit": PAGE_SIZE,
        "skip": number * PAGE_SIZE,
        "count": 1,
        "returnACL": "true",
    }
    found = client.ask("GET", _path(class_name), parameters)
    return {"results": found.get("results", []), "count": found.get("count", 0)}


def _form(client: StoreClient, class_name: str, object_id: str) -> dict[str, Any]:
    """Return a row to be edited.

    Raises:
        BadCallError: it is gone.
    """
    parameters = {"where": {"objectId": object_id}, "limit": 1, "returnACL": "true"}
    found = client.ask("GET", _path(class_name), parameters)["results"]
    if not found:
        raise BadCallError("no-row")
    known = rows.columns(schema_of(client, class_name), found)
    return {**rows.edited(found[0], known), "columns": [column._asdict() for column in known]}


def _add(client: StoreClient, class_name: str, body: dict[str, Any]) -> dict[str, Any]:
    made = client.ask("POST", _path(class_name), None, body)
    if class_name == USERS and "authData" not in body:
        # Whoever signs up is logged in; nobody has signed up here.
        client.ask("DELETE", f"/users/{made['objectId']}/sessions")
    return {"id": made["objectId"]}


def _change(
    client: StoreClient, class_name: str, object_id: str, seen: str, body: dict[str, Any]
) -> dict[str, Any]:
    """Change a row, unless somebody else has since it was seen.

    Raises:
        BadCallError: somebody has.
    """
    where = {"updatedAt": {"__type": "Date", "iso": seen}}
    try:
        client.ask("PUT", f"{_path(class_name)}/{object_id}", {"where": where}, body)
    except StoreRefusedError as error:
        if error.code == _NOT_MET:
            raise BadCallError("row-changed") from error
        raise
    return {"id": object_id}


_NOT_MET = 305


def _lines(message: Any) -> str:
    """Return a message of the outbox as text."""
    if not isinstance(message, dict):
        return str(message)
    return "\n".join(
        f"{key}: {value if isinstance(value, str) else pretty_json(value)}"
        for key, value in message.items()
    )
