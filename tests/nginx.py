"""nginx of Debian's package, with the site of a project in front of what runs."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.engine import health, ports
from scaffold.engine.process import Process
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH')}:/usr/sbin")
OPENSSL = shutil.which("openssl")
# Seconds; a machine that runs several tests at a time may be slow.
PATIENCE = 60
# Between two requests of a client under load: what is restarted has to get some of the CPU.
PAUSE = 0.005
NEEDS_NGINX = pytest.mark.skipif(
    not NGINX or not OPENSSL, reason="there is no nginx; `make test` installs it on Debian as root"
)
# What visitors say of themselves, and nobody may believe.
FORGED = {
    "X-Real-IP": "1.2.3.4",
    "X-Forwarded-For": "1.2.3.4",
    "X-Forwarded-Proto": "http",
    "Forwarded": "for=1.2.3.4",
}
# The main file; the sites of projects go into a folder next to it.
SETTINGS = """
user root;
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    uwsgi_temp_path {folder}/uwsgi;
    fastcgi_temp_path {folder}/fastcgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site/*.conf;
}}
"""


@dataclass(frozen=True)
class Gateway:
    """nginx that runs.

    Attributes:
        folder: its own; `acme/` in it is where the proofs for certificates are.
        plain: its port for HTTP.
        secure: its port for HTTPS.
    """

    folder: Path
    plain: int
    secure: int

    @property
    def certificate(self) -> Path:
        """Its certificate, which it signed itself."""
        return self.folder / "cert.pem"

    def ask(
        self,
        path: str = "/",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Any:
        """Send a request by HTTPS, a POST if it has a body; return the response, with its body."""
        connection = http.client.HTTPSConnection(
            health.LOOPBACK, self.secure, timeout=PATIENCE, context=_trusting()
        )
        with contextlib.closing(connection):
            method = "GET" if body is None else "POST"
            connection.request(method, path, body, dict(headers or {}))
            response: Any = connection.getresponse()
            response.body = response.read()
        return response

    def connected(self) -> ssl.SSLSocket:
        """Return a connection by HTTPS."""
        plain = socket.create_connection((health.LOOPBACK, self.secure), PATIENCE)
        return _trusting().wrap_socket(plain)


@contextmanager
def running(
    folder: Path, files: Mapping[str, bytes], changes: Mapping[str, str], *, cache: bool = False
) -> Iterator[Gateway]:
    """Start nginx with the site of a project.

    Args:
        folder: an empty folder.
        files: the project's files.
        changes: what takes the place of what in the site: ports and sockets of the instances.
        cache: whether it caches as the platform's CDN does.
    """
    gateway = Gateway(folder, ports.any_free(), ports.any_free())
    _certify(folder)
    (folder / "acme" / ".well-known" / "acme-challenge").mkdir(parents=True)
    site = folder / "site"
    site.mkdir()
    text = changed(files["deploy/nginx.conf"].decode(), {**_places(gateway), **changes})
    (site / "site.conf").write_text(text)
    if cache:
        stored = {"/var/cache/nginx/cdn": f"{folder}/cdn"}
        (site / "cache.conf").write_text(changed(files["deploy/nginx-cache.conf"].decode(), stored))
    (folder / "nginx.conf").write_text(SETTINGS.format(folder=folder))
    options = ["-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", "stderr"]
    nginx = Process([str(NGINX), *options], folder=folder, environ=os.environ)
    try:
        until = nginx.started + PATIENCE
        assert health.wait_for(lambda: health.listens(gateway.secure), until), nginx.lines()
        yield gateway
    finally:
        nginx.kill()


def check(gateway: Gateway) -> None:
    """Try what each project's site does, whatever runs behind it."""
    proof = gateway.folder / "acme" / ".well-known" / "acme-challenge" / "token"
    proof.write_text("proof")

    def ask(path: str) -> health.HttpResponse:
        return health.ask(gateway.plain, health.Request(path, {"Host": "www.example.com"}, None))

    assert ask("/.well-known/acme-challenge/token").body == b"proof"
    assert ask("/.well-known/acme-challenge/none").status == 404
    assert ask("/a?b=c").status == 301
    assert gateway.ask("/.well-known/acme-challenge/none").status == 404
    # 8 KB a header line, 64 KB in all.
    assert gateway.ask(headers={"X-Long": "x" * 8000}).status == 200
    assert gateway.ask(headers={"X-Long": "x" * 8300}).status == 400
    lines = {f"X-Long-{number}": "x" * 7900 for number in range(10)}
    assert gateway.ask(headers=lines).status == 400
    # What is longer than 100 MB never reaches the app.
    with gateway.connected() as client:
        length = 100 * 2**20 + 1
        client.sendall(f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n".encode())
        assert client.recv(100).startswith(b"HTTP/1.1 413")


def _places(gateway: Gateway) -> dict[str, str]:
    """Return what is elsewhere in a test: ports, certificate, folder."""
    letsencrypt = "/etc/letsencrypt/live/www.example.com"
    return {
        "listen 80;": f"listen 127.0.0.1:{gateway.plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{gateway.secure} ssl",
        f"{letsencrypt}/fullchain.pem": str(gateway.certificate),
        f"{letsencrypt}/privkey.pem": f"{gateway.folder}/key.pem",
        "/var/www/letsencrypt": f"{gateway.folder}/acme",
    }


def changed(text: str, changes: Mapping[str, str]) -> str:
    """Return a text with what is elsewhere in a test; it has to be there."""
    for old, new in some(changes.items()):
        assert old in text, old
        text = text.replace(old, new)
    return text


def _certify(folder: Path) -> None:
    """Make a certificate, signed by nobody."""
    names = "subjectAltName=IP:127.0.0.1,DNS:localhost"
    made = ["-keyout", "key.pem", "-out", "cert.pem", "-days", "1", "-subj", "/CN=localhost"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(
        [str(OPENSSL), "req", "-x509", *key, *made, "-addext", names],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def _trusting() -> ssl.SSLContext:
    """Return what takes the certificate of the test."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@contextmanager
def load(ask: Callable[[], int]) -> Iterator[Callable[[], None]]:
    """Send requests from four threads, all of which have to be answered with 200.

    Args:
        ask: sends one, and returns the status.

    Yields:
        What waits until some more were answered.
    """
    outcomes: list[object] = []
    stopped = threading.Event()

    def one() -> object:
        try:
            return ask()
        except (OSError, http.client.HTTPException) as error:
            return error

    def send() -> None:
        while not stopped.wait(PAUSE):
            outcomes.append(one())

    def wait_for_more() -> None:
        wanted = len(outcomes) + 12
        assert health.wait_for(lambda: len(outcomes) >= wanted, time.monotonic() + PATIENCE)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield wait_for_more
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    others = [outcome for outcome in outcomes if outcome != 200]
    assert not others, others
