"""What is sent where, and what is not."""

from __future__ import annotations

import socket
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.errors import FailedError
from scaffold.export import addresses, client, pace, secrets
from scaffold.export.client import Api, ApiKeys, RefusedError, TooLargeError
from scaffold.export.downloads import Downloads, NoContentError
from scaffold.export.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MASTER = "the-master-key"
SERVER = "https://api.example.com"


def _api(answer: Callable[[httpx.Request], httpx.Response]) -> Api:
    waits: list[float] = []
    transport = httpx.MockTransport(answer)
    return Api(SERVER, ApiKeys("app", MASTER), Pace(1e6, waits.append), transport=transport)


def _downloads(answer: Callable[[httpx.Request], httpx.Response], *, private: bool) -> Downloads:
    waits: list[float] = []
    return Downloads(Pace(1e6, waits.append), private, httpx.MockTransport(answer))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return what names stand for; others are not known."""
    known = {"files.example.com": "93.184.216.34", "inside.example.com": "10.1.2.3"}

    def getaddrinfo(host: str, *_: object, **__: object) -> list[Any]:
        address = known.get(host, host)
        if not address[0].isdigit() and ":" not in address:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@pytest.mark.parametrize(
    "location", ["https://elsewhere.example.com/", "http://api.example.com/", "//10.0.0.1/"]
)
def test_keys_do_not_follow_a_redirect(location: str) -> None:
    """Neither to another host nor out of TLS."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(302, headers={"location": location})

    with pytest.raises(FailedError, match="leads to another one"):
        _api(answer).get("/1.1/date")
    assert len(asked) == 1


def test_a_redirect_at_the_same_host_is_followed() -> None:
    """With the keys, which the host knows."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["x-lc-key"] == f"{MASTER},master"
        if request.url.path == "/1.1/date":
            return httpx.Response(307, headers={"location": "/1.1/time"})
        return httpx.Response(200, json={"iso": "now"})

    assert _api(answer).get("/1.1/date") == {"iso": "now"}


def test_an_answer_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not read to its end."""
    monkeypatch.setattr(client, "MAX_BYTES", 1000)
    with pytest.raises(TooLargeError):
        _api(lambda _: httpx.Response(200, content=b"1" * 1001)).get("/1.1/date")


@pytest.mark.parametrize("content", [b"{", b"[" * 100_000, b"NaN", b"\xff"])
def test_what_is_no_json_is_asked_for_again(content: bytes) -> None:
    """It ends as one error, without what was answered."""
    with pytest.raises(FailedError, match="no JSON"):
        _api(lambda _: httpx.Response(200, content=content)).get("/1.1/date", attempts=3)


def test_an_error_shows_no_key() -> None:
    """Whatever the server says, of bounded length."""
    refusal = {"code": 1, "error": "x" * 5000}
    with pytest.raises(RefusedError) as error:
        _api(lambda _: httpx.Response(400, json=refusal)).get("/1.1/date", {"where": {"a": 1}})
    assert len(str(error.value)) < 300
    assert MASTER not in repr(ApiKeys("app", MASTER))


def test_files_are_fetched_without_keys(names: dict[str, str], tmp_path: Path) -> None:
    """From any public host, over redirects."""
    assert names
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.path == "/a":
            return httpx.Response(302, headers={"location": "http://files.example.com/b"})
        return httpx.Response(200, content=b"hello")

    found = _downloads(answer, private=False).fetch("https://files.example.com/a", tmp_path / "a")
    assert (found.bytes, (tmp_path / "a").read_bytes()) == (5, b"hello")
    assert len(asked) == 2
    assert not [name for each in asked for name in each.headers if name.startswith("x-lc")]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://inside.example.com/",
        "http://0.0.0.0/",
        "file:///etc/passwd",
        "ftp://files.example.com/",
        "http://",
        "",
        "http://files.example.com:99999/",
    ],
)
@pytest.mark.parametrize("by", ["itself", "a redirect"])
def test_addresses_inside_are_not_asked(
    names: dict[str, str], tmp_path: Path, url: str, by: str
) -> None:
    """A row of a stranger leads to no service of this machine or its network."""
    assert names
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"location": url})

    start = url if by == "itself" else "https://files.example.com/"
    with pytest.raises(NoContentError) as error:
        _downloads(answer, private=False).fetch(start, tmp_path / "a")
    assert error.value.state in {"refused", "failed"}
    assert set(asked) <= {"https://files.example.com/"}
    assert list(tmp_path.iterdir()) == []


def test_files_beside_a_local_server_are_fetched(tmp_path: Path) -> None:
    """As of the data service of `scaffold up`."""
    downloads = _downloads(lambda _: httpx.Response(200, content=b"x"), private=True)
    assert downloads.fetch("http://127.0.0.1:9/x", tmp_path / "a").bytes == 1


def test_names_by_which_proxies_answer_are_public(names: dict[str, str]) -> None:
    """Otherwise nothing could be fetched through them."""
    names["files.example.com"] = "198.18.0.5"
    assert not addresses.is_private("files.example.com")


def test_retry_after_is_read_in_both_forms() -> None:
    """Seconds or a date; nonsense and the past are no wait, and no wait is for ever."""
    then = datetime.now(timezone.utc) + timedelta(seconds=30)
    assert 25 < pace.seconds(format_datetime(then, usegmt=True)) <= 30
    assert pace.seconds("7") == 7
    assert pace.seconds("1e9") == pace.LONGEST_RETRY_AFTER
    assert [pace.seconds(text) for text in (None, "", "soon", "-5", "nan")] == [0] * 5


def test_requests_keep_their_pace() -> None:
    """No more are sent in a second than may be."""
    waits: list[float] = []
    asked = Pace(10, waits.append)
    for _ in range(5):
        asked.wait()
    assert len(waits) == 4
    assert 0.3 < sum(waits) / 2.5 <= 0.41


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("openid", "uid", "access_token", "refreshToken", "session_key", "x")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150)
@given(JSON)
def test_no_token_of_a_third_party_stays(auth: Any) -> None:
    """However deep it is; the rest of the row stays as it is."""
    row = {"objectId": "a", "sessionToken": "s", "authData": auth, "token": "of the app"}
    found = secrets.without("_User", row)
    assert "sessionToken" not in found
    assert found["token"] == "of the app"
    shown = repr(found["authData"])
    assert not [
        name for name in ("access_token", "refreshToken", "session_key") if f"{name!r}:" in shown
    ]
    assert secrets.without("Todo", row) is row
