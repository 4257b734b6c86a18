"""What the SDK gets wrong and the platform part puts right; each of these fails without it."""

import hashlib
import json

import pytest
from harness import HELLO, HOOK, ID, KEY, MASTER


def sign(key, kind=""):
    timestamp = "1700000000000"
    return hashlib.md5(f"{timestamp}{key}".encode()).hexdigest() + f",{timestamp}{kind}"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        ID,
        {"X-LC-Key": "test-key"},
        {**ID, "X-LC-Key": "wrong"},
        {**ID, "X-LC-Key": "wrong,master"},
        {**ID, "X-LC-Sign": sign("wrong")},
        {**ID, "X-LC-Sign": sign("None", ",ax-sig-1")},  # signed with the ANDX key that is not there
    ],
)
def test_no_call_without_the_right_key(client, headers):
    """The app id is public: alone it must not open the functions."""
    assert client("POST", HELLO, headers, {}).status == 401


@pytest.mark.parametrize(
    "headers",
    [KEY, MASTER, {**ID, "X-LC-Sign": sign("test-key")}],
)
def test_call_with_a_right_key(client, headers):
    assert client("POST", HELLO, headers, {}).status == 200


@pytest.mark.parametrize("header", [{"X-LC-Key": "a,b,master"}, {"X-LC-Sign": "abc"}])
def test_malformed_key(client, header):
    """Not a 500 and a traceback in the log for everyone who tries."""
    assert client("POST", HELLO, {**ID, **header}, {}).status == 401


@pytest.mark.parametrize("body", [b"{", b"5", b"null", b'"user"', b"[" * 100_000])
def test_malformed_body(client, body):
    assert client("POST", HELLO, KEY, body).status == 400


def test_malformed_body_without_a_key(client):
    """In text/plain the SDK looks for the key, before it knows who asks."""
    assert client("POST", HELLO, {"Content-Type": "text/plain"}, b"{").status == 400


def test_preflight(client):
    """The SDK answers OPTIONS with text, which servers refuse; browsers ask before they call a function."""
    response = client("OPTIONS", HELLO, {"Origin": "https://example.com"})
    assert response.status == 200
    assert "X-LC-Key" in response.headers["Access-Control-Allow-Headers"]


def test_several_slashes_are_one(client):
    """The SDK takes those at the beginning for one, so the repairs have to; it redirects for those within."""
    assert client("OPTIONS", "//1.1/functions/hello").status == 200
    assert client("POST", "//1.1/functions/hello", ID, {}).status == 401
    assert client("POST", "//1.1/functions//hello", KEY, {}).status == 200


def test_login_does_not_reach_the_next_request(client):
    """The SDK leaves the user in the thread; two threads answer here, so twelve requests meet both."""
    for _ in range(4):
        client("POST", "/1.1/functions/log_in_victim", KEY, {})
    answers = {client("POST", "/1.1/functions/who_am_i", KEY, {}).body for _ in range(12)}
    assert answers == {b'{"result": null}'}


@pytest.mark.parametrize("user", [{"objectId": "victim"}, "victim"])
def test_nobody_is_who_the_body_says(client, user):
    """The SDK believes the body of anyone; `user` is an argument like others."""
    response = client("POST", "/1.1/functions/whose_call", KEY, {"user": user})
    assert json.loads(response.body) == {"result": [None, user]}


def test_a_hook_knows_whose_object_it_is(client):
    """There the body is the platform's."""
    body = {"object": {"objectId": "1"}, "user": {"objectId": "owner"}}
    client("POST", "/1.1/functions/Owned/afterSave", HOOK, body)
    assert json.loads(client("POST", "/1.1/functions/last_owner", KEY, {}).body) == {"result": "owner"}
