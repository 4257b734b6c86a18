"""The proxy: what passes, what is refused, and what is compared meanwhile."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn

from scaffold.cutover import app, shadow
from scaffold.cutover.app import ProxySettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.applications import Starlette

OLD, NEW = "https://old.example.com", "https://new.example.com"
ROW = {"objectId": "a", "title": "s3cret title"}
SECRETS = ("k3y", "t0ken", "s3cret")
KEYS = {"X-LC-Id": "app", "X-LC-Key": "k3y", "X-LC-Session": "t0ken"}
Answer = Callable[[httpx.Request], httpx.Response]


class Pieces(httpx.AsyncByteStream):
    """A body that comes in pieces, and may break off."""

    def __init__(self, *pieces: bytes, error: Exception | None = None) -> None:
        self.pieces = pieces
        self.error = error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield them."""
        for piece in self.pieces:
            yield piece
        if self.error:
            raise self.error


def _json(content: Any, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers=headers, stream=Pieces(json.dumps(content).encode()))


@contextmanager
def _proxy(
    answer: Answer, *, compares: bool = False, frozen: bool = False
) -> Iterator[tuple[httpx.Client, list[dict[str, Any]]]]:
    """Yield a client of a proxy, and what it reports."""
    reported: list[dict[str, Any]] = []
    settings = ProxySettings(OLD, NEW if compares else None, frozen)
    made = app.make(settings, reported.append, httpx.MockTransport(answer))
    with _serving(made) as url, httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        yield client, reported


@contextmanager
def _serving(made: Starlette) -> Iterator[str]:
    """Serve an app on a port of loopback; yield its address."""
    config = uvicorn.Config(made, port=0, log_config=None, lifespan="on", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def test_all_passes() -> None:
    """Method, path, query, body and headers go on as they are, and the answer comes back so; what
    belongs to one connection does not.
    """
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        headers = [
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("Connection", "X-Own"),
            ("X-Own", "1"),
            ("Location", "https://elsewhere.example.com/"),
        ]
        return httpx.Response(302, headers=headers, stream=Pieces(b"one", b"two"))

    headers = {**KEYS, "Connection": "X-Hop", "X-Hop": "1", "TE": "trailers", "X-Other": "yes"}
    with _proxy(answer) as (client, _):
        target = "/1.1/classes/A%2FB//x?where=%7B%22a%22%3A1%7D&b=+c"
        for _ in range(2):
            got = client.request("PROPFIND", target, headers=headers, content=b"body")
            client.cookies.clear()
    request = seen[0]
    assert request.method == "PROPFIND"
    assert request.url.host == "old.example.com"
    assert request.url.raw_path == target.encode()
    assert request.content == b"body"
    names = {"x-lc-id", "x-lc-key", "x-lc-session", "x-other"}
    assert names <= set(request.headers)
    assert {"x-hop", "te", "connection", "cookie"}.isdisjoint(request.headers)
    assert request.headers["host"] == "old.example.com"
    assert len(seen) == 2  # the redirect was not followed
    assert "cookie" not in seen[1].headers
    assert (got.status_code, got.content) == (302, b"onetwo")
    assert got.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert {"x-own", "connection"}.isdisjoint(got.headers)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (httpx.ConnectError("k3y"), 502, 1),
        (httpx.ReadTimeout("k3y"), 504, 124),
        (httpx.RemoteProtocolError("k3y"), 502, 1),
    ],
)
def test_no_answer(
    error: Exception, status: int, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the old platform does not answer the client gets an error in the form of SDKs."""

    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    with caplog.at_level(logging.INFO), _proxy(answer) as (client, _):
        got = client.get("/1.1/classes/Todo", headers=KEYS)
    assert (got.status_code, got.json()["code"]) == (status, code)
    assert got.headers["access-control-allow-origin"] == "*"
    assert "k3y" not in got.text + caplog.text


def test_a_connection_that_was_just_closed() -> None:
    """A read is sent once more on another connection; a write, which may have arrived, is not."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.method)
        if len(seen) % 2:
            raise httpx.RemoteProtocolError("closed")
        return _json({})

    with _proxy(answer) as (client, _):
        assert client.get("/1.1/classes/Todo").status_code == 200
        assert client.post("/1.1/classes/Todo", json={}).status_code == 502
    assert seen == ["GET", "GET", "POST"]


def test_refused_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that is too large, with and without a length, and a proxy that asks itself."""
    monkeypatch.setattr("scaffold.store.app.MAX_FILE", 10)
    with _proxy(lambda request: _json(request.content.decode())) as (client, _):
        assert client.post("/1.1/x", content=b"x" * 10).json() == "x" * 10
        assert client.post("/1.1/x", content=b"x" * 11).status_code == 413
        assert client.post("/1.1/x", content=iter([b"x" * 11])).status_code == 413
        loop = client.get("/1.1/x", headers={"X-Scaffold-Proxy": "1"})
        assert loop.status_code == 508


def test_freeze() -> None:
    """Reads pass, writes get 503 with the time to try again, in the form of SDKs."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.content.decode())
        return _json({"results": []})

    with _proxy(answer, frozen=True) as (client, _):
        assert client.get("/1.1/classes/Todo").status_code == 200
        reading = {"_method": "GET", "where": {}}
        assert client.post("/1.1/classes/Todo", json=reading).status_code == 200
        assert json.loads(seen.pop()) == reading
        refused = client.post("/1.1/classes/Todo", json={"title": "a"})
        assert (refused.status_code, refused.json()["code"]) == (503, 503)
        assert int(refused.headers["retry-after"]) > 0
        # One whose beginning does not show that it reads.
        padding = "x" * (1 << 20)
        large = client.post("/1.1/classes/Todo", json={"padding": padding, **reading})
        assert large.status_code == 503
        assert len(seen) == 1
        assert client.get("/health").json()["frozen"] is True


def test_compare(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """Reads are asked at both places with the same keys; what differs is reported by names alone,
    and what writes is asked once.
    """
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        is_old = request.url.host == "old.example.com"
        row = ROW if is_old else {**ROW, "title": "s3cret other"}
        body = json.dumps({"results": [row]}).encode()
        if is_old:
            return httpx.Response(
                200, headers={"Content-Encoding": "gzip"}, stream=Pieces(gzip.compress(body))
            )
        return httpx.Response(200, stream=Pieces(body))

    with (
        caplog.at_level(logging.INFO),
        _proxy(answer, compares=True) as (client, reported),
    ):
        where = {"where": json.dumps({"owner": "s3cret"}), "session_token": "t0ken"}
        got = client.get("/1.1/classes/Todo", params=where, headers={**KEYS, "Cookie": "c=1"})
        assert got.json() == {"results": [ROW]}
        client.post("/1.1/classes/Todo", json={"title": "s3cret"}, headers=KEYS)
    assert reported == [
        {
            "path": "/classes/NAME",
            "class": "Todo",
            "parameters": ["session_token", "where", "where.owner"],
            "difference": "fields",
            "id": "a",
            "fields": ["title"],
        },
        {"figures": {"compared": 1, "same": 0, "different": 1, "stale": 0, "skipped": 0}},
    ]
    both = [each for each in seen if each.method == "GET"]
    assert [each.url.host for each in both] == ["old.example.com", "new.example.com"]
    assert both[0].url.raw_path == both[1].url.raw_path
    assert both[1].headers["x-lc-key"] == "k3y"
    assert "cookie" not in both[1].headers
    assert [each.url.host for each in seen if each.method == "POST"] == ["old.example.com"]
    captured = capfd.readouterr()
    # The client of this test logs what it asks.
    logged = [vars(each) for each in caplog.records if not each.name.startswith("http")]
    assert logged
    written = repr(logged) + json.dumps(reported) + captured.out + captured.err
    assert [secret for secret in SECRETS if secret in written] == []


def test_compare_by_post() -> None:
    """A read of old SDKs, by POST with a method in its body, is compared too."""
    seen: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.content)
        return _json({"results": []})

    with _proxy(answer, compares=True) as (client, reported):
        client.post("/1.1/classes/Todo", json={"_method": "GET", "where": {}})
    assert seen[0] == seen[1]
    assert reported[-1]["figures"]["same"] == 1


def test_the_shadow_is_not_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its failures, nor its slowness, nor that too much waits for it."""
    monkeypatch.setattr(shadow, "_LAST_SECONDS", 0.1)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "new.example.com":
            raise httpx.ConnectError("down")
        return _json({"results": []})

    async def slowly(_: object, __: object) -> None:
        await asyncio.Event().wait()

    with _proxy(answer, compares=True) as (client, reported):
        assert client.get("/1.1/classes/Todo").status_code == 200
    assert reported[0]["difference"] == "unreachable"
    monkeypatch.setattr(shadow.Shadow, "_ask", slowly)
    with _proxy(answer, compares=True) as (client, reported):
        for _ in range(shadow.WAITING + 10):
            assert client.get("/1.1/classes/Todo").status_code == 200
        assert client.get("/health").json()["skipped"] > 0


def test_not_compared() -> None:
    """Failures of the old platform say nothing, and what is too large is left out."""
    answers = iter(
        [
            _json({"code": 1, "error": "x"}, 502),
            _json({"code": 429, "error": "x"}, 429),
            _json({"results": ["x" * (shadow.MAX_COMPARED + 1)]}),
            httpx.Response(200, headers={"Content-Encoding": "br"}, stream=Pieces(b"x")),
            httpx.Response(
                200,
                headers={"Content-Encoding": "gzip"},
                stream=Pieces(gzip.compress(bytes(2 * shadow.MAX_COMPARED))),
            ),
        ]
    )

    def answer(request: httpx.Request) -> httpx.Response:
        return next(answers) if request.url.host == "old.example.com" else _json({})

    with _proxy(answer, compares=True) as (client, reported):
        for _ in range(5):
            client.get("/1.1/classes/Todo", headers={"Accept-Encoding": "identity"})
    figures = reported[-1]["figures"]
    assert (figures["compared"], figures["skipped"]) == (0, 3)


def test_lines_alike_are_few() -> None:
    """The same difference is printed some times and then only counted."""

    def answer(request: httpx.Request) -> httpx.Response:
        return _json({"results": []}, 200 if request.url.host == "old.example.com" else 401)

    with _proxy(answer, compares=True) as (client, reported):
        for _ in range(40):
            client.get("/1.1/classes/Todo")
    assert len(reported) == 21
    assert reported[-1]["figures"]["different"] == 40


def test_an_answer_that_breaks_off() -> None:
    """It breaks off for the client too, who would take a part for the whole."""

    def answer(_: httpx.Request) -> httpx.Response:
        body = Pieces(b"begun", error=httpx.ReadError("gone"))
        return httpx.Response(200, stream=body)

    with _proxy(answer) as (client, _), pytest.raises(httpx.RemoteProtocolError):
        client.get("/1.1/x")
