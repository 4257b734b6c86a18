"""Who may do what: keys, signatures, sessions, ACL, roles and the permissions of classes."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from scaffold.store import credentials, tables, values
from tests.store.conftest import KEYS, name

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.store.values import Document, Json
    from tests.store.conftest import Api

NOW = str(int(time.time() * 1000))
OLD = str(int(time.time() * 1000) - 2 * 3600 * 1000)


def _signed(key: str, timestamp: str, kind: str = "") -> str:
    return credentials.signature(key, timestamp) + f",{timestamp}" + kind


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-LC-Id": KEYS.app_id, "X-LC-Key": KEYS.app_key}, 200),
        ({"X-LC-Id": KEYS.app_id, "X-LC-Key": f"{KEYS.master_key},master"}, 200),
        ({"X-LC-Id": KEYS.app_id, "X-LC-Sign": _signed(KEYS.app_key, NOW)}, 200),
        ({"X-LC-Id": KEYS.app_id, "X-LC-Sign": _signed(KEYS.app_key, OLD)}, 200),
        ({"X-LC-Id": KEYS.app_id, "X-LC-Sign": _signed(KEYS.master_key, NOW, ",master")}, 200),
        (
            {
                "X-AVOSCloud-Application-Id": KEYS.app_id,
                "X-AVOSCloud-Application-Key": KEYS.app_key,
            },
            200,
        ),
        (
            {"X-AVOSCloud-Application-Id": KEYS.app_id, "X-AVOSCloud-Master-Key": KEYS.master_key},
            200,
        ),
        (
            {
                "X-AVOSCloud-Application-Id": KEYS.app_id,
                "X-AVOSCloud-Request-Sign": _signed(KEYS.app_key, NOW),
            },
            200,
        ),
        ({"X-Uluru-Application-Id": KEYS.app_id, "X-Uluru-Application-Key": KEYS.app_key}, 200),
        ({"X-Parse-Application-Id": KEYS.app_id, "X-Parse-REST-API-Key": KEYS.app_key}, 200),
        ({}, 401),
        ({"X-LC-Id": KEYS.app_id}, 401),
        ({"X-LC-Key": KEYS.app_key}, 401),
        ({"X-LC-Id": "other", "X-LC-Key": KEYS.app_key}, 401),
        ({"X-LC-Id": KEYS.app_id, "X-LC-Key": ""}, 401),
        ({"X-LC-Id": KEYS.app_id, "X-LC-Key": KEYS.master_key}, 401),
        ({"X-LC-Id": KEYS.app_id, "X-LC-Key": f"{KEYS.app_key},master"}, 401),
        ({"X-LC-Id": KEYS.app_id, "X-LC-Key": "bad,master"}, 401),
        ({"X-LC-Id": KEYS.app_id, "X-LC-Sign": _signed("bad", NOW)}, 401),
        ({"X-LC-Id": KEYS.app_id, "X-LC-Sign": _signed(KEYS.app_key, NOW, ",master")}, 401),
        ({"X-LC-Id": KEYS.app_id, "X-LC-Sign": _signed(KEYS.master_key, NOW)}, 401),
        ({"X-LC-Id": KEYS.app_id, "X-LC-Sign": _signed(KEYS.master_key, OLD, ",master")}, 401),
        ({"X-LC-Id": KEYS.app_id, "X-LC-Sign": credentials.signature(KEYS.app_key, "")}, 401),
        (
            {"X-LC-Id": KEYS.app_id, "X-LC-Sign": credentials.signature(KEYS.app_key, "x") + ",x"},
            401,
        ),
        ({"X-LC-Id": KEYS.app_id, "X-LC-Hook-Key": KEYS.hook_key}, 401),
    ],
)
def test_keys(api: Api, headers: dict[str, str], status: int) -> None:
    """Every form in which SDKs send keys and signatures is known; nothing else opens."""
    answer = replace(api, headers=headers).response("GET", "/classes/_Role")
    assert answer.status_code == status
    if status == 401:
        assert answer.json() == {"code": 401, "error": "Unauthorized."}


def test_keys_in_a_body(api: Api) -> None:
    """Old browser SDKs send the method and the keys in a body of plain text."""
    post = name()
    keys = {"_ApplicationId": KEYS.app_id, "_ApplicationKey": KEYS.app_key}
    plain = replace(api, headers={"content-type": "text/plain"})
    made = plain("POST", f"/classes/{post}", {**keys, "n": 1})
    path = f"/classes/{post}/{made['objectId']}"
    assert "updatedAt" in plain("POST", path, {**keys, "_method": "PUT", "n": 2})
    assert plain("POST", path, {**keys, "_method": "GET"})["n"] == 2
    assert plain("POST", path, {**keys, "_method": "DELETE"}) == {}
    assert plain("POST", path, {**keys, "_ApplicationKey": "bad", "_method": "GET"})["code"] == 401
    master = {"_ApplicationId": KEYS.app_id, "_MasterKey": KEYS.master_key}
    assert "results" in plain("POST", "/users", {**master, "_method": "GET"})


def test_cors(api: Api) -> None:
    """A page of any origin may ask, with all headers that SDKs send."""
    asks = {"Origin": "https://example.com", "Access-Control-Request-Method": "PUT"}
    asks["Access-Control-Request-Headers"] = "x-lc-id,x-lc-sign,x-lc-session,content-type"
    answer = api.client.options("/1.1/classes/A", headers=asks)
    assert answer.status_code == 200
    assert "PUT" in answer.headers["access-control-allow-methods"]
    allowed = api.client.get("/1.1/date", headers={"Origin": "https://example.com"})
    assert allowed.headers["access-control-allow-origin"] == "*"


def test_acl(api: Api) -> None:
    """An ACL decides who reads and writes an object, on every way to it."""
    post, comment = name(), name()
    (owner, owner_id), (other, _) = api.sign_up(), api.sign_up()
    secret = owner.save(post, n=1, ACL={owner_id: {"read": True, "write": True}})
    public = owner.save(post, n=1, ACL={"*": {"read": True}, owner_id: {"write": True}})
    pointer = values.pointer(post, secret)
    about = api.save(
        comment, post=pointer, n=1, related={"__op": "AddRelation", "objects": [pointer]}
    )
    related = {"$relatedTo": {"object": values.pointer(comment, about), "key": "related"}}
    inside = {"post": {"$inQuery": {"className": post, "where": {}}}}
    select = {
        "n": {"$select": {"key": "n", "query": {"className": post, "where": {"objectId": secret}}}}
    }
    for stranger in (api, other):
        assert stranger("GET", f"/classes/{post}/{secret}") == {}
        assert stranger.ids(post) == [public]
        assert stranger("GET", f"/classes/{post}", count="1", limit="0")["count"] == 1
        assert stranger.ids(post, related) == []
        assert stranger.ids(comment, inside) == []
        assert stranger.ids(comment, select) == []
        assert stranger("GET", f"/classes/{comment}/{about}", include="post")["post"] == pointer
        assert stranger("PUT", f"/classes/{post}/{secret}", {"n": 2})["code"] == 1
        assert stranger("DELETE", f"/classes/{post}/{secret}", where={"n": 1})["code"] == 305
        assert stranger("PUT", f"/classes/{post}/{public}", {"n": 2})["code"] == 403
        assert (
            stranger("PUT", f"/classes/{post}/{public}", {"ACL": {"*": {"write": True}}})["code"]
            == 403
        )
        assert stranger("DELETE", f"/classes/{post}/{public}")["code"] == 403
    for friend in (owner, api.as_master()):
        assert friend.ids(post) == [secret, public]
        assert friend.ids(post, related) == [secret]
        assert friend.ids(comment, inside) == [about]
        assert friend.ids(comment, select) == [about]
        assert friend("GET", f"/classes/{comment}/{about}", include="post")["post"]["n"] == 1
        assert "updatedAt" in friend("PUT", f"/classes/{post}/{secret}", {"n": 1})


def test_relation_of_a_secret(api: Api) -> None:
    """Who may not read an object is not told what is in its relations."""
    band, album = name(), name()
    owner, owner_id = api.sign_up()
    band_id = api.save(band)
    bands = {"__op": "AddRelation", "objects": [values.pointer(band, band_id)]}
    album_id = owner.save(album, bands=bands, ACL={owner_id: {"read": True, "write": True}})
    related = {"$relatedTo": {"object": values.pointer(album, album_id), "key": "bands"}}
    assert owner.ids(band, related) == [band_id]
    assert api.ids(band, related) == []
    assert api.ids(band, {"$or": [related, {"objectId": "x"}]}) == []
    assert api("GET", f"/classes/{band}", where=related, count="1")["count"] == 0
    assert api.ids(album, {"bands": values.pointer(band, band_id)}) == []
    _permit(api, album, {"get": {}})
    assert owner("GET", f"/classes/{band}", where=related)["code"] == 403


def test_return_acl(api: Api) -> None:
    """The ACL is shown to those who ask for it."""
    post = name()
    object_id = api.save(post, ACL={"*": {"read": True}, "x": {"write": True, "read": False}})
    assert "ACL" not in api("GET", f"/classes/{post}/{object_id}")
    shown = api("GET", f"/classes/{post}/{object_id}", returnACL="true")["ACL"]
    assert shown == {"*": {"read": True}, "x": {"write": True}}
    api.save(post)
    found = api("GET", f"/classes/{post}", returnACL="true")["results"]
    assert found[1]["ACL"] == {"*": {"read": True, "write": True}}


def test_roles(api: Api) -> None:
    """A role's permissions are those of its users and of the roles in it, however deep."""
    post, master = name(), api.as_master()
    (user, user_id), (other, _) = api.sign_up(), api.sign_up()

    def role(users: list[str], roles: list[str]) -> tuple[str, str]:
        body: Document = {"name": name("r"), "ACL": {"*": {"read": True}}}
        for key, class_name, ids in (("users", "_User", users), ("roles", "_Role", roles)):
            if ids:
                objects = [values.pointer(class_name, each) for each in ids]
                body[key] = {"__op": "AddRelation", "objects": objects}
        return master("POST", "/roles", body)["objectId"], body["name"]

    inner, _ = role([user_id], [])
    middle, _ = role([], [inner])
    outer, outer_name = role([], [middle])
    master(
        "PUT",
        f"/roles/{inner}",
        {"roles": {"__op": "AddRelation", "objects": [values.pointer("_Role", outer)]}},
    )
    object_id = api.as_master().save(post, ACL={f"role:{outer_name}": {"read": True}})
    assert user.ids(post) == [object_id]
    assert other.ids(post) == []
    found = user("GET", "/roles", where={"users": values.pointer("_User", user_id)})["results"]
    assert [each["objectId"] for each in found] == [inner]
    leave = {"users": {"__op": "RemoveRelation", "objects": [values.pointer("_User", user_id)]}}
    assert api("PUT", f"/roles/{inner}", leave)["code"] == 403
    master("PUT", f"/roles/{inner}", leave)
    assert user.ids(post) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"ACL": {}}, 139),
        ({"name": "a b", "ACL": {}}, 139),
        ({"name": "ab"}, 123),
        ({"name": 1, "ACL": {}}, 139),
    ],
)
def test_no_role(api: Api, body: Document, code: int) -> None:
    """A role needs a name and an ACL, and keeps its name."""
    assert api("POST", "/roles", body)["code"] == code


def test_class_permissions(api: Api) -> None:
    """What a class does not permit is refused on every way: directly, in a
    subquery, as a relation's target.
    """
    post = name()
    (user, user_id), (other, _) = api.sign_up(), api.sign_up()
    object_id = api.save(post, n=1)
    comment = name()
    about = api.save(comment, post=values.pointer(post, object_id))
    ways: dict[str, Callable[[Api], Json]] = {
        "find": lambda who: who("GET", f"/classes/{post}"),
        "get": lambda who: who("GET", f"/classes/{post}/{object_id}"),
        "create": lambda who: who("POST", f"/classes/{post}", {}),
        "update": lambda who: who("PUT", f"/classes/{post}/{object_id}", {"n": 1}),
        "add_fields": lambda who: who("PUT", f"/classes/{post}/{object_id}", {name("c"): 1}),
    }
    for operation, way in ways.items():
        for granted, who in ({user_id: True}, user), ({"onlySignInUsers": True}, other):
            _permit(api, post, {operation: granted})
            assert way(api)["code"] == 403
            assert "code" not in way(who)
            assert "code" not in way(api.as_master())
    _permit(api, post, {"find": {}, "get": {}})
    inside = {"post": {"$inQuery": {"className": post, "where": {}}}}
    assert api("GET", f"/classes/{comment}", where=inside)["code"] == 403
    shown = api("GET", f"/classes/{comment}/{about}", include="post")["post"]
    assert shown == values.pointer(post, object_id)


def _permit(api: Api, class_name: str, permissions: Document) -> None:
    with api.store.database.transaction() as connection:
        own = tables.classes.c.name == class_name
        connection.execute(update(tables.classes).where(own).values(permissions=permissions))
    api.store.schema.forget()
