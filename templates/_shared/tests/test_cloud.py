"""{{ "cloud.py 中的云函数与 Hook，调用方式与 SDK 和平台相同。" if cookiecutter.language == "zh" else "The functions and hooks of cloud.py, called as SDKs and the platform call them." }}"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conftest import Client

KEY = {"X-LC-Id": "test-id", "X-LC-Key": "test-key"}
HOOK_KEY = {**KEY, "X-LC-Hook-Key": "test-hook-key"}
BEFORE_SAVE = "/1.1/functions/Review/beforeSave"


def call(client: Client, path: str, headers: dict[str, str], body: Any) -> tuple[int, Any]:
    """{{ "返回调用的状态码与结果。" if cookiecutter.language == "zh" else "Return the status and the answer of a call." }}"""
    response = client("POST", path, headers, body)
    return response.status, json.loads(response.body)


def test_hello(client: Client) -> None:
    assert call(client, "/1.1/functions/hello", KEY, {"name": "you"}) == (200, {"result": "Hello, you!"})


def test_a_sound_review_is_put_in_order(client: Client) -> None:
    status, answer = call(client, BEFORE_SAVE, HOOK_KEY, {"object": {"stars": 5, "comment": " good "}})
    assert (status, answer["comment"]) == (200, "good")


def test_a_bad_review_is_refused(client: Client) -> None:
    status, answer = call(client, BEFORE_SAVE, HOOK_KEY, {"object": {"stars": 6}})
    assert (status, answer["error"]) == (400, "stars must be a whole number from 1 to 5")


def test_stars_of_a_film(client: Client, store: Client) -> None:
    """{{ "函数存入与读取数据服务，保存时运行 Hook。" if cookiecutter.language == "zh" else "Functions write to the data service and read from it; the hook runs as they save." }}"""
    for stars in (4, 5):
        review = {"movie": "Hero", "stars": stars, "comment": " good "}
        status, answer = call(client, "/1.1/functions/add_review", KEY, review)
        assert (status, len(answer["result"])) == (200, 24)
    stored = json.loads(store("GET", f"/1.1/classes/Review/{answer['result']}", KEY).body)
    assert (stored["stars"], stored["comment"]) == (5, "good")
    assert call(client, "/1.1/functions/averageStars", KEY, {"movie": "Hero"}) == (200, {"result": 4.5})
    assert call(client, "/1.1/functions/averageStars", KEY, {"movie": "None"})[0] == 404


def test_a_bad_review_is_not_stored(client: Client, store: Client) -> None:
    """{{ "无论由谁保存。" if cookiecutter.language == "zh" else "Whoever saves it." }}"""
    review = {"movie": "Bad", "stars": 6}
    refused = [
        call(client, "/1.1/functions/add_review", KEY, review),
        call(store, "/1.1/classes/Review", KEY, review),
    ]
    for status, answer in refused:
        assert (status, answer["error"].rpartition(" : ")[2]) == (400, "stars must be a whole number from 1 to 5")
    assert call(client, "/1.1/functions/averageStars", KEY, {"movie": "Bad"})[0] == 404


def test_films_of_a_user(client: Client, store: Client) -> None:
    """{{ "客户端登录后，用会话令牌调用函数。" if cookiecutter.language == "zh" else "A client logs in, and calls functions with the session token." }}"""
    account = {"username": "mei", "password": "secret"}
    call(store, "/1.1/users", KEY, account)
    session = {**KEY, "X-LC-Session": call(store, "/1.1/login", KEY, account)[1]["sessionToken"]}
    call(client, "/1.1/functions/add_review", session, {"movie": "Hero", "stars": 3})
    assert call(client, "/1.1/functions/my_films", session, {}) == (200, {"result": ["Hero"]})
    assert call(client, "/1.1/functions/my_films", KEY, {})[0] == 401
