"""Codes that reach a phone or a mailbox, and what they open: for an hour,
once, after few wrong guesses.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from scaffold.store import hooks, ids, objects, outbox, passwords, saving, sessions, users
from scaffold.store.calls import ApiResponse
from scaffold.store.errors import ApiError
from scaffold.store.tables import codes

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.store.calls import ApiCall
    from scaffold.store.values import Document, Json
    from scaffold.store.work import Saved, Transaction

LIFETIME = 3600
MAX_GUESSES = 5


def _phone(body: Document) -> str:
    phone = body.get("mobilePhoneNumber")
    if not phone:
        raise ApiError(212)
    if not (isinstance(phone, str) and users.PHONE.fullmatch(phone)):
        raise ApiError(127)
    return phone


def send(
    work: Transaction, purpose: str, channel: str, recipient: str, message: Document | None = None
) -> None:
    """Make a code for a purpose and write the message with it into the
    outbox; an older code is void.
    """
    number = f"{secrets.randbelow(10**6):06d}" if channel == "sms" else ids.secret()
    _void(work, purpose, recipient)
    row = {
        "purpose": purpose,
        "recipient": recipient,
        "code_hash": ids.digest(f"{recipient} {number}"),
        "failures": 0,
    }
    work.connection.execute(insert(codes).values(**row, expires_at=int(time.time()) + LIFETIME))
    outbox.post(work, channel, recipient, {"purpose": purpose, "code": number, **(message or {})})


def _void(work: Transaction, purpose: str, recipient: str) -> None:
    work.connection.execute(
        delete(codes).where(codes.c.purpose == purpose, codes.c.recipient == recipient)
    )


def use(call: ApiCall, purpose: str, recipient: str, code: Json) -> None:
    """Use a code up.

    Raises:
        ApiError: 603, it is wrong, over, used, or guessed at too often.
    """
    if not call.write(lambda work: _use(work, purpose, recipient, str(code))):
        raise ApiError(603)


def _use(work: Transaction, purpose: str, recipient: str, code: str) -> bool:
    own = (codes.c.purpose == purpose, codes.c.recipient == recipient)
    query = select(codes).where(*own)
    row = work.connection.execute(
        query.with_for_update() if work.database.locks_rows else query
    ).first()
    if row is None or row.expires_at < time.time() or row.failures >= MAX_GUESSES:
        return False
    if row.code_hash != ids.digest(f"{recipient} {code}"):
        work.connection.execute(update(codes).where(*own).values(failures=codes.c.failures + 1))
        return False
    _void(work, purpose, recipient)
    return True


def _user(work: Transaction, key: str, value: str, missing: int) -> str:
    found = users.claimed(work, users.own_class(work), key, value)
    if found is None:
        raise ApiError(missing)
    return found


def request(call: ApiCall) -> ApiResponse:
    """Send a code that an app checks itself with `/verifySmsCode`."""
    phone = _phone(call.body)
    message = {
        key: value
        for key, value in call.body.items()
        if key in {"template", "sign", "name", "op", "ttl"}
    }
    call.write(lambda work: send(work, "sms", "sms", phone, message))
    return ApiResponse({})


def verify(call: ApiCall, code: str) -> ApiResponse:
    """Check a code that an app has asked for."""
    use(call, "sms", _phone(call.body), code)
    return ApiResponse({})


def request_for_user(purpose: str) -> Callable[[ApiCall], ApiResponse]:
    """Return what sends a code to the phone of a user."""

    def handler(call: ApiCall) -> ApiResponse:
        phone = _phone(call.body)

        def work(work: Transaction) -> None:
            user_id = _user(work, "mobilePhoneNumber", phone, 213)
            document = users.row_of(work, users.own_class(work), user_id).document
            if purpose == "login" and not document.get("mobilePhoneVerified"):
                raise ApiError(215)
            send(work, purpose, "sms", phone)

        call.write(work)
        return ApiResponse({})

    return handler


def login(call: ApiCall, given: Document) -> ApiResponse:
    """Log in by phone and code."""
    phone = _phone(given)
    use(call, "login", phone, given.get("smsCode"))
    return saving.log_in(call, call.read(lambda work: _user(work, "mobilePhoneNumber", phone, 213)))


def sign_up_or_login(call: ApiCall) -> ApiResponse:
    """Log in by phone and a code of `/requestSmsCode`; make the user where there is none."""
    phone = _phone(call.body)
    saving.check_parties(call)
    use(call, "sms", phone, call.body.get("smsCode"))
    known = call.read(
        lambda work: users.claimed(work, users.own_class(work), "mobilePhoneNumber", phone)
    )
    if known:
        return saving.log_in(call, known)
    fields, hash_ = users.without_password(call.body)
    del fields["smsCode"]

    def work(work: Transaction) -> ApiResponse:
        made = {"username": ids.secret(), **fields}
        unguessable = hash_ or passwords.hashed(ids.secret())
        saved, token = users.sign_up(work, made, unguessable)
        _verified(work, saved.id, "mobilePhoneVerified")
        return ApiResponse(users.shown(work, saved.used, saved.id, token), 201)

    return call.write(work)


def _verified(work: Transaction, user_id: str, mark: str, **more: Json) -> Saved:
    """Say of a user that an address is its own."""
    return objects.update(_as_master(work), users.CLASS, user_id, {mark: True, **more})


def _as_master(work: Transaction) -> Transaction:
    return replace(work, caller=replace(work.caller, master=True))


def verify_phone(call: ApiCall, code: str) -> ApiResponse:
    """Say that a phone is its user's."""
    phone = _phone(call.body)
    use(call, "verify", phone, code)
    verified = hooks.verified(call, "sms")

    def work(work: Transaction) -> None:
        user_id = _user(work, "mobilePhoneNumber", phone, 213)
        verified(work, _verified(work, user_id, "mobilePhoneVerified"))

    call.write(work)
    return ApiResponse({})


def reset_password(call: ApiCall, code: str) -> ApiResponse:
    """Set a new password for whoever has the code of a text message."""
    return _reset_password(call, "reset", "mobilePhoneNumber", _phone(call.body), code)


def _reset_password(
    call: ApiCall, purpose: str, key: str, recipient: str, code: Json
) -> ApiResponse:
    """Set a new password; all sessions end."""
    hash_ = passwords.hashed(users.checked_password(call.body.get("password")))
    use(call, purpose, recipient, code)

    def work(work: Transaction) -> ApiResponse:
        user_id = _user(work, key, recipient, 211)
        users.set_password(work, user_id, hash_)
        sessions.end_all(work.connection, user_id)
        return ApiResponse({})

    return call.write(work)


def _own_id(call: ApiCall) -> str:
    if call.caller.user_id is None:
        raise ApiError(206)
    return call.caller.user_id


def request_phone_change(call: ApiCall) -> ApiResponse:
    """Send a code to the phone that a user wants to have."""
    user_id, phone = _own_id(call), _phone(call.body)
    call.write(lambda work: send(work, f"change {user_id}"[:32], "sms", phone))
    return ApiResponse({})


def change_phone(call: ApiCall) -> ApiResponse:
    """Give a user the phone to which a code was sent."""
    phone = _phone(call.body)
    use(call, f"change {call.caller.user_id or ''}"[:32], phone, call.body.get("code"))
    user_id = _own_id(call)
    call.write(
        lambda work: _verified(work, user_id, "mobilePhoneVerified", mobilePhoneNumber=phone)
    )
    return ApiResponse({})


def request_by_mail(purpose: str) -> Callable[[ApiCall], ApiResponse]:
    """Return what sends a link to the mailbox of a user."""

    def handler(call: ApiCall) -> ApiResponse:
        email = call.body.get("email")
        if not isinstance(email, str) or not email:
            raise ApiError(204)

        def work(work: Transaction) -> None:
            _user(work, "email", email, 205)
            send(work, purpose, "mail", email)

        call.write(work)
        return ApiResponse({})

    return handler


def verify_mail(call: ApiCall) -> ApiResponse:
    """Say that a mailbox is its user's."""
    email = str(call.body.get("email") or "")
    use(call, "verify mail", email, call.body.get("code"))
    verified = hooks.verified(call, "email")

    def work(work: Transaction) -> None:
        verified(work, _verified(work, _user(work, "email", email, 205), "emailVerified"))

    call.write(work)
    return ApiResponse({})


def reset_password_by_mail(call: ApiCall) -> ApiResponse:
    """Set a new password for whoever has the code of a mail."""
    email = str(call.body.get("email") or "")
    return _reset_password(call, "reset mail", "email", email, call.body.get("code"))
