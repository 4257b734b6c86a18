"""Many calls in one request, each a transaction of its own, as the platform has it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from scaffold.store import plain, saving, values
from scaffold.store.calls import ApiResponse
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.store.calls import ApiCall
    from scaffold.store.values import Document, Json

MAX_CALLS = 1000


def run(call: ApiCall, dispatch: Callable[[ApiCall], ApiResponse]) -> ApiResponse:
    """Answer each of the calls, in their order: with `success` or with `error`.

    Args:
        call: holds the others.
        dispatch: answers one call.
    """
    given = call.body.get("requests")
    if not isinstance(given, list):
        raise ApiError(107)
    if len(given) > MAX_CALLS:
        raise ApiError(1, f"A batch may have {MAX_CALLS} requests.")
    with call.store.database.together():
        return ApiResponse(list(_answers([_read_or_refused(call, one) for one in given], dispatch)))


def _answers(
    asked: list[ApiCall | ApiError], dispatch: Callable[[ApiCall], ApiResponse]
) -> Iterator[Document]:
    """Yield the answers; new objects in a row are written together where nothing speaks
    against it.
    """
    position, is_refused = 0, False
    while position < len(asked):
        made = None
        if not is_refused:
            made = plain.create(itertools.islice(asked, position, None))
            is_refused = made is None
        yield from (_success(saving.essence(saved)) for saved in made or ())
        position += len(made or ())
        if not made:
            yield _answered(asked[position], dispatch)
            position += 1


def _answered(one: ApiCall | ApiError, dispatch: Callable[[ApiCall], ApiResponse]) -> Document:
    if isinstance(one, ApiError):
        return {"error": one.payload()}
    try:
        payload = dispatch(one).payload
    except ApiError as error:
        return {"error": error.payload()}
    if isinstance(payload, values.RawJson):
        payload = values.loads(payload)
    # An object that is not there is `{}` alone, and null in a batch, as SDKs expect.
    return _success(None if one.method == "GET" and payload == {} else payload)


def _success(payload: Json) -> Document:
    return {"success": payload}


def _read_or_refused(call: ApiCall, given: Json) -> ApiCall | ApiError:
    try:
        return _read(call, given)
    except ApiError as error:
        return error


def _read(call: ApiCall, given: Json) -> ApiCall:
    if not isinstance(given, dict) or not isinstance(given.get("path"), str):
        raise ApiError(107)
    path, _, query = given["path"].partition("?")
    path = without_version(path)
    if path is None or path.startswith("/batch"):
        raise ApiError(1, f"Nothing answers {given['path'][:100]} in a batch.")
    body, more = (given.get(key) or {} for key in ("body", "params"))
    if not isinstance(body, dict) or not isinstance(more, dict):
        raise ApiError(107)
    parameters = {**dict(parse_qsl(query)), **more}
    for value in parameters.values():
        if isinstance(value, str):
            values.storable(value)
    return replace(
        call,
        method=str(given.get("method", "POST")).upper(),
        path=path,
        parameters=parameters,
        body=body,
    )


def without_version(path: str) -> str | None:
    """Return a path below its version; None where it has none of ours."""
    for version in ("/1.1/", "/1/"):
        if path.startswith(version):
            return path[len(version) - 1 :].rstrip("/") or "/"
    return None
