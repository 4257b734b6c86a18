"""Logging in, sessions, passwords and followers: what the API has for users besides the class."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from scaffold.store import (
    access,
    answers,
    codes,
    objects,
    passwords,
    saving,
    sessions,
    users,
    values,
)
from scaffold.store.calls import ApiResponse
from scaffold.store.errors import ApiError
from scaffold.store.tables import objects as rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.store.calls import ApiCall
    from scaffold.store.values import Document, Json
    from scaffold.store.work import Transaction

FRIENDS = (("_Followee", "followee"), ("_Follower", "follower"))


def login(call: ApiCall) -> ApiResponse:
    """Log in by name, mail or phone, and password; or by phone and a code."""
    given = {**call.parameters, **call.body}
    if given.get("smsCode"):
        return codes.login(call, given)
    if not isinstance(given.get("password"), str) or not given["password"]:
        raise ApiError(201)
    user_id = call.read(lambda work: _known(work, given))
    _check_password(call, user_id, str(given["password"])[: users.MAX_PASSWORD], lambda *_: {})
    return saving.log_in(call, user_id)


def _known(work: Transaction, given: Document) -> str:
    user_id, missing = users.find_login(work, users.own_class(work), given)
    if user_id is None:
        raise missing
    return user_id


def _check_password(
    call: ApiCall, user_id: str, password: str, then: Callable[[Transaction, str], Document]
) -> ApiResponse:
    """Do something for a user after the right password; failures are counted,
    and lock the account for a while.
    """
    kept, locked = call.read(lambda work: users.failures(work, user_id))
    if locked:
        raise ApiError(219)
    if not passwords.matches(kept or users.nobody(), password) or not kept:
        call.write(lambda work: users.count_failure(work, user_id))
        raise ApiError(210)
    renewed = passwords.hashed(password) if passwords.is_outdated(kept) else kept

    def work(work: Transaction) -> ApiResponse:
        users.set_password(work, user_id, renewed)
        return ApiResponse(then(work, user_id))

    return call.write(work)


def _logged_in(work: Transaction, user_id: str) -> Document:
    return users.shown(
        work, users.own_class(work), user_id, sessions.begin(work.connection, user_id)
    )


def me(call: ApiCall) -> ApiResponse:
    """Return the user to whom a session belongs; the oldest SDKs give its token in the address."""
    token = str(call.parameters.get("session_token") or call.caller.token or "")

    def work(work: Transaction) -> ApiResponse:
        user_id = sessions.user_of(work.connection, token)
        if user_id is None:
            raise ApiError(211)
        return ApiResponse(users.shown(work, users.own_class(work), user_id, token))

    return call.read(work)


def refresh_token(call: ApiCall, user_id: str) -> ApiResponse:
    """End all sessions of a user and begin another."""
    users.check_self(call.caller, user_id)

    def work(work: Transaction) -> ApiResponse:
        sessions.end_all(work.connection, user_id)
        return ApiResponse(_logged_in(work, user_id))

    return call.write(work)


def list_sessions(call: ApiCall, user_id: str) -> ApiResponse:
    """Return when the sessions of a user began; their tokens are not kept."""
    call.need_master()
    found = call.read(lambda work: sessions.begun(work.connection, user_id))
    return ApiResponse({"results": [{"createdAt": moment} for moment in found]})


def begin_session(call: ApiCall, user_id: str) -> ApiResponse:
    """Log in as a user with the master key, where the app does not mind."""
    call.need_master()
    return saving.log_in(call, user_id)


def end_sessions(call: ApiCall, user_id: str) -> ApiResponse:
    """End all sessions of a user."""
    call.need_master()
    call.write(lambda work: sessions.end_all(work.connection, user_id))
    return ApiResponse({})


def update_password(call: ApiCall, user_id: str) -> ApiResponse:
    """Change a password for whoever knows the old one; all other sessions end."""
    users.check_self(call.caller, user_id)
    old = call.body.get("old_password")
    hash_ = passwords.hashed(users.checked_password(call.body.get("new_password")))

    def renewed(work: Transaction, user_id: str) -> Document:
        users.set_password(work, user_id, hash_)
        sessions.end_all(work.connection, user_id)
        return _logged_in(work, user_id)

    return _check_password(call, user_id, str(old or "")[: users.MAX_PASSWORD], renewed)


def follow(call: ApiCall, user_id: str, target_id: str) -> ApiResponse:
    """Let a user follow another: one object on each side."""
    users.check_self(call.caller, user_id)

    def work(work: Transaction) -> ApiResponse:
        users.row_of(work, users.own_class(work), target_id)
        inside = replace(work, caller=access.Caller(master=True))
        _forget(inside, user_id, target_id)
        for (class_name, key), (one, other) in zip(
            FRIENDS, _sides(user_id, target_id), strict=True
        ):
            pointers = {
                "user": values.pointer(users.CLASS, one),
                key: values.pointer(users.CLASS, other),
            }
            objects.create(inside, class_name, {**call.body, **pointers, "ACL": _readable_by(one)})
        return ApiResponse({})

    return call.write(work)


def unfollow(call: ApiCall, user_id: str, target_id: str) -> ApiResponse:
    """Let a user follow another no longer."""
    users.check_self(call.caller, user_id)

    def work(work: Transaction) -> ApiResponse:
        if not _forget(work, user_id, target_id):
            raise ApiError(1, "Friendship not found.")
        return ApiResponse({})

    return call.write(work)


def friends(call: ApiCall, user_id: str) -> ApiResponse:
    """Return whom a user follows, and who follows it."""
    own = {"where": {"user": values.pointer(users.CLASS, user_id)}}

    def work(work: Transaction) -> ApiResponse:
        found = {
            f"{key}s": answers.find(work, class_name, {**call.parameters, **own})["results"]
            for class_name, key in FRIENDS
        }
        return ApiResponse(found)

    return call.read(work)


def _sides(user_id: str, target_id: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (user_id, target_id), (target_id, user_id)


def _readable_by(user_id: str) -> Json:
    return {access.PUBLIC: {"read": True}, user_id: {"read": True, "write": True}}


def _forget(work: Transaction, user_id: str, target_id: str) -> int:
    """Delete both objects of a friendship; return how many there were."""
    deleted = 0
    for (class_name, key), (one, other) in zip(FRIENDS, _sides(user_id, target_id), strict=True):
        used = work.schema.existing(work.connection, class_name)
        compiler = work.compiler(used)
        tests = [
            compiler.dialect.equals(compiler.column("user"), values.pointer(users.CLASS, one)),
            compiler.dialect.equals(compiler.column(key), values.pointer(users.CLASS, other)),
        ]
        found = work.connection.scalars(
            select(rows.c.id).where(rows.c.class_id == used.id, *tests)
        ).all()
        if found:
            result = work.connection.execute(
                delete(rows).where(rows.c.class_id == used.id, rows.c.id.in_(found))
            )
            deleted += result.rowcount
    return deleted
