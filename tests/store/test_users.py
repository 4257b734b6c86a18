"""Users over the API: signing up, logging in, sessions, passwords, third parties,
codes, followers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from scaffold.store import passwords, tables, users
from scaffold.store.access import Caller
from tests.store.conftest import name

if TYPE_CHECKING:
    from scaffold.store.values import Document, Json
    from tests.store.conftest import Api


def _user(**fields: Json) -> Document:
    return {"username": name("u"), "password": "secret", **fields}


def _newest(api: Api, recipient: str) -> str:
    found = api.as_master()("GET", "/outbox")["results"]
    code: str = next(each["message"]["code"] for each in found if each["to"] == recipient)
    return code


def _phone() -> str:
    return "+86" + str(int(name("")[:10], 16))[:11]


def test_life_of_a_user(api: Api) -> None:
    """A user signs up, logs in by name, mail and phone, is changed by itself alone, and goes."""
    given = _user(email=f"{name()}@example.com", mobilePhoneNumber=_phone(), city="上海")
    made = api.response("POST", "/users", given)
    assert made.status_code == 201
    user = made.json()
    assert "password" not in user
    path = f"/users/{user['objectId']}"
    for key in ("username", "email", "mobilePhoneNumber"):
        found = api("POST", "/login", {key: given[key], "password": "secret"})
        assert found["objectId"] == user["objectId"]
        assert found["sessionToken"] != user["sessionToken"]
        assert found["city"] == "上海"
    himself = api.as_user(user["sessionToken"])
    assert himself("GET", "/users/me")["username"] == given["username"]
    assert (
        api("GET", "/users/me", session_token=user["sessionToken"])["objectId"] == user["objectId"]
    )
    assert api("PUT", path, {"city": "x"})["code"] == 206
    stranger, _ = api.sign_up()
    for method, body in (("PUT", {"city": "x"}), ("PUT", {"password": "x"}), ("DELETE", None)):
        assert stranger(method, path, body)["code"] == 206
        assert stranger(method, f"/classes/_User/{user['objectId']}", body)["code"] == 206
    assert "updatedAt" in himself("PUT", path, {"city": "北京", "password": "other"})
    assert (
        api("POST", "/login", {"username": given["username"], "password": "secret"})["code"] == 210
    )
    assert "sessionToken" in api(
        "POST", "/login", {"username": given["username"], "password": "other"}
    )
    assert himself("DELETE", path) == {}
    assert himself("GET", "/users/me")["code"] == 211
    assert (
        api("POST", "/login", {"username": given["username"], "password": "other"})["code"] == 211
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"username": None}, 200),
        ({"username": ""}, 200),
        ({"username": " "}, 217),
        ({"username": 1}, 217),
        ({"password": None}, 201),
        ({"password": " "}, 218),
        ({"password": 1}, 218),
        ({"password": "x" * 2000}, 218),
        ({"email": "nobody"}, 125),
        ({"mobilePhoneNumber": "none"}, 127),
        ({"emailVerified": True}, 119),
        ({"sessionToken": "x"}, 117),
        ({"authData": {"a b": {"uid": "1"}}}, 105),
        ({"authData": {"party": {"access_token": "1"}}}, 250),
        ({"authData": {"weixin": {"openid": "1"}}}, 251),
    ],
)
def test_no_user(api: Api, fields: Document, code: int) -> None:
    """What is no user is refused, by both addresses."""
    assert api("POST", "/users", _user(**fields))["code"] == code
    assert api("POST", "/classes/_User", _user(**fields))["code"] == code


@pytest.mark.parametrize(
    ("key", "code"), [("username", 202), ("email", 203), ("mobilePhoneNumber", 214)]
)
def test_taken(api: Api, key: str, code: int) -> None:
    """A name, a mail address and a phone belong to one user at a time."""
    given = _user(email=f"{name()}@example.com", mobilePhoneNumber=_phone())
    first = api("POST", "/users", given)
    assert api("POST", "/users", _user(**{key: given[key]}))["code"] == code
    second, second_id = api.sign_up()
    assert second("PUT", f"/users/{second_id}", {key: given[key]})["code"] == code
    api.as_master()("DELETE", f"/users/{first['objectId']}")
    assert "updatedAt" in second("PUT", f"/users/{second_id}", {key: given[key]})


def test_nobody_lists_users(api: Api) -> None:
    """Users are found with the master key only; what a third party knows is seen by nobody else."""
    token = {"party": {"openid": name(), "access_token": "secret"}}
    made = api("POST", "/users", {"authData": token})
    assert made["authData"] == token
    other, _ = api.sign_up()
    assert other("GET", "/users")["code"] == 403
    assert "authData" not in other("GET", f"/users/{made['objectId']}")
    found = api.as_master()("GET", "/users", where={"objectId": made["objectId"]})["results"]
    assert found[0]["authData"] == token


def test_third_parties(api: Api) -> None:
    """Whoever a third party knows is logged in; parties are added and taken away one by one."""
    first, second = {"uid": name(), "t": 1}, {"id": name()}
    made = api.response("POST", "/users", {"authData": {"party": first}})
    again = api.response("POST", "/users", {"authData": {"party": first}})
    assert (made.status_code, again.status_code) == (201, 200)
    user_id = made.json()["objectId"]
    assert again.json()["objectId"] == user_id
    user, path = api.as_user(made.json()["sessionToken"]), f"/users/{user_id}"
    assert "updatedAt" in user("PUT", path, {"authData": {"anonymous": second}})
    assert user("GET", "/users/me")["authData"] == {"party": first, "anonymous": second}
    other, other_id = api.sign_up()
    assert other("PUT", f"/users/{other_id}", {"authData": {"party": first}})["code"] == 208
    user("PUT", path, {"authData": {"party": None}})
    user("PUT", path, {"authData.anonymous": {"__op": "Delete"}})
    assert user("GET", "/users/me")["authData"] == {}
    assert "updatedAt" in other("PUT", f"/users/{other_id}", {"authData": {"party": first}})


def test_unverified_parties(api: Api) -> None:
    """Nobody logs in with a public name at a party that the platform asked; a server may."""
    weibo = {"authData": {"weibo": {"uid": name()}}}
    made = api.as_master()("POST", "/users", weibo)
    assert api("POST", "/users", weibo)["code"] == 251
    assert api("POST", "/classes/_User", weibo)["code"] == 251
    user, user_id = api.sign_up()
    for change in (weibo, {"authData.qq": {"uid": "1"}}, {"authData.qq.uid": "1"}):
        assert user("PUT", f"/users/{user_id}", change)["code"] == 251
    assert "updatedAt" in user("PUT", f"/users/{user_id}", {"authData": {"weibo": None}})
    assert api.as_master()("POST", "/users", weibo)["objectId"] == made["objectId"]


def test_sessions(api: Api) -> None:
    """A token of before a refresh or a change of the password is nobody's."""
    user, user_id = api.sign_up()
    given = user("GET", "/users/me")["username"]
    renewed = user("PUT", f"/users/{user_id}/refreshSessionToken")["sessionToken"]
    assert user("GET", "/users/me")["code"] == 211
    user = api.as_user(renewed)
    path = f"/users/{user_id}/updatePassword"
    assert user("PUT", path, {"old_password": "wrong", "new_password": "new"})["code"] == 210
    assert api("PUT", path, {"old_password": "secret", "new_password": "new"})["code"] == 206
    changed = user("PUT", path, {"old_password": "secret", "new_password": "new"})
    assert user("GET", "/users/me")["code"] == 211
    assert api.as_user(changed["sessionToken"])("GET", "/users/me")["objectId"] == user_id
    assert "sessionToken" in api("POST", "/login", {"username": given, "password": "new"})


def test_only_digests_are_kept(api: Api) -> None:
    """Neither a token nor a password can be read in the database."""
    user, user_id = api.sign_up()
    token = user("GET", "/users/me")["sessionToken"]
    with api.store.database.engine.connect() as connection:
        rows = connection.execute(
            select(tables.sessions).where(tables.sessions.c.user_id == user_id)
        ).all()
        kept = connection.scalar(
            select(tables.passwords.c.hash).where(tables.passwords.c.user_id == user_id)
        )
        document = connection.scalar(
            select(tables.objects.c.document).where(tables.objects.c.id == user_id)
        )
    assert rows
    assert token not in repr(rows)
    assert str(kept).startswith("$argon2id$")
    assert "secret" not in repr(document)


def test_account_is_locked(api: Api) -> None:
    """After six wrong passwords even the right one has to wait."""
    given = _user()
    api("POST", "/users", given)
    wrong = [
        api("POST", "/login", {**given, "password": "wrong"})["code"]
        for _ in range(users.MAX_FAILURES + 1)
    ]
    assert wrong == [210] * users.MAX_FAILURES + [219]
    assert api("POST", "/login", given)["code"] == 219


def test_password_of_the_platform() -> None:
    """The example of the platform's documentation, and what is no longer one."""
    kept = passwords.exported(
        "tA7BLW+NK0UeARng0693gCaVnljkglCB9snqlpCSUKjx2RgYp8VZZOQt0S5iUtlDrkJXfT3gknS4rRqjYsd/Ug==",
        "h60d8x797d3oa0naxybxxv9bn7xpt2yiowz68mpiwou7gwr2",
    )
    assert passwords.matches(kept, "password")
    assert not passwords.matches(kept, "Password")
    assert passwords.is_outdated(kept)


def test_exported_password_is_hashed_anew(api: Api) -> None:
    """The first login with a password of the platform's replaces what is kept of it."""
    given = _user()
    user_id = api("POST", "/users", given)["objectId"]
    exported = passwords.exported(passwords.platform_hash("old", "salt"), "salt")
    with api.store.reading(_master()) as work:
        assert users.failures(work, user_id)[0].startswith("$argon2id$")
    api.store.writing(_master(), lambda work: users.set_password(work, user_id, exported))
    assert api("POST", "/login", given)["code"] == 210
    assert "sessionToken" in api("POST", "/login", {**given, "password": "old"})
    with api.store.reading(_master()) as work:
        assert users.failures(work, user_id)[0].startswith("$argon2id$")
    assert "sessionToken" in api("POST", "/login", {**given, "password": "old"})


def _master() -> Caller:
    return Caller(master=True)


def test_codes(api: Api) -> None:
    """Codes are written into the outbox, open what they are for, once, and not after
    many guesses.
    """
    phone = _phone()
    assert api("POST", "/requestLoginSmsCode", {"mobilePhoneNumber": phone})["code"] == 213
    assert api("POST", "/requestSmsCode", {"mobilePhoneNumber": phone}) == {}
    assert api("GET", "/outbox")["code"] == 401
    code = _newest(api, phone)
    assert (
        api("POST", "/usersByMobilePhone", {"mobilePhoneNumber": phone, "smsCode": "x"})["code"]
        == 603
    )
    made = api("POST", "/usersByMobilePhone", {"mobilePhoneNumber": phone, "smsCode": code})
    assert made["mobilePhoneVerified"] is True
    assert (
        api("POST", "/usersByMobilePhone", {"mobilePhoneNumber": phone, "smsCode": code})["code"]
        == 603
    )
    api("POST", "/requestLoginSmsCode", {"mobilePhoneNumber": phone})
    found = api("POST", "/login", {"mobilePhoneNumber": phone, "smsCode": _newest(api, phone)})
    assert found["objectId"] == made["objectId"]
    api("POST", "/requestPasswordResetBySmsCode", {"mobilePhoneNumber": phone})
    code, body = _newest(api, phone), {"mobilePhoneNumber": phone, "password": "new"}
    wrong = [api("PUT", "/resetPasswordBySmsCode/none", body)["code"] for _ in range(5)]
    assert wrong == [603] * 5
    assert api("PUT", f"/resetPasswordBySmsCode/{code}", body)["code"] == 603
    api("POST", "/requestPasswordResetBySmsCode", {"mobilePhoneNumber": phone})
    assert api("PUT", f"/resetPasswordBySmsCode/{_newest(api, phone)}", body) == {}
    assert "sessionToken" in api("POST", "/login", {"mobilePhoneNumber": phone, "password": "new"})
    assert api.as_user(found["sessionToken"])("GET", "/users/me")["code"] == 211


def test_followers(api: Api) -> None:
    """Following makes one object on each side, once, and is taken back on both."""
    (user, user_id), (_, other_id) = api.sign_up(), api.sign_up()
    path = f"/users/{user_id}/friendship/{other_id}"
    assert api("POST", path, {})["code"] == 206
    assert user("POST", path, {}) == user("POST", path, {}) == {}
    by = {"user": {"__type": "Pointer", "className": "_User", "objectId": other_id}}
    found = api("GET", "/classes/_Follower", where=by, include="follower")["results"]
    assert [each["follower"]["objectId"] for each in found] == [user_id]
    assert api("POST", "/classes/_Follower", {})["code"] == 403
    assert user("DELETE", path) == {}
    assert user("DELETE", path)["code"] == 1
    assert api.ids("_Follower", by) == []


def test_fail_on_not_exist(api: Api) -> None:
    """Who only wants to log in with a third party is not signed up by it."""
    body = {"authData": {"party": {"uid": name(), "access_token": "x"}}}
    assert api("POST", "/users", body, failOnNotExist="true")["code"] == 211
    known = api("POST", "/users", body)["objectId"]
    assert api("POST", "/users", body, failOnNotExist="true")["objectId"] == known


def test_union_id(api: Api) -> None:
    """Two apps of one third party know the same user by its UnionID, and its data is renewed."""
    union = {"unionid": name(), "platform": "party", "main_account": True}
    one = {"uid": name(), "access_token": "x", **union}
    two = {"uid": name(), "access_token": "x", **union}
    user_id = api("POST", "/users", {"authData": {"party_1": one}})["objectId"]
    known = api("POST", "/users", {"authData": {"party_2": two}})
    assert known["objectId"] == user_id
    assert known["authData"].keys() == {"party_1", "party_2"}
    other = {**two, "uid": name(), "platform": "weixin"}
    assert api("POST", "/users", {"authData": {"party_3": other}})["code"] == 251


def test_friends(api: Api) -> None:
    """A user sees whom it follows and who follows it, in one request."""
    (one, one_id), (two, two_id) = api.sign_up(), api.sign_up()
    one("POST", f"/users/{one_id}/friendship/{two_id}", {})
    path = f"/users/{two_id}/followersAndFollowees"
    found = two("GET", path, include="follower,followee")
    assert [each["follower"]["objectId"] for each in found["followers"]] == [one_id]
    assert found["followees"] == []


def test_sessions_by_the_master_key(api: Api) -> None:
    """The master key counts a user's sessions, begins another and ends all; nobody else may."""
    user, user_id = api.sign_up()
    path, master = f"/users/{user_id}/sessions", api.as_master()
    token = master("POST", path)["sessionToken"]
    assert api.as_user(token)("GET", "/users/me")["objectId"] == user_id
    assert len(master("GET", path)["results"]) == 2
    assert [user(method, path)["code"] for method in ("GET", "POST", "DELETE")] == [401] * 3
    assert master("DELETE", path) == {}
    assert master("GET", path) == {"results": []}
    assert api.as_user(token)("GET", "/users/me")["code"] == 211
    assert master("POST", "/users/nobody/sessions")["code"] == 211


def test_anonymous_no_longer(api: Api) -> None:
    """An anonymous user who gets a name at a third party keeps that alone."""
    anonymous = {"anonymous": {"id": name()}}
    user = api("POST", "/users", {"authData": anonymous})
    path = f"/users/{user['objectId']}"
    one, other = ({"uid": name()} for _ in range(2))
    mine = api.as_user(user["sessionToken"])
    linked = mine("PUT", path, {"authData": {"one": one}}, new="true")
    assert linked["authData"] == {"one": one}
    linked = mine("PUT", path, {"authData": {"other": other}}, new="true")
    assert linked["authData"] == {"one": one, "other": other}
    assert mine("PUT", path, {"authData": {"one": None}}, new="1")["authData"] == {"other": other}
    assert api("POST", "/users", {"authData": anonymous})["objectId"] != user["objectId"]
