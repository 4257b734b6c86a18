"""Objects that were elsewhere before: they keep their ids and times, and no hook is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exc

from scaffold.store import objects, passwords, plain, received, saving, schema, users, values
from scaffold.store.calls import ApiResponse
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from scaffold.store.calls import ApiCall
    from scaffold.store.values import Document, Json
    from scaffold.store.work import Transaction

MAX_ROWS = 1000
# What an export may hold that is no column.
_MARKS = {*plain.MARKS, "sessionToken"}


def run(call: ApiCall, class_name: str) -> ApiResponse:
    """Add objects to a class, each whole or not at all; answer null or an error for each.

    Raises:
        ApiError: 401, without the master key; 107, there is no list of objects.
    """
    call.need_master()
    rows = call.body.get("results")
    if not isinstance(rows, list) or len(rows) > MAX_ROWS:
        raise ApiError(107, f"`results` must be a list of at most {MAX_ROWS} objects.")
    class_name = schema.ALIASES.get(class_name, class_name)
    schema.check_name(class_name)
    # Hashing takes long: it is done before there is a transaction.
    read = [_read(class_name, row) for row in rows]
    answers = call.write(lambda work: [_answer(work, class_name, one) for one in read])
    return ApiResponse({"results": answers})


Read = tuple["Document", "Document", "str | None"]


def _read(class_name: str, row: Json) -> Read | ApiError:
    """Return what an object has besides its columns, these, and what is kept of a password."""
    if not isinstance(row, dict):
        return ApiError(107)
    try:
        received.check_strings(row)
        own = _own(row)
        body = {key: value for key, value in row.items() if key not in {*objects.OWN, *_MARKS}}
        saving.check_role(class_name, body, is_new=True)
        if class_name != users.CLASS:
            return own, body, None
        hash_, salt = body.get("password"), body.pop("salt", None)
        if isinstance(hash_, str) and isinstance(salt, str):
            del body["password"]
            return own, body, passwords.exported(hash_, salt)
        return own, *users.without_password(body)
    except ApiError as error:
        return error


def _own(row: Document) -> Document:
    object_id = row.get("objectId")
    if object_id is not None and not values.OBJECT_ID.fullmatch(str(object_id)):
        raise ApiError(104, f"Invalid object id: {str(object_id)[:70]!r}.")
    own = {} if object_id is None else {"objectId": str(object_id)}
    for key in ("createdAt", "updatedAt"):
        moment = row.get(key)
        if moment is not None:
            own[key] = values.parse_iso(moment.get("iso") if isinstance(moment, dict) else moment)
    if "createdAt" in own:
        own.setdefault("updatedAt", own["createdAt"])
    return own


def _answer(work: Transaction, class_name: str, read: Read | ApiError) -> Document | None:
    """Add one object; return why it cannot be added."""
    if isinstance(read, ApiError):
        return read.payload()
    own, body, hash_ = read
    try:
        with work.connection.begin_nested():
            if class_name == users.CLASS:
                users.create(work, body, hash_, own)
            else:
                objects.create(work, class_name, body, own)
    except ApiError as error:
        refused = error
    except exc.IntegrityError:
        refused = ApiError(137, f"There is an object '{own.get('objectId')}' already.")
    else:
        return None
    work.schema.forget(work.connection)  # a class or a column in it may be gone with the object
    return refused.payload()
