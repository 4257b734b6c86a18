"""Mail: sent by SMTP where a server is configured, and only then marked as sent."""

from __future__ import annotations

import socketserver
import threading
import time
from dataclasses import replace
from email import message_from_string, policy
from typing import TYPE_CHECKING

import pytest

from scaffold.errors import UsageError
from scaffold.store import mail
from tests.store.conftest import name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.store.conftest import Api

REFUSED = "nobody"


class _Session(socketserver.StreamRequestHandler):
    """As much of SMTP as one mail needs."""

    def handle(self) -> None:
        """Answer until the client leaves."""
        self._say("220 ready")
        for line in self.rfile:
            command = line.decode().strip()
            if command.upper().startswith("RCPT") and REFUSED in command:
                self._say("550 no such mailbox")
            elif command.upper() == "DATA":
                self._take_mail()
            else:
                self._say("221 bye" if command.upper() == "QUIT" else "250 ok")

    def _take_mail(self) -> None:
        self._say("354 go on")
        lines = iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), ".")
        self.server.mails.append("\n".join(lines))  # type: ignore[attr-defined]
        self._say("250 taken")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def mails(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return what a mail server takes that the service sends by."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session)
    server.mails = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"smtp://127.0.0.1:{server.server_address[1]}?starttls=never"
    smtp = mail.server(url, "应用 <app@example.com>", "https://app.example.com/account")
    monkeypatch.setattr(api.store, "settings", replace(api.store.settings, smtp=smtp))
    yield server.mails  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


def _newest(api: Api, recipient: str) -> dict[str, object]:
    listed = api.as_master()("GET", "/outbox", limit=20)["results"]
    found: dict[str, object] = next(each for each in listed if each["to"] == recipient)
    return found


def _until_sent(api: Api, recipient: str) -> None:
    deadline = time.monotonic() + 20
    while _newest(api, recipient)["sentAt"] is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _sign_up(api: Api, email: str) -> None:
    api("POST", "/users", {"username": name(), "password": "x", "email": email})


def test_sent(api: Api, mails: list[str]) -> None:
    """A mail leads to the app's page with the code that opens the account."""
    email = f"{name().lower()}@example.com"
    _sign_up(api, email)
    assert api("POST", "/requestPasswordReset", {"email": email}) == {}
    _until_sent(api, email)
    message = message_from_string(mails[0], policy=policy.default)
    code = _newest(api, email)["message"]["code"]  # type: ignore[index]
    assert message["To"] == email
    assert "app@example.com" in message["From"]
    text = message.get_content()
    address = email.replace("@", "%40")
    assert f"https://app.example.com/account?purpose=reset+mail&email={address}" in text
    assert f"code={code}" in text
    reset = {"email": email, "code": code, "password": "new"}
    assert api("POST", "/resetPassword", reset) == {}


def test_refused(api: Api, mails: list[str]) -> None:
    """A mail that the server refuses for good is not said to be sent."""
    email = f"{REFUSED}{name().lower()}@example.com"
    _sign_up(api, email)
    assert api("POST", "/requestEmailVerify", {"email": email}) == {}
    other = f"{name().lower()}@example.com"
    _sign_up(api, other)
    api("POST", "/requestEmailVerify", {"email": other})
    _until_sent(api, other)
    assert len(mails) == 1
    assert _newest(api, email)["sentAt"] is None


def test_written_down(api: Api) -> None:
    """Without a mail server a mail is in the outbox, and nothing says that it was sent."""
    email = f"{name().lower()}@example.com"
    _sign_up(api, email)
    api("POST", "/requestEmailVerify", {"email": email})
    assert _newest(api, email)["sentAt"] is None


def test_servers() -> None:
    """The address of a mail server says how it is reached."""
    found = mail.server("smtps://u%40x:p%2Fw@mail.example.com", "a@b.example")
    assert (found.host, found.port, found.user, found.password) == (
        "mail.example.com",
        465,
        "u@x",
        "p/w",
    )
    assert found.encryption == "tls"
    assert mail.server("smtp://mail.example.com", "a@b.example").encryption == "starttls"


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("mail.example.com", "a@b.example"),
        ("http://mail.example.com", "a@b.example"),
        ("smtp://mail.example.com:x", "a@b.example"),
        ("smtp://", "a@b.example"),
        ("smtp://mail.example.com", ""),
    ],
)
def test_no_server(url: str, sender: str) -> None:
    """What is no mail server is refused at the start, without its password."""
    with pytest.raises(UsageError):
        mail.server(url, sender)
