"""Creating, updating and deleting objects as clients ask for it: what a class
has of its own, and the hooks.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scaffold.store import (
    access,
    answers,
    files,
    hooks,
    objects,
    plain,
    queries,
    records,
    schema,
    sessions,
    users,
    values,
    where,
)
from scaffold.store.calls import ApiResponse
from scaffold.store.compile import check_size
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from scaffold.store.calls import ApiCall
    from scaffold.store.conditions import Condition
    from scaffold.store.values import Document, Json
    from scaffold.store.work import Saved, Transaction


def create(call: ApiCall, class_name: str) -> ApiResponse:
    """Make an object."""
    made = plain.create([call])
    if made:
        return created(call, made[0])
    class_name = schema.ALIASES.get(class_name, class_name)
    if class_name == users.CLASS:
        return sign_up(call)
    fires = hooks.of(call, class_name)
    files.check_fields(call, class_name)
    body = plain.body(call)
    check_role(class_name, body, is_new=True)
    if fires:
        body = fires.before("beforeSave", None, body)
    after = hooks.after(call, class_name, "afterSave")

    def work(work: Transaction) -> tuple[Saved, Document]:
        saved = objects.create(work, class_name, body)
        after(work, saved)
        return saved, _created(call, work, saved)

    saved, payload = call.write(work)
    return created(call, saved, payload)


def created(call: ApiCall, saved: Saved, payload: Document | None = None) -> ApiResponse:
    """Return the answer to a client that made an object."""
    address = f"{call.base_url}/1.1/classes/{saved.used.name}/{saved.id}"
    return ApiResponse(payload or essence(saved), 201, {"Location": address})


def essence(saved: Saved) -> Document:
    """Return what a client is told of an object that it made."""
    return {"objectId": saved.id, "createdAt": saved.created_at}


def _shows_saved(call: ApiCall, work: Transaction, saved: Saved) -> bool:
    """Say whether the caller wants to see what was saved, and may."""
    # The JavaScript SDK gives it an older name.
    wants = any(queries.flag(call.parameters, name) for name in ("fetchWhenSave", "new"))
    return wants and access.may_use(saved.used, "get", work.caller)


def _created(call: ApiCall, work: Transaction, saved: Saved) -> Document:
    if _shows_saved(call, work, saved):
        return records.shown(work, saved.used, [saved], records.ViewOptions())[0]
    return essence(saved)


def check_parties(call: ApiCall) -> None:
    """Refuse third parties of which the platform verified what they say, and we do not.

    Raises:
        ApiError: 251, a client could name anybody there; a server with the
            master key has verified it.
    """
    if call.caller.master or call.store.settings.trusts_parties:
        return
    # Below a third party nothing says whose app that is.
    if any(key.startswith("authData.") and key.count(".") > 1 for key in call.body):
        raise ApiError(251, "What a third party says of a user is set as a whole.")
    unverified = users.VERIFIED_PARTIES & _parties(call.body)
    if unverified:
        party = min(unverified)
        raise ApiError(251, f"Sessions of {party} are not verified by this data service.")


def _parties(body: Document) -> set[str]:
    """Return the third parties that a change sets; taking one away is no matter."""
    whole = body.get("authData")
    found = dict(whole) if isinstance(whole, dict) else {}
    for key, data in body.items():
        if key.startswith("authData."):
            found[key.split(".")[1]] = data
    kept = {party: data for party, data in found.items() if data and data != {"__op": "Delete"}}
    return {*kept, *(str(data.get("platform")) for data in kept.values() if isinstance(data, dict))}


def sign_up(call: ApiCall) -> ApiResponse:
    """Make a user, or log in the one who is known to a third party."""
    check_parties(call)
    known = call.read(
        lambda work: users.known_by_party(work, users.own_class(work), call.body.get("authData"))
    )
    if known:
        call.write(lambda work: users.renew_parties(work, known, call.body["authData"]))
        return log_in(call, known)
    if queries.flag(call.parameters, "failOnNotExist"):
        raise ApiError(211)
    fires = hooks.of(call, users.CLASS)
    fields, hash_ = users.without_password(plain.body(call))
    if fires:
        fields = fires.before("beforeSave", None, fields)
    after = hooks.after(call, users.CLASS, "afterSave")

    def work(work: Transaction) -> tuple[Saved, Document]:
        saved, token = users.sign_up(work, fields, hash_)
        after(work, saved)
        return saved, users.shown(work, saved.used, saved.id, token)

    saved, payload = call.write(work)
    return ApiResponse(payload, 201, {"Location": f"{call.base_url}/1.1/users/{saved.id}"})


def log_in(call: ApiCall, user_id: str) -> ApiResponse:
    """Begin a session of a user, where the app does not mind."""
    hooks.check_login(
        call, call.read(lambda work: users.shown(work, users.own_class(work), user_id))
    )

    def work(work: Transaction) -> ApiResponse:
        token = sessions.begin(work.connection, user_id)
        return ApiResponse(users.shown(work, users.own_class(work), user_id, token))

    return call.write(work)


def update(call: ApiCall, class_name: str, object_id: str) -> ApiResponse:
    """Change an object."""
    class_name = schema.ALIASES.get(class_name, class_name)
    files.check_fields(call, class_name)
    body = plain.body(call)
    if body.get("objectId") == object_id:
        del body["objectId"]
    check_role(class_name, body, is_new=False)
    hash_ = None
    if class_name == users.CLASS:
        users.check_self(call.caller, object_id)
        check_parties(call)
        body, hash_ = users.without_password(body)
    fires = hooks.of(call, class_name)
    if fires:
        body = fires.before("beforeUpdate", object_id, body)
    after = hooks.after(call, class_name, "afterUpdate")

    def work(work: Transaction) -> Document:
        condition = _condition(call, work, class_name)
        if class_name == users.CLASS:
            saved = users.change(work, object_id, body, hash_, where=condition)
        else:
            saved = objects.update(work, class_name, object_id, body, where=condition)
        after(work, saved)
        return _updated(call, work, saved)

    return ApiResponse(call.write(work))


def _updated(call: ApiCall, work: Transaction, saved: Saved) -> Document:
    payload: Document = {"objectId": saved.id, "updatedAt": saved.updated_at}
    if _shows_saved(call, work, saved):
        whole = records.shown(work, saved.used, [saved], records.ViewOptions())[0]
        payload |= {key: whole[key] for key in saved.changed if key in whole}
    return payload


def delete(call: ApiCall, class_name: str, object_id: str) -> ApiResponse:
    """Delete an object."""
    class_name = schema.ALIASES.get(class_name, class_name)
    fires = hooks.of(call, class_name)
    if fires:
        fires.before_delete(object_id)
    after = hooks.after(call, class_name, "afterDelete")

    def work(work: Transaction) -> None:
        condition = _condition(call, work, class_name)
        remove = (
            users.remove
            if class_name == users.CLASS
            else partial(objects.delete, class_name=class_name)
        )
        after(work, remove(work, object_id=object_id, where=condition))

    call.write(work)
    return ApiResponse({})


def delete_many(call: ApiCall, class_name: str, object_ids: str) -> ApiResponse:
    """Delete objects one by one; where one cannot be deleted, say so after the others."""
    refused = [_refused(call, class_name, object_id) for object_id in object_ids.split(",")]
    for error in filter(None, refused):
        raise error
    return ApiResponse({})


def _refused(call: ApiCall, class_name: str, object_id: str) -> ApiError | None:
    """Delete an object; return why it could not be deleted."""
    try:
        delete(call, class_name, object_id)
    except ApiError as error:
        return error
    return None


def _condition(call: ApiCall, work: Transaction, class_name: str) -> Condition | None:
    """Return the condition under which a write may happen."""
    given = queries.parsed(call.parameters.get("where"), None)
    if given is None:
        return None
    used = work.schema.existing(work.connection, class_name)
    # What a write does or does not do says whether the condition holds.
    access.check_class(used, "get", work.caller)
    condition = queries.resolved(work, where.parse(given))
    check_size(condition)
    return queries.grounded(work, used, condition)


def check_role(class_name: str, body: Document, *, is_new: bool) -> None:
    """Refuse a role without a name, and another name for a role."""
    if class_name != "_Role":
        return
    name = body.get("name")
    if not is_new and "name" in body:
        raise ApiError(117, "A role keeps its name.")
    if is_new and not (isinstance(name, str) and values.ROLE_NAME.fullmatch(name)):
        raise ApiError(139)
    if is_new and "ACL" not in body:
        raise ApiError(123, "A role needs an ACL.")


def one(call: ApiCall, class_name: str, object_id: str) -> ApiResponse:
    """Return an object."""
    class_name = schema.ALIASES.get(class_name, class_name)
    return ApiResponse(
        call.read(lambda work: answers.one(work, class_name, object_id, call.parameters))
    )


def find(call: ApiCall, class_name: str) -> ApiResponse:
    """Answer a query."""
    return ApiResponse(call.read(lambda work: answers.written(work, class_name, _parameters(call))))


def _parameters(call: ApiCall) -> dict[str, Json]:
    """Return the parameters of a query, which a batch sends in the body."""
    return {**call.body, **call.parameters}
