"""Ways around the rules that somebody might try; each was open once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from scaffold.store import tables
from tests.store.conftest import Api, name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.store.values import Document, Json


@pytest.fixture
def permit(api: Api) -> Iterator[object]:
    """Return what sets the permissions of a class; those of users are set back."""

    def change(class_name: str, permissions: Document) -> None:
        with api.store.database.engine.begin() as connection:
            own = tables.classes.c.name == class_name
            connection.execute(update(tables.classes).where(own).values(permissions=permissions))
        api.store.schema.forget()

    yield change
    change("_User", {"find": {}})


def test_order_by_what_is_hidden(api: Api, permit: Json) -> None:
    """The order of users does not say what only they may see of themselves."""
    permit("_User", {})
    user, user_id = api.sign_up()
    asked = {"className": "_User", "where": {}, "order": "-authData.x.uid", "limit": 1}
    for who in (api, user):
        assert who("GET", "/users", order="authData.x.uid")["code"] == 403
        inside = {"p": {"$inQuery": asked}}
        assert who("GET", "/classes/_Role", where=inside)["code"] == 403
    assert "results" in api.as_master()("GET", "/users", order="authData.x.uid")
    assert user.ids("_User", {"objectId": user_id}, order="-username") == [user_id]


def test_bytes_of_other_files(api: Api) -> None:
    """Nobody can name the bytes of another's file as those of an own one, and delete them so."""
    token = api.as_master()("POST", "/fileTokens", {"name": "a.txt", "ACL": {}})
    api.client.put(token["upload_url"], content=b"bytes")
    for path in ("/classes/_File", "/classes/File"):
        assert api("POST", path, {"name": "b", "key": token["key"]})["code"] == 119
    mine = api("POST", "/files", {"name": "b", "url": "https://example.com/b"})["objectId"]
    for change in ({"key": token["key"]}, {"bucket": "x"}, {"key": {"__op": "Delete"}}):
        assert api("PUT", f"/files/{mine}", change)["code"] == 119
    assert api("DELETE", f"/files/{mine}") == {}
    assert api.client.get(token["url"]).content == b"bytes"
    made = api.as_master()("POST", "/classes/_File", {"name": "b", "key": "mine"})
    assert "objectId" in made


@pytest.mark.parametrize("key", ["ACL.x", "objectId.x", "createdAt.x", "updatedAt.x.y"])
def test_keys_below_reserved_ones(api: Api, key: str) -> None:
    """What an object has besides its columns cannot be a column by a dotted key."""
    post = name()
    saved = api.save(post, n=1)
    assert api("POST", f"/classes/{post}", {key: 1})["code"] == 105
    assert api("PUT", f"/classes/{post}/{saved}", {key: {"read": True}})["code"] == 105


@pytest.mark.parametrize("key", ["password.x", "sessionToken.x"])
def test_columns_that_users_have_not(api: Api, key: str) -> None:
    """What is kept elsewhere of a user cannot be a column either."""
    user, user_id = api.sign_up()
    assert user("PUT", f"/users/{user_id}", {key: 1})["code"] == 117


@pytest.fixture
def strict(api: Api) -> Iterator[Api]:
    """Return a client of the service as it is in production: third parties are not trusted."""
    before = api.store.settings
    api.store.settings = replace(before, trusts_parties=False)
    yield api
    api.store.settings = before


def test_names_at_third_parties(strict: Api) -> None:
    """Without the master key nobody can have a name that a third party has not verified."""
    user, user_id = strict.sign_up()
    path = f"/users/{user_id}"
    ways: list[Document] = [
        {"authData": {"weixin": {"openid": "victim"}}},
        {"authData.weixin": {"openid": "victim"}},
        {"authData.weixin.openid": "victim"},
        {"authData": {"x": {"uid": "1", "platform": "weixin", "unionid": "victim"}}},
        {"authData.x.platform": "weixin"},
        {"authData.x.unionid": "victim"},
    ]
    for body in ways:
        assert user("PUT", path, body)["code"] == 251
        signs_up = {"username": name(), "password": "x", **body}
        assert strict("POST", "/users", signs_up)["code"] == 251
        by_phone = {"mobilePhoneNumber": "+8613800138000", "smsCode": "1", **body}
        assert strict("POST", "/usersByMobilePhone", by_phone)["code"] == 251
    assert "updatedAt" in user("PUT", path, {"authData.own": {"uid": name()}})


@pytest.mark.parametrize(
    "cql",
    [
        "insert into User (username) values ('x')",
        "update User set a = 1 where objectId = 'x'",
        "delete from File where objectId = 'x'",
    ],
)
def test_other_names_in_cql(api: Api, cql: str) -> None:
    """CQL writes to no class of the platform's, by none of its names."""
    error = "CQL writes to classes of the app's own only."
    assert api("GET", "/cloudQuery", cql=cql) == {"code": 1, "error": error}


def test_reading_by_writing(api: Api, permit: Json) -> None:
    """Who may write to a class and read nothing of it is not told what is there by a write."""
    post = name()
    saved = api.save(post, n=1, s="secret")
    put = f"/classes/{post}/{saved}"
    permit(post, {"get": {}, "find": {}})
    assert api("PUT", put, {"n": {"__op": "Increment"}}, where={"s": "secret"})["code"] == 403
    assert api("DELETE", put, where={"s": "secret"})["code"] == 403
    changed = api("PUT", put, {"s": {"__op": "Delete"}, "n": 2}, fetchWhenSave="true")
    assert changed.keys() == {"objectId", "updatedAt"}
    made = api("POST", f"/classes/{post}", {"n": 1}, fetchWhenSave="true")
    assert made.keys() == {"objectId", "createdAt"}
    permit(post, {})
    assert api("PUT", put, {"n": 3}, where={"n": 2}, fetchWhenSave="true")["n"] == 3
