"""What the page of the function console asks for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scaffold.up import functions
from scaffold.up.functions import SIGNERS, FunctionCall

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from starlette.requests import Request

BODY_LIMIT = 1 << 20
_VISIBLE_ASCII = range(33, 127)


class BadCallError(Exception):
    """The page asks for something that cannot be called.

    Args:
        problem: the message `up.page.<problem>` says why.
        detail: more, as Python says it.
        column: the column of a row that it is about.
    """

    def __init__(self, problem: str, detail: object = "", column: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.detail = str(detail)
        self.column = column


async def json_body(request: Request) -> dict[str, Any]:
    """Return the JSON object that the page sends.

    Raises:
        BadCallError: it is none, or too large.
    """
    received = b""
    async for part in request.stream():
        received += part
        if len(received) > BODY_LIMIT:
            raise BadCallError("too-large")
    return _json_object(received)


async def timer_asked(request: Request) -> tuple[str, bool]:
    """Return the timer that the page means, and whether it is to be paused."""
    asked = await json_body(request)
    name, paused = asked.get("name", ""), asked.get("paused", False)
    if not isinstance(name, str) or not isinstance(paused, bool):
        raise BadCallError("bad-call")
    return name, paused


async def call_asked(request: Request) -> FunctionCall:
    """Return the call that the page asks for.

    Raises:
        BadCallError: it cannot be read.
    """
    asked = await json_body(request)
    name, body, user, signer, session = (
        asked.get(key, "") for key in ("name", "body", "user", "signer", "session")
    )
    if (
        not all(isinstance(value, str) for value in (name, body, user, session))
        or signer not in SIGNERS
    ):
        raise BadCallError("bad-call")
    if any(ord(character) not in _VISIBLE_ASCII for character in session):
        raise BadCallError("bad-session")
    try:
        name.encode()
        body.encode()
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise BadCallError("bad-json", error) from error
    function = functions.describe(name)
    sent = _json_object(body)
    if "object" in function.body and not sent.keys() & {"object", "user"}:
        sent = {"object": sent}  # given bare
        body = json.dumps(sent, ensure_ascii=False)
    if user:
        body = json.dumps({**sent, "user": _json_object(user)})
    return FunctionCall(function, body, signer, session)


def text_of(asked: Mapping[str, Any], key: str, form: re.Pattern[str] | None = None) -> str:
    """Return a text that the page sends, empty where it sends none.

    Raises:
        BadCallError: it is none, or not of the form that it must have.
    """
    value = asked.get(key, "")
    if not isinstance(value, str) or (form and not form.fullmatch(value)):
        raise BadCallError("bad-call", key)
    return value


def json_of(source: str, column: str = "") -> Any:
    """Return what a user typed as JSON.

    Raises:
        BadCallError: it is none.
    """
    try:
        value = json.loads(source, parse_constant=_refuse)
        json.dumps(value, allow_nan=False)  # such as 1e999
    except (ValueError, RecursionError) as error:
        raise BadCallError("bad-json", error, column) from error
    return value


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _json_object(source: str | bytes) -> dict[str, Any]:
    try:
        found = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise BadCallError("bad-json", error) from error
    if not isinstance(found, dict):
        raise BadCallError("not-an-object")
    return found
