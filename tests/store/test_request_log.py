"""What is written down of a request, and what never is."""

from __future__ import annotations

import json
import logging
import signal
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from scaffold.engine import ports
from scaffold.errors import UsageError
from scaffold.store import metrics
from scaffold.store.request_log import JsonFormatter
from tests.store.conftest import KEYS, name
from tests.store.process import served

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.store.values import Document
    from tests.store.conftest import Api

LOGGER = "scaffold.store"


def _lines(caplog: pytest.LogCaptureFixture, count: int) -> list[Document]:
    """Return the lines of requests; one is written after its answer."""
    deadline = time.monotonic() + 10
    while len(caplog.records) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return [json.loads(JsonFormatter().format(record)) for record in caplog.records]


def test_a_line_for_each(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    """A request is one line: form of the address, class, kind of caller, status, error, time."""
    post = name()
    with caplog.at_level(logging.INFO, LOGGER):
        object_id = api.as_master().save(post, a=1)
        api("PUT", f"/classes/{post}/{object_id}", {"a": "text"})
        saved, refused = _lines(caplog, 2)
    assert saved["route"] == "/classes/NAME"
    assert (saved["method"], saved["class"], saved["caller"]) == ("POST", post, "master")
    assert (saved["status"], "code" in saved) == (201, False)
    assert saved["ms"] > 0
    assert (refused["route"], refused["caller"]) == ("/classes/NAME/ID", "nobody")
    assert (refused["status"], refused["code"]) == (400, 111)


def test_no_secrets(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    """No key, token, code, password or content is written down, wherever it was sent."""
    given = {"username": name(), "password": "p4ssw0rd", "email": f"{name()}@example.com"}
    with caplog.at_level(logging.DEBUG, LOGGER):
        token = api("POST", "/users", given)["sessionToken"]
        api("GET", "/users/me", session_token=token)
        api("POST", "/verifySmsCode/c0de99", {"mobilePhoneNumber": "13800000000"})
        upload = api("POST", "/fileTokens", {"name": "secretname.txt"})
        api.client.put(upload["upload_url"], content=b"c0ntent")
        api.client.get(upload["url"])
        api("GET", "/classes/_Role", where={"name": {"$regex": "s3arch"}})
        api.client.post("/1.1/classes/Kl/<script>", content=b"x")
        written = json.dumps(_lines(caplog, 8))
    secrets = [*given.values(), token, "c0de99", upload["token"], upload["key"], "c0ntent"]
    secrets += ["s3arch", "13800000000", "secretname", "script", *KEYS.__dict__.values()]
    assert [secret for secret in secrets if secret in written] == []


def test_probes(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    """Probes that are answered are no news."""
    with caplog.at_level(logging.INFO, LOGGER):
        assert api.client.get("/health").json() == {"status": "ok"}
        assert api.client.get("/ready").json() == {"status": "ok"}
        api("GET", "/date")
        assert [line["route"] for line in _lines(caplog, 1)] == ["/date"]


def test_failure(
    api: Api, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours has a line with its traceback, and the client reads nothing of it."""
    monkeypatch.setattr("scaffold.store.calls.identify", lambda *_: 1 / 0)
    with caplog.at_level(logging.INFO, LOGGER):
        answer = api.response("GET", "/classes/_Role")
        failed, request = _lines(caplog, 2)
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert "ZeroDivisionError" in failed["exception"]
    assert request["status"] == 500


@pytest.mark.parametrize("address", ["", "x", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999"])
def test_no_address(api: Api, address: str) -> None:
    """Figures are shown at a host and a port, or not at all."""
    with pytest.raises(UsageError):
        metrics.show(address, api.store.database)


@pytest.mark.boot
def test_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures of all processes are shown at one address, which clients do not have."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # what is killed leaves a folder there
    figures = f"127.0.0.1:{ports.any_free()}"
    database = f"sqlite:///{tmp_path}/data.sqlite3"
    options = ("--workers", "2", "--metrics", figures)
    with served(database, tmp_path, *options) as (url, _):
        for _ in range(20):
            assert httpx.get(f"{url}/health", trust_env=False).status_code == 200
        text = httpx.get(f"http://{figures}/metrics", trust_env=False).text
        assert httpx.get(f"{url}/metrics", trust_env=False).status_code == 404
    assert 'store_requests_total{method="GET",route="/health",status="200"} 20.0' in text
    assert "store_tasks_waiting 0.0" in text


@pytest.mark.boot
@pytest.mark.parametrize("workers", ["1", "2"])
def test_figures_leave_nothing(
    workers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder in which processes leave their figures goes with the service at SIGTERM."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    options = ("--workers", workers, "--metrics", f"127.0.0.1:{ports.any_free()}")
    with served(f"sqlite:///{tmp_path}/data.sqlite3", tmp_path, *options) as (_, process):
        assert list(temporary.iterdir())
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    assert not list(temporary.iterdir())
