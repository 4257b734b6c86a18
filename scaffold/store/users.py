"""Users: what is special about writing them, logging in, passwords, third parties."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from scaffold.store import claims, objects, passwords, records, sessions
from scaffold.store.errors import ApiError
from scaffold.store.ids import secret
from scaffold.store.tables import objects as rows
from scaffold.store.tables import passwords as kept
from scaffold.store.tables import uniques

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

    from scaffold.store.access import Caller
    from scaffold.store.conditions import Condition
    from scaffold.store.schema import Class
    from scaffold.store.values import Document, Json
    from scaffold.store.work import Saved, Transaction

CLASS = "_User"
MAX_FAILURES = 6
LOCKED_FOR = 15 * 60
MAX_PASSWORD = 1024  # hashing a long one is a way to keep a service busy
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
PARTY = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
PHONE = re.compile(r"\+?[0-9]{5,20}", re.ASCII)
# Third parties that the platform asked whether a user's token is right; names there may be public.
VERIFIED_PARTIES = frozenset({"weixin", "weibo", "qq", "lc_apple"})
# What only the service itself may say of a user, or the master key.
VERIFIED = ("emailVerified", "mobilePhoneVerified")
# What is kept elsewhere; `password` itself was taken out before.
NO_COLUMNS = {"sessionToken", "password"}
MAX_PARTIES = 20
ANONYMOUS = "authData.anonymous"
# A hash to compare with where there is no user, so that the time says nothing about who is one.
_nobody: list[str] = []


def own_class(work: Transaction) -> Class:
    """Return the class of users."""
    return work.schema.existing(work.connection, CLASS)


def without_password(body: Mapping[str, Json]) -> tuple[Document, str | None]:
    """Return the fields of a user without the password, and what is kept of it.

    Hashing takes long: it is done before there is a transaction.

    Raises:
        ApiError: 218, that is no password.
    """
    fields = {key: value for key, value in body.items() if key != "password"}
    password = body.get("password")
    return fields, None if password is None else passwords.hashed(checked_password(password))


def checked_password(password: Json) -> str:
    """Return a password that may be one.

    Raises:
        ApiError: 218, it may not.
    """
    if not isinstance(password, str) or not password.strip() or len(password) > MAX_PASSWORD:
        raise ApiError(218)
    return password


def sign_up(work: Transaction, fields: Mapping[str, Json], hash_: str | None) -> tuple[Saved, str]:
    """Make a user; return it and the token of its first session.

    Raises:
        ApiError: a name or a password is missing or wrong, or the name is taken.
    """
    made = {"username": secret(), **fields} if identities(fields.get("authData")) else dict(fields)
    if hash_ is None and made.get("username") and not identities(made.get("authData")):
        raise ApiError(201)
    saved = create(work, made, hash_)
    return saved, sessions.begin(work.connection, saved.id)


def create(
    work: Transaction, fields: Mapping[str, Json], hash_: str | None, own: Document | None = None
) -> Saved:
    """Make a user, who cannot log in by a password where there is no hash of one.

    Args:
        work: the transaction.
        fields: its columns.
        hash_: what is kept of its password.
        own: as in `objects.create`.

    Raises:
        ApiError: the name is missing, a field is wrong, or a name is taken.
    """
    _check(work, fields, is_new=True)
    saved = objects.create(work, CLASS, {**dict.fromkeys(VERIFIED, False), **fields}, own)
    if hash_ is not None:
        set_password(work, saved.id, hash_)
    return saved


def change(
    work: Transaction,
    user_id: str,
    body: Mapping[str, Json],
    hash_: str | None = None,
    *,
    where: Condition | None = None,
) -> Saved:
    """Change a user; only itself and the master key may.

    Raises:
        ApiError: 206, it is somebody else.
    """
    check_self(work.caller, user_id)
    _check(work, body, is_new=False)
    unverified = {
        mark: False
        for key, mark in zip(("email", "mobilePhoneNumber"), VERIFIED, strict=False)
        if key in body
    }
    saved = objects.update(work, CLASS, user_id, {**unverified, **_by_party(body)}, where=where)
    if hash_ is not None:
        set_password(work, user_id, hash_)
    return saved


def _by_party(body: Mapping[str, Json]) -> Document:
    """Return a change in which each third party is set or taken away by itself."""
    parties = body.get("authData")
    if not isinstance(parties, dict) or "__op" in parties:
        return dict(body)
    identities(parties)
    kept_fields = {key: value for key, value in body.items() if key != "authData"}
    changes = {f"authData.{party}": data or {"__op": "Delete"} for party, data in parties.items()}
    # Who has a name elsewhere is anonymous no longer.
    named = {party for party, data in parties.items() if data}
    left = {ANONYMOUS: {"__op": "Delete"}} if named - {"anonymous"} else {}
    return {**kept_fields, **left, **changes}


def remove(work: Transaction, object_id: str, *, where: Condition | None = None) -> Saved:
    """Delete a user with its password and sessions; only itself and the master key may.

    Raises:
        ApiError: 206, it is somebody else.
    """
    check_self(work.caller, object_id)
    saved = objects.delete(work, CLASS, object_id, where=where)
    work.connection.execute(delete(kept).where(kept.c.user_id == object_id))
    sessions.end_all(work.connection, object_id)
    return saved


def check_self(caller: Caller, user_id: str) -> None:
    """Refuse to change another user without the master key."""
    if not caller.master and caller.user_id != user_id:
        raise ApiError(206)


def _check(work: Transaction, fields: Mapping[str, Json], *, is_new: bool) -> None:
    if any(key.split(".")[0] in NO_COLUMNS for key in fields):
        raise ApiError(117)
    if not work.caller.master and any(fields.get(name) for name in VERIFIED):
        raise ApiError(119)
    name = fields.get("username")
    if is_new and not name:
        raise ApiError(200)
    if "username" in fields and not (isinstance(name, str) and name.strip()):
        raise ApiError(217)
    _check_form(fields.get("email"), EMAIL, 125)
    _check_form(fields.get("mobilePhoneNumber"), PHONE, 127)


def _check_form(value: Json, form: re.Pattern[str], code: int) -> None:
    """Refuse a text that has not its form; nothing, and taking it away, are fine."""
    if value is None or (isinstance(value, dict) and value.get("__op") == "Delete"):
        return
    if not (isinstance(value, str) and form.fullmatch(value)):
        raise ApiError(code)


def identities(parties: Json) -> dict[str, str]:
    """Return the names that a user has at third parties.

    Raises:
        ApiError: 250, a third party's data has no name.
    """
    if not isinstance(parties, dict):
        return {}
    if len(parties) > MAX_PARTIES:
        raise ApiError(154, f"A user may be known to {MAX_PARTIES} third parties.")
    found: dict[str, str] = {}
    for party, data in parties.items():
        names = claims.names_at(party, data)
        if data and party not in names:
            raise ApiError(250)
        if not all(PARTY.fullmatch(place) for place in (party, *names)):
            raise ApiError(105)
        found |= names
    return found


def known_by_party(work: Transaction, used: Class, parties: Json) -> str | None:
    """Return the id of the user who has one of the names at a third party."""
    for party, name in identities(parties).items():
        found = claimed(work, used, f"authData.{party}", name)
        if found:
            return found
    return None


def renew_parties(work: Transaction, user_id: str, parties: Json) -> None:
    """Keep what third parties say of a user who is known to one of them."""
    own = replace(work, caller=replace(work.caller, master=True))
    change(own, user_id, {"authData": parties})


def claimed(work: Transaction, used: Class, key: str, value: str) -> str | None:
    """Return the id of the user who has a unique value."""
    tests = (uniques.c.class_id == used.id, uniques.c.key == key, uniques.c.value == value)
    found: str | None = work.connection.scalar(select(uniques.c.object_id).where(*tests))
    return found


def set_password(work: Transaction, user_id: str, hash_: str) -> None:
    """Keep a password, and forget failed logins."""
    work.connection.execute(delete(kept).where(kept.c.user_id == user_id))
    work.connection.execute(
        insert(kept).values(user_id=user_id, hash=hash_, failures=0, failed_at=0)
    )


def find_login(
    work: Transaction, used: Class, body: Mapping[str, Json]
) -> tuple[str | None, ApiError]:
    """Return the id of the user who wants to log in, and the error where there is none."""
    for key, code in (("username", 211), ("email", 205), ("mobilePhoneNumber", 213)):
        value = body.get(key)
        if isinstance(value, str) and value:
            return claimed(work, used, key, value), ApiError(211 if key == "username" else code)
    return None, ApiError(200)


def failures(work: Transaction, user_id: str) -> tuple[str, bool]:
    """Return what is kept of a user's password, and whether logging in is locked."""
    row = work.connection.execute(select(kept).where(kept.c.user_id == user_id)).first()
    if row is None:
        return "", False
    locked = row.failures >= MAX_FAILURES and time.time() - row.failed_at < LOCKED_FOR
    return row.hash, locked


def count_failure(work: Transaction, user_id: str) -> None:
    """Count a failed login; an old series of them is over."""
    now = int(time.time())
    is_old = kept.c.failed_at < now - LOCKED_FOR
    run = work.connection.execute
    run(update(kept).where(kept.c.user_id == user_id, is_old).values(failures=0))
    change = {"failures": kept.c.failures + 1, "failed_at": now}
    run(update(kept).where(kept.c.user_id == user_id).values(**change))


def nobody() -> str:
    """Return a hash that no password has."""
    if not _nobody:
        _nobody.append(passwords.hashed(secret()))
    return _nobody[0]


def row_of(work: Transaction, used: Class, user_id: str) -> Row[tuple[Json, ...]]:
    """Return the row of a user.

    Raises:
        ApiError: 211, there is none.
    """
    found = work.connection.execute(
        select(rows).where(rows.c.class_id == used.id, rows.c.id == user_id)
    ).first()
    if found is None:
        raise ApiError(211)
    return found


def shown(work: Transaction, used: Class, user_id: str, token: str | None = None) -> Document:
    """Return a user as it sees itself, with the token of its session."""
    own = replace(work, caller=replace(work.caller, user_id=user_id))
    found = records.shown(own, used, [row_of(work, used, user_id)], records.ViewOptions())[0]
    return found | ({"sessionToken": token} if token else {})
