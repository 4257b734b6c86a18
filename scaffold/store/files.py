"""Files: the token flow of SDKs.

An SDK asks for a token, puts the bytes to the address it is given, and reports how that
went. The token is good for one upload of one file. A download can do nothing in a
browser but be shown or saved.
"""

from __future__ import annotations

import mimetypes
import re
import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import delete as sql_delete
from sqlalchemy import insert, select

from scaffold.store import answers, ids, objects, records
from scaffold.store.access import Caller
from scaffold.store.calls import ApiResponse
from scaffold.store.errors import ApiError
from scaffold.store.tables import uploads

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.store.calls import ApiCall, Store
    from scaffold.store.values import Document, Json
    from scaffold.store.work import Saved, Transaction

_LONGEST_NAME = 255  # as file systems have it
CLASS = "_File"
UPLOADS = "/1.1/upload"
BUCKET = "scaffold"
PLACES = {"key", "bucket", records.KEEPS_NAME}
KEY = re.compile(
    r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}){0,3}", re.ASCII
)
# What a browser may show; all else is saved.
SHOWN = re.compile(
    r"(image/(png|jpeg|gif|webp|avif|bmp)|(audio|video)/[a-z0-9.+-]+|text/plain|application/pdf)"
    r"(; ?charset=[A-Za-z0-9-]+)?",
    re.ASCII,
)
UPLOAD_TIME = 3600  # seconds in which an upload must begin


def token(call: ApiCall) -> ApiResponse:
    """Make the object of a file, and say where its bytes are to be put."""
    fields = _fields(call)
    given = call.body.get("key")
    key = (
        secrets.token_hex(16) + _extension(fields["name"])
        if given is None
        else _own_key(call, given)
    )
    own_name = {records.KEEPS_NAME: True} if call.body.get("keep_file_name") else {}
    upload = secrets.token_urlsafe(24)

    def work(work: Transaction) -> Saved:
        _expect(work, upload, key)
        return objects.create(work, CLASS, {**fields, **own_name, "key": key, "bucket": BUCKET})

    saved = call.write(work)
    where = {
        "url": records.file_url(call.base_url, saved.document),
        "upload_url": f"{call.base_url}{UPLOADS}/{upload}",
        "provider": "s3",
    }
    own = {
        "objectId": saved.id,
        "createdAt": saved.created_at,
        "token": upload,
        "key": key,
        "bucket": BUCKET,
    }
    shown = {name: fields[name] for name in ("name", "mime_type", "metaData")}
    return ApiResponse({**shown, **own, **where}, 201)


def create(call: ApiCall, name: str | None = None) -> ApiResponse:
    """Make the object of a file that is somewhere else; old SDKs name it in the address."""
    del name  # the body has it as well
    url = call.body.get("url")
    if not isinstance(url, str) or not re.match(r"https?://", url):
        raise ApiError(1, "A file that is not uploaded needs an address.")
    saved = call.write(lambda work: objects.create(work, CLASS, {**_fields(call), "url": url}))
    return ApiResponse(
        {
            "objectId": saved.id,
            "createdAt": saved.created_at,
            "url": url,
            "name": saved.document["name"],
        },
        201,
    )


def _fields(call: ApiCall) -> Document:
    name = call.body.get("name")
    if name is None or name == "":
        name = "file"
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        raise ApiError(122)
    mime_type = (
        call.body.get("mime_type") or mimetypes.guess_type(name)[0] or "application/octet-stream"
    )
    meta = call.body.get("metaData")
    fields: Document = {
        "name": name,
        "mime_type": str(mime_type),
        "metaData": meta if isinstance(meta, dict) else {},
    }
    acl = call.body.get("ACL")
    return fields | ({"ACL": acl} if acl else {})


def _own_key(call: ApiCall, key: Json) -> str:
    """Return the key that a caller wants a file to have: only the master key may choose."""
    if not call.caller.master:
        raise ApiError(1, "Unsupported file key: only the master key may choose one.")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise ApiError(122)
    return key


def _extension(name: str) -> str:
    found = re.search(r"\.[A-Za-z0-9]{1,16}$", name)
    return found[0].lower() if found else ""


def _expect(work: Transaction, upload: str, key: str) -> None:
    """Remember that an upload may come, where every process finds it."""
    now = int(time.time())
    work.connection.execute(sql_delete(uploads).where(uploads.c.expires_at < now))
    row = {"token_hash": ids.digest(upload), "key": key, "expires_at": now + UPLOAD_TIME}
    work.connection.execute(insert(uploads).values(**row))


def expected(store: Store, upload: str) -> str | None:
    """Return the key of the file that an upload is for."""
    own = (uploads.c.token_hash == ids.digest(upload), uploads.c.expires_at >= int(time.time()))
    with store.database.reading() as connection:
        found: str | None = connection.scalar(select(uploads.c.key).where(*own))
    return found


def keep(store: Store, upload: str, partial: Path) -> bool:
    """Keep an upload that has come whole; say whether it was still expected."""
    key = expected(store, upload)
    if key is None:
        return False
    store.files.keep(key, partial)
    used_up = sql_delete(uploads).where(uploads.c.token_hash == ids.digest(upload))
    store.database.writing(lambda connection: connection.execute(used_up))
    return True


def callback(call: ApiCall) -> ApiResponse:
    """Take note of how an upload went; one that failed leaves no object."""
    if call.body.get("result") is False:
        key = expected(call.store, str(call.body.get("token")))
        if key:
            call.write(lambda work: _forget(work, key))
    return ApiResponse({})


def _forget(work: Transaction, key: str) -> None:
    inside = replace(work, caller=Caller(master=True))
    for found in answers.find(inside, CLASS, {"where": {"key": key}})["results"]:
        objects.delete(inside, CLASS, found["objectId"])


def check_fields(call: ApiCall, class_name: str) -> None:
    """Refuse to say where the bytes of a file are without the master key: with the file that
    names them anybody could delete those of others.

    Raises:
        ApiError: 119, only the master key may.
    """
    if class_name != CLASS or call.caller.master:
        return
    if any(key.split(".")[0] in PLACES for key in call.body):
        raise ApiError(119)


def delete(call: ApiCall, object_id: str) -> ApiResponse:
    """Delete a file and its bytes."""
    key = call.write(lambda work: objects.delete(work, CLASS, object_id)).document.get("key")
    if isinstance(key, str) and KEY.fullmatch(key):
        call.store.files.delete(key)
    return ApiResponse({})


def described(store: Store, key: str) -> tuple[str, str] | None:
    """Return the name and the type of a file; None where there is no such file."""
    if not KEY.fullmatch(key):
        return None
    with store.reading(Caller(master=True)) as work:
        found = answers.find(work, CLASS, {"where": {"key": key}, "limit": 1})["results"]
    return (str(found[0]["name"]), str(found[0]["mime_type"])) if found else None
