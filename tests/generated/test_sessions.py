"""The login cookie."""

import re

import pytest
from harness import BACKEND, KEY

from leanengine.sdk import leancloud


def submit(client, path, form=b"", cookie=""):
    """Send a form of the page, as a visitor does who has a cookie or none; return the response."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    if BACKEND == "django":
        page = client("GET", "/", {"Cookie": cookie})
        form += b"&csrfmiddlewaretoken=" + re.search(rb'csrfmiddlewaretoken" value="(\w+)"', page.body)[1]
        headers["Cookie"] += "; " + page.headers["Set-Cookie"].split(";")[0]
        headers["Origin"] = f"https://127.0.0.1:{client.port}"
    return client("POST", path, headers, form)


def session_cookies(response):
    """Return the Set-Cookie headers that are about the login."""
    return [cookie for cookie in response.headers.get_all("Set-Cookie", []) if cookie.startswith("leancloud:session=")]


@pytest.fixture
def cookie(client, monkeypatch):
    """Log a visitor in, with any password, and return the Set-Cookie header."""

    def login(user, username, password):
        user._update_data({"objectId": "victim", "sessionToken": "victim-token"})
        leancloud.User.set_current(user)

    monkeypatch.setattr(leancloud.User, "login", login)
    return session_cookies(submit(client, "/login", b"username=victim&password=right"))[0]


def test_cookie_flags(cookie):
    """Out of reach of scripts, of other sites, of plain HTTP; the SDK sets none of these."""
    flags = cookie.split("; ")[1:]
    assert {"HttpOnly", "SameSite=Lax", "Secure"} <= set(flags)


def test_login_lasts_and_stays_with_its_visitor(client, cookie):
    """The SDK leaves the user in the thread: whoever came next was logged in as that user, and got the cookie."""
    mine = {"Cookie": cookie.split(";")[0]}
    assert b"victim" in client("GET", "/", mine).body
    for _ in range(4):
        client("GET", "/", mine)
        response = client("GET", "/")
        assert b"victim" not in response.body
        assert session_cookies(response) == []


def test_function_call_logs_nobody_in(client, monkeypatch):
    """A call with a session token sets the thread's user, too."""

    def become(token):
        user = leancloud.User()
        user._update_data({"objectId": "victim", "sessionToken": token})
        leancloud.User.set_current(user)
        return user

    monkeypatch.setattr(leancloud.User, "become", become)
    headers = {**KEY, "X-LC-Session": "victim-token"}
    for _ in range(4):
        assert client("POST", "/1.1/functions/hello", headers, {}).status == 200
    assert all(b"victim" not in client("GET", "/").body for _ in range(4))


def test_cookie_is_not_repeated(client, cookie):
    """A cache that keeps an answer with the cookie would log others in."""
    assert session_cookies(client("GET", "/", {"Cookie": cookie.split(";")[0]})) == []


def test_a_forged_cookie_is_nobody(client, cookie):
    forged = cookie.split(";")[0].replace("victim", "other").replace("=", "=x", 1)
    assert b"victim" not in client("GET", "/", {"Cookie": forged}).body


def test_logout_ends_the_session(client, cookie):
    assert "1970" in session_cookies(submit(client, "/logout", cookie=cookie.split(";")[0]))[0]


@pytest.mark.parametrize("value", ["", "?", "x", "a?b=c", "%00", '"\\377"', "a" * 5000, "x?uid=!&session_token=!"])
def test_a_cookie_that_is_none_is_nobody(client, value):
    assert client("GET", "/", {"Cookie": f"leancloud:session={value}"}).status == 200
