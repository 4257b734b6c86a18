"""Whatever is sent, the service answers in the form of SDKs, and goes on."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from scaffold.store import files
from tests.store.conftest import KEYS, name

if TYPE_CHECKING:
    from scaffold.store.values import Json
    from tests.store.conftest import Api


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"a":NaN}',
        b'{"a":1e999}',
        b'"x"',
        b"1",
    ],
    ids=range(8),
)
def test_no_json(api: Api, content: bytes) -> None:
    """A body that is no object is refused."""
    answer = api.client.post("/1.1/classes/Hostile", content=content, headers=api.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, 107)


def test_too_large(api: Api) -> None:
    """A body over the limit is refused, with and without its length."""
    large = b" " * (20 * 1024 * 1024 + 1)
    assert (
        api.client.post("/1.1/classes/Hostile", content=large, headers=api.headers).json()["code"]
        == 413
    )
    parts = (large[:1_000_000] for _ in range(22))
    assert (
        api.client.post("/1.1/classes/Hostile", content=parts, headers=api.headers).json()["code"]
        == 413
    )


def test_bomb(api: Api) -> None:
    """An expression over which others hang is answered at once."""
    post = name()
    api.save(post, s="a" * 50_000 + "!")
    begin = time.perf_counter()
    assert api.ids(post, {"s": {"$regex": "^(a+)+$"}}) == []
    assert time.perf_counter() - begin < 10


def test_bomb_of_spaces(api: Api) -> None:
    """An expression whose spaces do not count is gone through in linear time too."""
    begin = time.perf_counter()
    where = {"s": {"$regex": "[" + "\\" * 99, "$options": "x"}}
    assert api("GET", "/classes/_Role", where=where)["code"] == 1
    assert time.perf_counter() - begin < 10


def test_regular_expressions_beside_other_conditions(api: Api) -> None:
    """What the database cannot answer is sorted out after it, with pages and counts."""
    post, holder = name(), name()
    ids = [api.save(post, s=text, n=n) for n, text in enumerate(["ab", "b", "aab", "cab", "ab"])]
    where = {"s": {"$regex": "^a+b$"}}
    assert api.ids(post, where) == [ids[0], ids[2], ids[4]]
    assert api.ids(post, where, limit=1, skip=1) == [ids[2]]
    assert api.ids(post, where, order="-n") == [ids[4], ids[2], ids[0]]
    assert api("GET", f"/classes/{post}", where=where, count="1", limit="1")["count"] == 3
    assert api.ids(post, {"$or": [where, {"n": 3}]}) == [ids[0], ids[2], ids[3], ids[4]]
    targets = [{"__type": "Pointer", "className": post, "objectId": each} for each in ids[:2]]
    holder_id = api.save(holder, s="ab", posts={"__op": "AddRelation", "objects": targets})
    owner = {"__type": "Pointer", "className": holder, "objectId": holder_id}
    assert api.ids(post, {**where, "$relatedTo": {"object": owner, "key": "posts"}}) == [ids[0]]
    assert api.ids(holder, {**where, "posts": targets[1]}) == [holder_id]
    assert api.ids(holder, {**where, "posts": {**targets[1], "objectId": ids[4]}}) == []


@pytest.mark.parametrize("key", ["../x", "/etc/passwd", "a/../../x", "", ".hidden", "a\x00b", 1])
def test_keys_of_files(api: Api, key: Json) -> None:
    """A key that could leave the folder is refused; clients choose none."""
    assert api("POST", "/fileTokens", {"name": "x", "key": "mine"})["code"] == 1
    code = 107 if key == "a\x00b" else 122
    assert api.as_master()("POST", "/fileTokens", {"name": "x", "key": key})["code"] == code
    assert not (isinstance(key, str) and files.KEY.fullmatch(key))


def test_keys_that_look_like_addresses(api: Api) -> None:
    """A file hides no address of the service, as all files are below one of them."""
    for key in ("1.1/users", "upload/x", "health"):
        token = api.as_master()("POST", "/fileTokens", {"name": "x", "key": key})
        api.client.put(token["upload_url"], content=b"bytes")
        assert api.client.get(token["url"]).content == b"bytes"
    assert api.client.get("/health").json() == {"status": "ok"}


def test_no_header_from_a_name(api: Api) -> None:
    """A file's name cannot add a header to its download."""
    token = api("POST", "/fileTokens", {"name": 'x"\r\nSet-Cookie: a=b\r\n.txt'})
    api.client.put(token["upload_url"], content=b"x")
    down = api.client.get(token["url"])
    assert down.status_code == 200
    assert "set-cookie" not in down.headers


def test_hook_key_is_no_key(api: Api) -> None:
    """Who has only the hook key, or a made-up session, is nobody."""
    assert api.sending("x-lc-session", "x" * 25)("GET", "/users/me")["code"] == 211
    post = name()
    secret = api.as_master().save(post, ACL={})
    for header, value in (("x-lc-hook-key", KEYS.hook_key), ("x-lc-session", json.dumps({"a": 1}))):
        assert api.sending(header, value)("GET", f"/classes/{post}/{secret}") == {}


@pytest.mark.parametrize("host", ["a/1.1/users/me?", "a/x#", "a?", "[", "a:b", "a\\b"])
def test_host_is_no_path(api: Api, host: str) -> None:
    """What is asked for is the path of the request, whatever it says of its host."""
    answer = api.client.get("/1.1/date", headers={"host": host})
    assert answer.json()["__type"] == "Date"
    odd = api.client.get("/1.1/classes/%20", headers={**api.headers, "host": host})
    assert (odd.status_code, odd.json()["code"]) == (400, 103)
    made = api.client.post("/1.1/classes/Hostile", headers={**api.headers, "host": host}, json={})
    assert made.status_code == 201
