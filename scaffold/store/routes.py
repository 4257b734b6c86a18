"""The addresses of the API, and what answers them; whatever else the
platform had is refused by name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.store import (
    accounts,
    batch,
    codes,
    cql,
    files,
    hooks,
    importing,
    outbox,
    queries,
    saving,
    scanning,
    schema,
    statements,
    values,
)
from scaffold.store.calls import ApiResponse
from scaffold.store.errors import ApiError, unsupported

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.store.calls import ApiCall
    from scaffold.store.work import Transaction

    Handler = Callable[..., ApiResponse]

# What has an address of its own besides /classes/NAME.
CLASSES = {"users": "_User", "roles": "_Role", "files": "_File", "installations": "_Installation"}
# What the platform had and this service has not.
NOT_OFFERED = {
    "push": "Push",
    "subscribe": "Status feeds",
    "statuses": "Status feeds",
    "leaderboard": "Leaderboards",
    "rtm": "Realtime messaging",
    "friendshipRequests": "Friendship requests",
    "tables": "Push",
    "LiveQuery": "LiveQuery",
    "exportData": "exportData",
    "search": "Full-text search",
    "bigquery": "Offline analysis",
    "requestCaptcha": "Captchas",
    "verifyCaptcha": "Captchas",
    "collect": "Statistics",
    "stats": "Statistics",
    "always_collect": "Statistics",
}


def _date(_: ApiCall) -> ApiResponse:
    return ApiResponse(values.date(values.now()))


def _schemas(call: ApiCall) -> ApiResponse:
    call.need_master()

    def work(work: Transaction) -> ApiResponse:
        found = (
            work.schema.existing(work.connection, name) for name in schema.names(work.connection)
        )
        return ApiResponse({used.name: schema.described(used) for used in found})

    return call.read(work)


def _schema(call: ApiCall, name: str) -> ApiResponse:
    call.need_master()
    return ApiResponse(
        call.read(lambda work: schema.described(work.schema.existing(work.connection, name)))
    )


def _outbox(call: ApiCall) -> ApiResponse:
    call.need_master()
    limit = max(
        1, min(queries.integer(call.parameters, "limit", statements.LIMIT), queries.MAX_LIMIT)
    )
    return ApiResponse({"results": call.read(lambda work: outbox.listed(work.connection, limit))})


def _batch(call: ApiCall) -> ApiResponse:
    return batch.run(call, dispatch)


def _function(call: ApiCall, name: str) -> ApiResponse:
    status, payload = hooks.function(call, name)
    return ApiResponse(payload, status)


def _censor(_: ApiCall, file_id: str) -> ApiResponse:
    del file_id
    raise unsupported("Censorship of files")


def _of(class_name: str, handler: Handler) -> Handler:
    return lambda call, *rest: handler(call, class_name, *rest)


ID = "([A-Za-z0-9_-]{1,64})"
IDS = "([A-Za-z0-9_-]{1,64}(?:,[A-Za-z0-9_-]{1,64}){1,999})"
NAME = "([^/]+)"
ROUTES: list[tuple[str, str, Handler]] = [
    ("POST", "/batch", _batch),
    ("GET", "/date", _date),
    ("GET", "/schemas", _schemas),
    ("GET", f"/schemas/{NAME}", _schema),
    ("GET", "/outbox", _outbox),
    ("POST", f"/(?:functions|call)/{NAME}", _function),
    ("GET", f"/functions/{NAME}", _function),
    ("GET", "/cloudQuery", cql.run),
    ("GET", f"/scan/classes/{NAME}", scanning.run),
    ("POST", f"/import/classes/{NAME}", importing.run),
    ("GET", "/login", accounts.login),
    ("POST", "/login", accounts.login),
    ("GET", "/users/me", accounts.me),
    ("PUT", f"/users/{ID}/refreshSessionToken", accounts.refresh_token),
    ("GET", f"/users/{ID}/sessions", accounts.list_sessions),
    ("POST", f"/users/{ID}/sessions", accounts.begin_session),
    ("DELETE", f"/users/{ID}/sessions", accounts.end_sessions),
    ("PUT", f"/users/{ID}/updatePassword", accounts.update_password),
    ("GET", f"/users/{ID}/followersAndFollowees", accounts.friends),
    ("POST", f"/users/{ID}/friendship/{ID}", accounts.follow),
    ("DELETE", f"/users/{ID}/friendship/{ID}", accounts.unfollow),
    ("POST", "/usersByMobilePhone", codes.sign_up_or_login),
    ("POST", "/requestSmsCode", codes.request),
    ("POST", f"/verifySmsCode/{NAME}", codes.verify),
    ("POST", "/requestLoginSmsCode", codes.request_for_user("login")),
    ("POST", "/requestMobilePhoneVerify", codes.request_for_user("verify")),
    ("POST", f"/verifyMobilePhone/{NAME}", codes.verify_phone),
    ("POST", "/requestPasswordResetBySmsCode", codes.request_for_user("reset")),
    ("PUT", f"/resetPasswordBySmsCode/{NAME}", codes.reset_password),
    ("POST", "/requestChangePhoneNumber", codes.request_phone_change),
    ("POST", "/changePhoneNumber", codes.change_phone),
    ("POST", "/requestEmailVerify", codes.request_by_mail("verify mail")),
    ("POST", "/verifyEmail", codes.verify_mail),
    ("POST", "/requestPasswordReset", codes.request_by_mail("reset mail")),
    ("POST", "/resetPassword", codes.reset_password_by_mail),
    ("POST", "/fileTokens", files.token),
    ("POST", "/fileCallback", files.callback),
    ("POST", f"/files/{ID}/censor", _censor),
    ("POST", f"/files(?:/{NAME})?", files.create),
    ("DELETE", f"/(?:files|classes/_File)/{ID}", files.delete),
    *[
        (method, f"/{path}{rest}", _of(class_name, handler))
        for path, class_name in CLASSES.items()
        for method, rest, handler in (
            ("POST", "", saving.create),
            ("GET", "", saving.find),
            ("GET", f"/{ID}", saving.one),
            ("PUT", f"/{ID}", saving.update),
            ("DELETE", f"/{ID}", saving.delete),
        )
    ],
    ("POST", f"/classes/{NAME}", saving.create),
    ("GET", f"/classes/{NAME}", saving.find),
    ("GET", f"/classes/{NAME}/{ID}", saving.one),
    ("PUT", f"/classes/{NAME}/{ID}", saving.update),
    ("DELETE", f"/classes/{NAME}/{ID}", saving.delete),
    ("DELETE", f"/classes/{NAME}/{IDS}", saving.delete_many),
]


def _firsts(pattern: str) -> set[str]:
    """Return the words with which the addresses of a pattern begin."""
    alternatives = re.match(r"/\(\?:([^)]*)\)", pattern)
    given = alternatives[1].split("|") if alternatives else [pattern[1:]]
    return {re.split(r"[^A-Za-z]", each)[0] for each in given}


# By the first word of an address, so that few patterns are tried.
_COMPILED: dict[str, list[tuple[str, re.Pattern[str], Handler]]] = {}
for _method, _pattern, _handler in ROUTES:
    for _first in _firsts(_pattern):
        _COMPILED.setdefault(_first, []).append((_method, re.compile(_pattern), _handler))
# What stands in a form for a part of a pattern.
_WORDS = {
    IDS: "ID,ID",
    ID: "ID",
    NAME: "NAME",
    "(?:functions|call)": "functions",
    "(?:files|classes/_File)": "files",
    "(?:/NAME)?": "",
}


def _form(pattern: str) -> str:
    """Return the form of the addresses that a pattern stands for."""
    for group, word in _WORDS.items():
        pattern = pattern.replace(group, word)
    return pattern


_FORMS = {pattern: _form(pattern) for _, pattern, _ in ROUTES}


def _found(method: str, path: str) -> tuple[re.Match[str], Handler] | None:
    """Return the first route of an address."""
    for known, pattern, handler in _COMPILED.get(path.split("/", 2)[1], ()):
        if known == method and (found := pattern.fullmatch(path)):
            return found, handler
    return None


def form(method: str, path: str) -> tuple[str, str | None]:
    """Return the form of an address, for the log: without its ids, codes and tokens; and the
    class in it.
    """
    route = _found(method, path)
    if route is None:
        return "/OTHER", None
    found, shown = route[0], _FORMS[route[0].re.pattern]
    is_class = "/classes/NAME" in shown
    return shown, found[1] if is_class and values.CLASS_NAME.fullmatch(found[1]) else None


def dispatch(call: ApiCall) -> ApiResponse:
    """Answer a call.

    Raises:
        ApiError: it is refused, or nothing answers it.
    """
    route = _found(call.method, call.path)
    if route:
        return route[1](call, *route[0].groups())
    first = call.path.removeprefix("/users").strip("/").split("/")[0]
    if first in NOT_OFFERED:
        raise unsupported(NOT_OFFERED[first])
    raise ApiError(1, f"Nothing answers {call.method} {call.path[:100]}.", status=404)
