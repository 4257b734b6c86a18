"""Files: up by a token, down safely, in a folder or in a bucket."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.store import app, storage
from tests.store.conftest import name
from tests.store.fake_s3 import bucket

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.store.values import Json
    from tests.store.conftest import Api


@pytest.fixture(params=["folder", "s3"])
def filing(
    request: pytest.FixtureRequest, api: Api, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Api]:
    """Return a client of a service that keeps files in a folder, or in a bucket."""
    if request.param == "folder":
        yield api
        return
    pytest.importorskip("boto3", reason="boto3 is not installed")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "key")
    with bucket() as (url, kept):
        place = storage.at(f"s3://films/store?endpoint={url}&region=us-east-1")
        monkeypatch.setattr(api.store, "files", place)
        yield api
        assert all(path.startswith("/films/store/") for path in kept)


def _uploaded(api: Api, content: bytes, **fields: Json) -> Json:
    token = api("POST", "/fileTokens", {"name": "x.txt", **fields})
    assert api.client.put(token["upload_url"], content=content).status_code == 200
    return token


def test_files(filing: Api) -> None:
    """A file goes up and down whole; a page in it is saved, not shown."""
    content = b"<script>alert(1)</script>" * 100
    token = _uploaded(filing, content, name="页.html", mime_type="text/html")
    assert filing.client.put(token["upload_url"], content=b"again").status_code == 401
    down = filing.client.get(token["url"])
    assert down.content == content
    assert down.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in down.headers["content-security-policy"]
    assert down.headers["x-content-type-options"] == "nosniff"
    head = filing.client.head(token["url"])
    assert (head.status_code, head.content) == (200, b"")
    shown = filing("GET", f"/files/{token['objectId']}")
    assert (shown["name"], shown["url"]) == ("页.html", token["url"])
    post = name()
    holder = filing.save(post, file={"__type": "File", "id": token["objectId"]})
    assert filing("GET", f"/classes/{post}/{holder}")["file"]["url"] == token["url"]
    assert filing("DELETE", f"/files/{token['objectId']}") == {}
    assert filing.client.get(token["url"]).status_code == 404


def test_ranges(filing: Api) -> None:
    """A part of a file can be asked for."""
    token = _uploaded(filing, b"0123456789")
    part = filing.client.get(token["url"], headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, b"2345")
    assert part.headers["content-range"] == "bytes 2-5/10"


@pytest.mark.parametrize(
    ("mime_type", "disposition"),
    [
        ("image/png", "inline"),
        ("text/plain; charset=utf-8", "inline"),
        ("image/svg+xml", "attachment"),
        ("application/xhtml+xml", "attachment"),
        ("image/png\r\nX-Evil: 1", "attachment"),
        ("text/plainish", "attachment"),
        ("text/javascript", "attachment"),
    ],
)
def test_safe_to_open(api: Api, mime_type: str, disposition: str) -> None:
    """A browser shows what can do nothing, and saves all else as plain bytes."""
    down = api.client.get(_uploaded(api, b"x", mime_type=mime_type)["url"])
    assert down.status_code == 200
    assert down.headers["content-disposition"].startswith(disposition)
    is_shown = disposition == "inline"
    assert down.headers["content-type"].startswith(
        mime_type if is_shown else "application/octet-stream"
    )


def test_too_large(filing: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload that is too large leaves nothing behind, and may be tried again."""
    monkeypatch.setattr(app, "MAX_FILE", 1000)
    token = filing("POST", "/fileTokens", {"name": "x"})
    for content in (b"x" * 1001, (b"x" * 400 for _ in range(5))):
        assert filing.client.put(token["upload_url"], content=content).status_code == 413
    assert filing.client.get(token["url"]).status_code == 404
    folder = Path(filing.store.settings.files)
    assert list(folder.glob(".upload-*")) == []
    assert filing.client.put(token["upload_url"], content=b"x").status_code == 200


def test_failed_upload(api: Api) -> None:
    """An upload that the client says has failed leaves no object."""
    token = api("POST", "/fileTokens", {"name": "x"})
    api("POST", "/fileCallback", {"token": token["token"], "result": False})
    assert api("GET", f"/files/{token['objectId']}") == {}


def test_kept_name(filing: Api) -> None:
    """A client may want an address that ends with the file's name."""
    token = _uploaded(filing, b"x", name="中 文.txt", keep_file_name=True)
    assert token["url"].endswith("/%E4%B8%AD%20%E6%96%87.txt")
    assert filing("GET", f"/files/{token['objectId']}")["url"] == token["url"]
    assert filing.client.get(token["url"]).content == b"x"
