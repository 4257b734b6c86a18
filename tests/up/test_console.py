"""The console's server: what it answers its page, and whom it refuses."""

from __future__ import annotations

import http.client
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from scaffold.engine import health, ports
from scaffold.engine.process import Process
from scaffold.messages import LANGUAGES
from scaffold.up.console import Console
from scaffold.up.guard import SECURITY_HEADERS
from scaffold.up.logs import Log
from scaffold.up.project import UpProject
from scaffold.up.supervisor import AppState, Supervisor

from .conftest import copy_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Client:
    """A browser that can lie.

    Args:
        console: what it talks to.
    """

    def __init__(self, console: Console) -> None:
        self.url = console.url
        self.host = console.url.split("/")[2]
        self.port = int(self.host.rpartition(":")[2])
        self.path = "/" + console.url.split("/", 3)[3]
        self.seen = b""

    def ask(
        self, path: str, body: object = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Send a request; names of headers are written with `_`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"Host": self.host} | (
            {"Content-Type": "application/json"} if body is not None else {}
        )
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        source = body if body is None or isinstance(body, bytes) else json.dumps(body)
        try:
            connection.request("GET" if body is None else "POST", path, source, sent)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        self.seen += answer
        return response.status, response.headers, answer

    def api(self, name: str, body: object = None, status: int = 200) -> Any:
        """Ask as the page does."""
        code, _, answer = self.ask(f"{self.path}api/{name}", body)
        assert code == status, answer
        return json.loads(answer)

    def call(self, name: str, **asked: str) -> Any:
        """Call a function."""
        return self.api("call", {"name": name, "body": "{}", "signer": "app", **asked})


class App:
    """The app, started once for all tests, without a virtualenv.

    Args:
        folder: where its project is copied to.
    """

    def __init__(self, folder: Path) -> None:
        self.project = UpProject(copy_project("console", folder), "uv", {})
        self.plan = self.project.plan()
        self.port = ports.any_free()
        self.log = Log(lambda _: None)
        environ = {**self.plan.environ, "LEANCLOUD_APP_PORT": str(self.port)}
        self.process = Process(
            "exec python3 wsgi.py", folder=folder, environ=environ, on_line=self._on_line
        )

    def _on_line(self, line: str, cut: bool) -> None:
        # Each test has a log of its own.
        self.log.add_app_line(line, cut)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app."""
    app = App(tmp_path_factory.mktemp("app") / "console")
    try:
        assert health.wait_for(lambda: health.listens(app.port), time.monotonic() + 20)
        yield app
    finally:
        app.process.kill()


@pytest.fixture
def supervisor(app: App) -> Supervisor:
    """A supervisor that has started the app, with a log of its own."""
    app.log = Log(lambda _: None)
    supervisor = Supervisor(app.project, app.port, app.log, print)
    supervisor._plan = app.plan
    supervisor.state = AppState("healthy", "", 1)
    return supervisor


@pytest.fixture
def client(supervisor: Supervisor) -> Iterator[Client]:
    """The page's view of a console. No key of the app ever comes to it."""
    console = Console(supervisor, "shop", ports.listen_on_loopback(supervisor.port + 1))
    console.start()
    client = Client(console)
    try:
        yield client
    finally:
        console.stop()
    keys = [value for name, value in supervisor.variables.items() if name.endswith("_KEY")]
    assert len(keys) == 3
    assert not any(key.encode() in client.seen for key in keys)


def test_page(client: Client) -> None:
    """The page and its files, with headers that allow nothing from elsewhere."""
    for name, kind in (("", "text/html"), ("page.css", "text/css"), ("page.js", "javascript")):
        status, headers, body = client.ask(client.path + name)
        assert status == 200
        assert kind in headers["Content-Type"]
        assert {key: headers[key] for key in SECURITY_HEADERS} == SECURITY_HEADERS
        assert b"http://" not in body.replace(b"http://127.0.0.1", b"")
        assert b"https://" not in body
    assert "'unsafe-inline'" not in SECURITY_HEADERS["Content-Security-Policy"]
    assert client.ask(client.path + "console.py")[0] == 404


def test_state(client: Client, supervisor: Supervisor) -> None:
    """How the app is, and the lines that the page has not seen."""
    supervisor.log.note("one")
    supervisor.log.note("two")
    found = client.api("state")
    assert (found["name"], found["status"], found["starts"]) == ("shop", "healthy", 1)
    assert found["url"] == f"http://127.0.0.1:{supervisor.port}/"
    assert [line["text"] for line in found["lines"]] == ["one", "two"]
    assert [line["text"] for line in client.api("state?after=1")["lines"]] == ["two"]
    assert client.api("state?after=x")["lines"]


def test_texts(client: Client) -> None:
    """The page's texts are there in all languages, with the language of `--lang`."""
    found = client.api("texts")
    assert found["language"] == "en"
    assert found["texts"].keys() == set(LANGUAGES)
    assert found["texts"]["zh"]["call"] == "调用"


def test_functions(client: Client) -> None:
    """The functions are those that the running app reports."""
    found = client.api("functions")
    assert [one["title"] for one in found["functions"]] == [
        "hello",
        "fail",
        "whoami",
        "Review beforeSave",
        "_User onLogin",
        "Post beforeSave",
        "Post afterSave",
        "Post beforeUpdate",
    ]
    assert found["problem"] == ""


def test_call(client: Client) -> None:
    """The answer to a call: status, result, time, and the log lines of that call."""
    found = client.call("hello", body='{"name": "世界"}')
    assert (found["status"], json.loads(found["body"])) == (200, {"result": "Hello, 世界!"})
    assert [line["text"] for line in found["lines"]] == ["hello was called"]
    assert 0 < found["seconds"] < 5


def test_error(client: Client) -> None:
    """A function that fails: its status and its log."""
    found = client.call("fail")
    assert (found["status"], json.loads(found["body"])["code"]) == (500, 141)
    assert [line["text"] for line in found["lines"]] == ["Traceback of a failure"]


def test_signers(client: Client) -> None:
    """The app key, the master key, and a user's session."""
    assert json.loads(client.call("whoami", signer="master")["body"])["result"][:2] == [
        "master",
        None,
    ]
    assert json.loads(client.call("whoami", session="to-ken")["body"])["result"][:2] == [
        "app",
        "to-ken",
    ]


def test_hook(client: Client) -> None:
    """A hook gets its key, the object and the user."""
    found = client.call(
        "__before_save_for_Review",
        body='{"object": {"n": 12345678901234567890}}',
        user='{"username": "me"}',
    )
    assert (found["status"], json.loads(found["body"])) == (
        200,
        {"checked": {"n": 12345678901234567890}, "by": {"username": "me"}},
    )


def test_no_app(client: Client, supervisor: Supervisor) -> None:
    """When the app is gone, that is the answer."""
    supervisor.port = 1
    assert client.call("hello")["status"] == 0
    assert "refused" in client.call("hello")["problem"]
    assert client.api("functions")["functions"] == []


def test_curl(client: Client) -> None:
    """The command is made without calling anything."""
    found = client.api("curl", {"name": "hello", "body": "{}", "signer": "master"})
    assert "${LEANCLOUD_APP_MASTER_KEY},master" in found["curl"]


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ('{"stars": 1}', '{"object": {"stars": 1}}'),
        ("{}", '{"object": {}}'),
        ('{"object": {"stars": 1}}', '{"object": {"stars": 1}}'),
    ],
)
def test_a_bare_object(client: Client, given: str, sent: str) -> None:
    """The object of a hook may be given alone."""
    asked = {"name": "__before_save_for_Review", "body": given, "signer": "hook"}
    assert f"-d '{sent}'" in client.api("curl", asked)["curl"]


@pytest.mark.parametrize("after", ["9" * 5000, "x", "-1", "٣"])
def test_odd_numbers(client: Client, after: str) -> None:
    """A number of a line that is none is taken for the first."""
    code, _, _ = client.ask(f"{client.path}api/state?after={quote(after)}")
    assert code == 200


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (b"{", "bad-json"),
        (b"\xff", "bad-json"),
        (b"[" * 200_000, "bad-json"),
        ({"name": "\ud800", "body": "{}", "signer": "app"}, "bad-json"),
        ({"name": "hello", "body": '{"a": "\ud800"}', "signer": "app"}, "bad-json"),
        ({"name": "hello", "body": "[" * 200_000, "signer": "app"}, "bad-json"),
        (b"[]", "not-an-object"),
        (b" " * (1 << 21), "too-large"),
        ({}, "bad-call"),
        ({"name": 1, "body": "{}", "signer": "app"}, "bad-call"),
        ({"name": "hello", "body": "{}", "signer": "none"}, "bad-call"),
        ({"name": "hello", "body": "{}", "signer": []}, "bad-call"),
        ({"name": "hello", "body": "{", "signer": "app"}, "bad-json"),
        ({"name": "hello", "body": "[]", "signer": "app"}, "not-an-object"),
        ({"name": "hello", "body": "{}", "user": "1", "signer": "app"}, "not-an-object"),
        (
            {"name": "hello", "body": "{}", "signer": "app", "session": "a\r\nX-LC-Key: b"},
            "bad-session",
        ),
    ],
)
def test_bad_calls(client: Client, asked: object, problem: str) -> None:
    """What cannot be called is refused with the name of a text."""
    found = client.api("call", asked, 400)
    assert found["problem"] == problem
    assert problem in client.api("texts")["texts"]["zh"]


@pytest.mark.parametrize("path", ["/", "/x/", "/x/page.js", "/x/api/state", "//", "/x", "/%00/"])
def test_wrong_token(client: Client, path: str) -> None:
    """Without the token there is nothing, and a hint."""
    status, headers, body = client.ask(path)
    assert status == 403
    assert b"token is missing or wrong" in body
    assert headers["Content-Security-Policy"]
    assert client.ask(client.path[:-2] + "/")[0] == 403
    assert client.ask("/x/api/call", {"name": "hello", "body": "{}", "signer": "app"})[0] == 403


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "0.0.0.0:{port}", ""],
)
def test_wrong_host(client: Client, host: str) -> None:
    """A name that was rebound to this machine does not get in, token or not."""
    status, _, body = client.ask(f"{client.path}api/state", Host=host.format(port=client.port))
    assert status == 403
    assert b"address is not the console's" in body


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1:1"]
)
def test_other_origin(client: Client, origin: str) -> None:
    """A page of another site cannot call, even if it knew the token."""
    call = {"name": "hello", "body": "{}", "signer": "master"}
    status, _, body = client.ask(
        f"{client.path}api/call", call, Origin=origin.format(port=client.port)
    )
    assert status == 403
    assert b"another site" in body
    assert client.ask(f"{client.path}api/call", call, Origin=f"http://{client.host}")[0] == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_site(client: Client, site: str) -> None:
    """What a browser says comes from elsewhere is refused; an address that is typed in is not."""
    assert client.ask(client.path, Sec_Fetch_Site=site)[0] == 403
    assert client.ask(client.path, Sec_Fetch_Site="none")[0] == 200
    assert client.ask(client.path, Sec_Fetch_Site="same-origin")[0] == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_forms(client: Client, kind: str) -> None:
    """What a form can send is not taken."""
    call = {"name": "hello", "body": "{}", "signer": "master"}
    assert client.ask(f"{client.path}api/call", call, Content_Type=kind)[0] == 403


def test_localhost(client: Client) -> None:
    """The other name of this machine works too."""
    assert client.ask(client.path, Host=f"localhost:{client.port}")[0] == 200
