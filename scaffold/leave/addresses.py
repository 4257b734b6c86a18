"""The platform's addresses and variables in strings, in any language.

Sources: the REST guides of the platform's documents; its documents on LeanDB.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# Hosts of the API, of apps and of files, by the names they had since 2013.
_HOST = re.compile(
    r"(?:https?:)?//(?:[\w{}$.-]+\.)?"
    r"(?:leancloud\.cn|leancloud\.app|avoscloud\.com|avosapps\.(?:com|us)|leanapp\.cn"
    r"|lncld\.net|lncldapi\.com|lncldglobal\.com|tds1\.tapapis\.cn|lcfile\.com"
    r"|(?<=ac-)[a-z0-9]{8}\.clouddn\.com)(?![\w.-]*\w)",
    re.IGNORECASE,
)
_FILE_HOST = re.compile(r"//(?:ac-[a-z0-9]{8}\.clouddn\.com|[\w.-]+\.lcfile\.com)", re.IGNORECASE)
# Pages for people, which say nothing of what an app uses.
_PAGES = re.compile(
    r"//(?:www\.|docs\.|blog\.|forum\.|console\.|download\.|status\.|tab\.|ticket\.)?"
    r"(?:leancloud\.(?:cn|app)|avoscloud\.com)(?:/(?!1(?:\.1)?/)|$|[\s\"')])",
    re.IGNORECASE,
)
_PATH = re.compile(r"(?<![\w.])(?:1|1\.1)/([A-Za-z_]+)(?:/([A-Za-z0-9_%]+))?")
# What shows that a file speaks to the platform over HTTP.
EVIDENCE = re.compile(
    rb"X-LC-(?:Id|Key|Sign|Session)|X-AVOSCloud-|LEANCLOUD_API_SERVER|LC_API_SERVER|lncld"
    rb"|(?:leancloud|avoscloud)\.(?:cn|com|app)|leancloud-storage"
    rb"|^[ \t]*(?:import|from)[ \t]+leancloud\b",
    re.IGNORECASE | re.MULTILINE,
)
_SERVICES = {
    "classes": "objects",
    "batch": "objects",
    "scan": "objects",
    "exportData": "objects",
    "schemas": "objects",
    "users": "users",
    "login": "users",
    "usersByMobilePhone": "sms",
    "requestSmsCode": "sms",
    "verifySmsCode": "sms",
    "requestLoginSmsCode": "sms",
    "requestMobilePhoneVerify": "sms",
    "verifyMobilePhone": "sms",
    "requestPasswordResetBySmsCode": "sms",
    "resetPasswordBySmsCode": "sms",
    "requestChangePhoneNumber": "sms",
    "changePhoneNumber": "sms",
    "requestPasswordReset": "email",
    "requestEmailVerify": "email",
    "files": "files",
    "fileTokens": "files",
    "fileCallback": "files",
    "push": "push",
    "installations": "push",
    "tables": "push",
    "rtm": "realtime",
    "LiveQuery": "live-query",
    "leaderboard": "leaderboards",
    "search": "search",
    "cloudQuery": "cql",
    "functions": "functions",
    "call": "functions",
    "roles": "access",
    "statuses": "statuses",
    "subscribe": "statuses",
    "bigquery": "insight",
    "requestCaptcha": "captcha",
    "verifyCaptcha": "captcha",
}
# `<NAME>` is what the user called the database.
_LEANDB = re.compile(
    r"(?:REDIS_URL|MONGODB_URL|MYSQL_(?:HOST|PORT|ADMIN_USER|ADMIN_PASSWORD)|ES_URL)_[A-Za-z0-9_]+"
)
# What the platform sets; the old names too.
_PLATFORMS = re.compile(
    r"LEANCLOUD_(?:APP_[A-Z_]+|API_SERVER|REGION|VERSION_TAG|AVAILABLE_CPUS)"
    r"|LC_(?:APP_(?:ID|KEY|MASTER_KEY|PORT|ENV|PROD)|API_SERVER)"
)


class Address(NamedTuple):
    """What an address asks: a service, the class or function, and the first part of its path."""

    service: str
    subject: str = ""
    operation: str = ""


def in_string(value: str, *, evident: bool) -> Address | None:
    """Return what a string asks of the platform, None where it does not.

    Args:
        value: the string; what stands for a value in it may be anything.
        evident: the file shows elsewhere that it asks the platform, so that a path without one of
            the platform's hosts counts. Others have addresses with `/1.1/` too.
    """
    is_platforms = _HOST.search(value) is not None or _FILE_HOST.search(value) is not None
    if _PAGES.search(value):
        return None
    path = _PATH.search(value)
    if path and (is_platforms or (evident and _starts_path(value, path))):
        service = _SERVICES.get(path[1])
        if service is not None:
            return _of_path(service, path)
    if not is_platforms:
        return None
    is_file = _FILE_HOST.search(value) is not None
    return Address("files", operation="url") if is_file else Address("addresses", operation="host")


def variable(name: str) -> Address | None:
    """Return what an environment variable belongs to, None for others'."""
    if _LEANDB.fullmatch(name):
        return Address("leandb", name, "environment")
    return Address("hosting", name, "environment") if _PLATFORMS.fullmatch(name) else None


def of_request(path: str) -> Address:
    """Return what a path below `/1.1` asks, as the SDK's own client is given it."""
    found = _PATH.search("1.1/" + path.lstrip("/"))
    service = _SERVICES.get(found[1]) if found else None
    return _of_path(service, found) if service and found else Address("objects")


def _starts_path(value: str, path: re.Match[str]) -> bool:
    """Return whether a path is one of an API: not one of Twitter's, which end in .json."""
    before = value[: path.start()]
    return before.endswith("/") and ".json" not in value and "twitter" not in before


def _of_path(service: str, path: re.Match[str]) -> Address:
    name = path[2] or ""
    has_name = path[1] in {"classes", "functions", "call"}
    if path[1] == "classes":
        from scaffold.leave.services import of_class

        service = of_class(name)
    return Address(service, name if has_name else "", path[1])
