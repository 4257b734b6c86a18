"""Ask a running app what LeanEngine asks it, as the platform's load balancer does."""

from __future__ import annotations

import http.client
import json
import socket
import time
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FUNCTIONS = "/1.1/functions"
METADATAS = f"{FUNCTIONS}/_ops/metadatas"
LOOPBACK = "127.0.0.1"
# LeanEngine docs, "Load balancer". The client's address is one of those kept
# for documentation (RFC 5737).
PROXY_HEADERS = {"X-Real-IP": "203.0.113.7", "X-Forwarded-Proto": "https"}
# LeanEngine docs, "Load balancer": a response within 60 s. A health check that is
# slower than 5 s is asked again.
RESPONSE_TIMEOUT = 60.0
HEALTH_TIMEOUT = 5.0
# The platform asks every second; asking more often only makes the measured start more precise.
HEALTH_INTERVAL = 0.02
BODY_LIMIT = 1 << 20


@dataclass(frozen=True)
class Request:
    """What is asked.

    Args:
        path: beginning with `/`.
        headers: sent beside those of the load balancer.
        body: JSON; with it the request is a POST, else a GET.
    """

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


PING = Request("/__engine/1/ping")
PAGE = Request("/")


@dataclass(frozen=True)
class HttpResponse:
    """What came back from one request.

    Args:
        status: the HTTP status, 0 when there was no answer.
        body: the first `BODY_LIMIT` bytes.
        problem: why there was no answer.
    """

    status: int
    body: bytes = b""
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return http.client.OK <= self.status < http.client.MULTIPLE_CHOICES

    def json(self) -> Any:
        """Return the body read as JSON, None if it is not."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"HTTP {self.status}" if self.status else self.problem


def ask(
    port: int, request: Request, *, host: str = LOOPBACK, timeout: float = RESPONSE_TIMEOUT
) -> HttpResponse:
    """Send one request and return its answer; a request without one is an
    answer too, with status 0.

    Args:
        port: TCP port of the app.
        request: what is asked.
        host: the local address to connect to.
        timeout: seconds to wait for each part of the answer.
    """
    headers = {**PROXY_HEADERS, **request.headers}
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    return send(connection, replace(request, headers=headers), time.monotonic() + timeout)


def send(
    connection: http.client.HTTPConnection,
    request: Request,
    deadline: float,
    *,
    whole: bool = False,
) -> HttpResponse:
    """Send one request, return what came back until a deadline, and close the connection.

    Args:
        connection: to the server; its timeout counts for each part of the answer.
        request: what is asked.
        deadline: of `time.monotonic`; a body that is still coming is cut off there.
        whole: such a body is no answer, and no wait is longer than the deadline.
    """
    headers = dict(request.headers)
    if request.body is not None:
        headers["Content-Type"] = "application/json"
    method = "GET" if request.body is None else "POST"
    try:
        connection.request(method, request.path, request.body, headers)
        if whole and connection.sock is not None:
            connection.sock.settimeout(max(deadline - time.monotonic(), HEALTH_INTERVAL))
        response = connection.getresponse()
        return HttpResponse(response.status, _body(connection, response, deadline, whole=whole))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return HttpResponse(0, problem=str(error) or type(error).__name__)
    finally:
        connection.close()


def _body(
    connection: http.client.HTTPConnection,
    response: http.client.HTTPResponse,
    deadline: float,
    *,
    whole: bool,
) -> bytes:
    received = b""
    while len(received) < BODY_LIMIT:
        left = deadline - time.monotonic()
        if left <= 0 and whole:
            raise TimeoutError("timed out")
        if whole and connection.sock is not None:
            connection.sock.settimeout(left)
        part = response.read1(BODY_LIMIT) if left > 0 else b""
        if not part:
            break
        received += part
    return received


def is_sdk(answer: HttpResponse) -> bool:
    """Tell whether an answer to the ping is the SDK's: JSON with its version and the runtime's."""
    body = answer.json() if answer.status == http.client.OK else None
    return isinstance(body, dict) and all(
        isinstance(body.get(name), str) for name in ("runtime", "version")
    )


def listens(port: int) -> bool:
    """Tell whether something accepts connections on a port of the loopback address."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def check(
    port: int,
    *,
    strict: bool = False,
    timeout: float = HEALTH_TIMEOUT,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> tuple[bool, HttpResponse]:
    """Do one health check; return whether it passed and the answer that decided.

    Source: LeanEngine docs, "Health check": the SDK's ping answers 200 or, unless `functionsMode`
    is `strict`, `/` answers 2xx. With `strict` it has to be the SDK that answers.

    Args:
        port: TCP port of the app.
        strict: whether only the ping counts.
        timeout: seconds for each of the two requests, at most `HEALTH_TIMEOUT`.
        headers: what is sent beside those of the load balancer, such as another Host.
    """
    seconds = min(timeout, HEALTH_TIMEOUT)
    ping = ask(port, replace(PING, headers=headers), timeout=seconds)
    if strict:
        return is_sdk(ping), ping
    if ping.status == http.client.OK:
        return True, ping
    page = ask(port, replace(PAGE, headers=headers), timeout=seconds)
    return page.ok, page


def wait_for(
    condition: Callable[[], bool], deadline: float, interval: float = HEALTH_INTERVAL
) -> bool:
    """Ask `condition` every `interval` seconds until it holds; False when
    `deadline`, of `time.monotonic`, passes.
    """
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(interval)
    return False


def other_addresses() -> list[str]:
    """Return local addresses, beside 127.0.0.1, that a server on every interface can be
    reached at.
    """
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # No packet is sent; the system only says which address it would send from.
            probe.connect(("192.0.2.1", 9))
            found.append(str(probe.getsockname()[0]))
        except OSError:
            pass  # no network
    with socket.socket() as probe:
        try:
            # All of 127.0.0.0/8 is local on Linux, on macOS only 127.0.0.1 is.
            probe.bind(("127.0.0.2", 0))
            found.append("127.0.0.2")
        except OSError:
            pass
    return [address for address in found if address != LOOPBACK]
