"""No request over the whole API makes the service fail, answer in another form, take long, or show
what nobody may see.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings

from scaffold.store import values
from tests.store import hostile
from tests.store.conftest import KEYS, Api, name

if TYPE_CHECKING:
    import httpx

    from scaffold.store.values import Json

# By hand: SCAFFOLD_FUZZ_EXAMPLES=100000 pytest tests/store/test_fuzz.py
EXAMPLES = int(os.environ.get("SCAFFOLD_FUZZ_EXAMPLES", "120"))
BY_HAND = 1000
PATIENCE = 20  # seconds; an answer takes milliseconds, a busy machine longer
SECRET = "only-for-the-master-key"
MASTER = hostile.MASTER["x-lc-key"]


@pytest.fixture(scope="session")
def target(api: Api) -> Api:
    """Return a client of a service with rows that only the master key may read, among others."""
    master = api.as_master()
    columns: Json = {"n": 1, "s": SECRET, "l": [1, SECRET], "o": {"x": SECRET}, "d": None}
    columns["g"] = {"__type": "GeoPoint", "latitude": 1, "longitude": 1}
    hidden = master.save(hostile.CLASS, **columns, ACL={})
    pointer = values.pointer(hostile.CLASS, hidden)
    related = {"__op": "AddRelation", "objects": [pointer]}
    master.save(hostile.CLASS, n=1, s="a", l=[1], o={"x": 1}, p=pointer, r=related)
    user, user_id = api.sign_up()
    user("PUT", f"/users/{user_id}", {"authData": {"x": {"uid": SECRET + name()}}})
    return api


def _sent(target: Api, request: Json) -> httpx.Response:
    method, path = request["address"]
    query = "&".join(
        f"{key}={quote(_text(value), '', errors='surrogatepass')}"
        for key, value in ((quote(key), value) for key, value in request["query"].items())
    )
    headers = {"x-lc-id": KEYS.app_id, **request["keys"], **request["headers"]}
    return target.client.request(
        method,
        f"/1.1{path}{'?' if query else ''}{query}",
        content=json.dumps(request["body"]).encode("utf-8", "surrogatepass"),
        headers={key: value.encode("latin-1") for key, value in headers.items()},
    )


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _check(answer: httpx.Response, *, is_master: bool) -> None:
    payload = answer.json()
    # 124: a query took too long; nothing here is so large.
    assert answer.status_code < 500, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    if answer.status_code >= 400:
        assert payload.keys() == {"code", "error"}
        assert isinstance(payload["code"], int)
        assert isinstance(payload["error"], str)
    if isinstance(payload, list):
        for each in payload:
            assert each.keys() in ({"success"}, {"error"})
            assert "error" not in each or each["error"].keys() == {"code", "error"}
    assert is_master or SECRET not in answer.text


@settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES < BY_HAND,
    suppress_health_check=list(HealthCheck),
)
@given(request=hostile.requests)
def test_any_request(target: Api, request: Json) -> None:
    """Whatever is sent, with whatever key, is answered in time and in the form of SDKs."""
    begin = time.perf_counter()
    answer = _sent(target, request)
    assert time.perf_counter() - begin < PATIENCE
    is_master = request["keys"].get("x-lc-key") == MASTER or request["body"] is None
    _check(answer, is_master=is_master)
    if request["keys"] in hostile.FORGED and "_ApplicationId" not in str(request["body"]):
        assert answer.status_code in {400, 401, 404, 405} or request["address"][1] == "/date"


def test_nothing_is_left_of_it(target: Api) -> None:
    """After all that the service has its tables, its secrets, and answers."""
    hidden = target.as_master()("GET", f"/classes/{hostile.CLASS}", where={"s": SECRET})
    assert len(hidden["results"]) == 1
    assert target.ids(hostile.CLASS, {"s": SECRET}) == []
    assert target.client.get("/ready").json() == {"status": "ok"}
