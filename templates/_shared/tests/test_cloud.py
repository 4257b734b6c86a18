"""The functions and hooks of cloud.py, called as SDKs and the platform call them."""

import json

KEY = {"X-LC-Id": "test-id", "X-LC-Key": "test-key"}
HOOK_KEY = {**KEY, "X-LC-Hook-Key": "test-hook-key"}
BEFORE_SAVE = "/1.1/functions/Review/beforeSave"


def call(client, path, headers, body):
    """Return the status and the answer of a call."""
    response = client("POST", path, headers, body)
    return response.status, json.loads(response.body)


def test_hello(client):
    assert call(client, "/1.1/functions/hello", KEY, {"name": "you"}) == (200, {"result": "Hello, you!"})


def test_hello_with_the_wrong_key(client):
    status, _ = call(client, "/1.1/functions/hello", {**KEY, "X-LC-Key": "wrong"}, {})
    assert status == 401


def test_functions_are_listed(client):
    """The platform reads this list at every deployment (functionsMode: strict)."""
    master = {"X-LC-Id": "test-id", "X-LC-Key": "test-master-key,master"}
    status, answer = call(client, "/1.1/functions/_ops/metadatas", master, {})
    assert status == 200
    assert {"hello", "daily_report", "__before_save_for_Review"} <= set(answer["result"])


def test_a_sound_review_is_put_in_order(client):
    status, answer = call(client, BEFORE_SAVE, HOOK_KEY, {"object": {"stars": 5, "comment": " good "}})
    assert (status, answer["comment"]) == (200, "good")


def test_a_bad_review_is_refused(client):
    status, answer = call(client, BEFORE_SAVE, HOOK_KEY, {"object": {"stars": 6}})
    assert (status, answer["error"]) == (400, "stars must be a whole number from 1 to 5")


def test_a_hook_needs_the_hook_key(client):
    for headers in (KEY, {**KEY, "X-LC-Hook-Key": "wrong"}):
        status, _ = call(client, BEFORE_SAVE, headers, {"object": {"stars": 5}})
        assert status == 401
