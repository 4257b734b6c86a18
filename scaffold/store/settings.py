"""The settings of a service."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.errors import UsageError
from scaffold.store.mail import server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.store.mail import Smtp

# The app's keys are called as on the platform; all else has names of its own.
KEYS = ("LEANCLOUD_APP_ID", "LEANCLOUD_APP_KEY", "LEANCLOUD_APP_MASTER_KEY")
HOOK_KEY = "LEANCLOUD_APP_HOOK_KEY"
DATABASE = "SCAFFOLD_STORE_DATABASE"
FILES = "SCAFFOLD_STORE_FILES"
ENGINE = "SCAFFOLD_STORE_ENGINE"
PUBLIC_URL = "SCAFFOLD_STORE_URL"
SMTP = "SCAFFOLD_STORE_SMTP"
MAIL_FROM = "SCAFFOLD_STORE_MAIL_FROM"
MAIL_LINK = "SCAFFOLD_STORE_MAIL_LINK"
DEFAULT_DATABASE = "sqlite:///.scaffold/data/store.sqlite3"
DEFAULT_FILES = ".scaffold/data/files"


@dataclass(frozen=True)
class Keys:
    """The keys of the one app that a service serves."""

    app_id: str
    app_key: str
    master_key: str
    hook_key: str = ""


@dataclass(frozen=True)
class StoreSettings:
    """The settings of a service.

    Args:
        keys: the app's keys.
        files: the folder for files, or `s3://BUCKET`.
        engine_url: where the app itself listens; hooks and functions are
            called there. None: there is no app.
        public_url: the service's address as clients see it; taken from each
            request where it is empty.
        trusts_parties: let users log in with what WeChat, Weibo, QQ or Apple
            say about them, unverified; only on a development machine.
        smtp: the server by which mail is sent; None: it is only written down.
    """

    keys: Keys
    files: Path | str
    engine_url: str | None = None
    public_url: str = ""
    trusts_parties: bool = False
    smtp: Smtp | None = None


def keys_of(environ: Mapping[str, str]) -> Keys:
    """Return the keys that the environment names."""
    app_id, app_key, master_key = (environ.get(name, "") for name in KEYS)
    return Keys(app_id, app_key, master_key, environ.get(HOOK_KEY, ""))


def of_environment(environ: Mapping[str, str]) -> StoreSettings:
    """Return the settings that the environment names.

    Raises:
        UsageError: the app's keys are missing.
    """
    missing = [name for name in KEYS if not environ.get(name)]
    if missing:
        raise UsageError("store.error.no-keys", names=", ".join(missing))
    keys = keys_of(environ)
    return StoreSettings(
        keys,
        environ.get(FILES) or DEFAULT_FILES,
        environ.get(ENGINE) or None,
        environ.get(PUBLIC_URL, "").rstrip("/"),
        smtp=_smtp(environ),
    )


def _smtp(environ: Mapping[str, str]) -> Smtp | None:
    url = environ.get(SMTP)
    return server(url, environ.get(MAIL_FROM, ""), environ.get(MAIL_LINK, "")) if url else None


def database_url(environ: Mapping[str, str]) -> str:
    """Return the address of the database that the environment names."""
    return environ.get(DATABASE) or DEFAULT_DATABASE


def check_address(host: str, port: int) -> None:
    """Refuse an address at which nothing can listen, before it is printed as that of a service.

    Raises:
        UsageError: it is another program's, or none of this machine's.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address[:2], family=family).close()
    except OSError as error:
        seen = {"address": f"{host}:{port}", "problem": error.strerror or str(error)}
        raise UsageError("store.error.address", **seen) from error
