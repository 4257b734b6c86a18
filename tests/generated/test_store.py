"""A data store that fails, and calls with a session token that only it could tell."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from fake_store import BROKEN, OUTAGES, REFUSALS, SLOW
from harness import HELLO, HOOK, KEY, MASTER

SESSION_HEADERS = ("X-LC-Session", "X-AVOSCloud-Session-Token", "X-Uluru-Session-Token")
# More than the second that the tests allow the store, less than the eight of an app.
PATIENCE = 4


def call(client, token, path=HELLO, headers=KEY, name="X-LC-Session", body=None):
    """Call a function as a user; return the status and the answer, which is in the SDK's form and soon here."""
    begun = time.monotonic()
    response = client("POST", path, {**headers, name: f"{token}-SECRET"}, {} if body is None else body)
    assert time.monotonic() - begun < PATIENCE
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    return response.status, json.loads(response.body)


def test_outages(client, printed):
    """503 in the SDK's form, whatever came instead of an answer; no token and no traceback in the log."""
    with ThreadPoolExecutor(8) as pool:
        tokens = [*OUTAGES, *BROKEN, *SLOW]
        answers = dict(zip(tokens, pool.map(lambda token: call(client, token), tokens)))
    expected = (503, {"code": 503, "error": "The data store is not available."})
    assert answers == dict.fromkeys(tokens, expected)
    log = printed("does not say whose the session token is")
    assert "SECRET" not in log
    assert "Traceback" not in log


@pytest.mark.parametrize("name", SESSION_HEADERS)
def test_each_header_of_a_session(client, name):
    assert call(client, "json-502", name=name)[0] == 503
    assert call(client, "valid", name=name)[0] == 200


def test_a_token_in_the_body(client):
    """Browsers may send all of it as plain text."""
    keys = {"_ApplicationId": "test-id", "_ApplicationKey": "test-key", "_SessionToken": "reset-SECRET"}
    response = client("POST", HELLO, {"Content-Type": "text/plain"}, keys)
    assert response.status == 503


@pytest.mark.parametrize("token", REFUSALS)
def test_a_token_of_nobody(client, token):
    """The store says so: that is the caller's fault."""
    status, answer = call(client, token)
    assert (status, answer["code"]) == (401, 401)


def test_a_user(client):
    status, answer = call(client, "valid", "/1.1/functions/who_am_i")
    assert (status, answer) == (200, {"result": "1"})


@pytest.mark.parametrize(
    ("path", "headers", "body"),
    [
        ("/1.1/functions/_ops/metadatas", MASTER, {}),
        ("/1.1/functions/Review/beforeSave", HOOK, {"object": {"stars": 5}}),
        ("/1.1/call/hello", KEY, {}),
        ("/__engine/1/functions/hello", KEY, {}),
    ],
)
def test_other_calls(client, path, headers, body):
    assert call(client, "html-502", path, headers, body=body)[0] == 503


@pytest.mark.parametrize("token", ["reset", "hang", "html-502", "slow-head"])
def test_a_function_that_asks_the_store(client, printed, token):
    """It fails, in the SDK's form; its traceback does not hold the token that stood in the request's address."""
    response = client("POST", "/1.1/functions/ask_the_store", KEY, {"token": f"{token}-SECRET"})
    assert (response.status, json.loads(response.body)["code"]) == (500, 141)
    log = printed("Traceback")
    assert "SECRET" not in log


def test_a_body_that_cannot_be_read(client):
    """Is refused before the store is asked."""
    assert client("POST", HELLO, {**KEY, "X-LC-Session": "hang"}, b"[").status == 400
