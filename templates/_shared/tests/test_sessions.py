"""The login cookie."""

import pytest

from leansdk import leancloud


@pytest.fixture
def cookie(client, monkeypatch):
    """Log a visitor in, with any password, and return the Set-Cookie header."""

    def login(user, username, password):
        user._update_data({"objectId": "victim", "sessionToken": "victim-token"})
        leancloud.User.set_current(user)

    monkeypatch.setattr(leancloud.User, "login", login)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    response = client("POST", "/login", form, b"username=victim&password=right")
    return response.headers["Set-Cookie"]


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
        assert "Set-Cookie" not in response.headers


def test_function_call_logs_nobody_in(client, monkeypatch):
    """A call with a session token sets the thread's user, too."""

    def become(token):
        user = leancloud.User()
        user._update_data({"objectId": "victim", "sessionToken": token})
        leancloud.User.set_current(user)
        return user

    monkeypatch.setattr(leancloud.User, "become", become)
    headers = {"X-LC-Id": "test-id", "X-LC-Key": "test-key", "X-LC-Session": "victim-token"}
    for _ in range(4):
        assert client("POST", "/1.1/functions/hello", headers, {}).status == 200
    assert all(b"victim" not in client("GET", "/").body for _ in range(4))


def test_cookie_is_not_repeated(client, cookie):
    """A cache that keeps an answer with the cookie would log others in."""
    assert "Set-Cookie" not in client("GET", "/", {"Cookie": cookie.split(";")[0]}).headers


def test_a_forged_cookie_is_nobody(client, cookie):
    forged = cookie.split(";")[0].replace("victim", "other").replace("=", "=x", 1)
    assert b"victim" not in client("GET", "/", {"Cookie": forged}).body


def test_logout_ends_the_session(client, cookie):
    mine = {"Cookie": cookie.split(";")[0]}
    assert "1970" in client("POST", "/logout", mine).headers["Set-Cookie"]
