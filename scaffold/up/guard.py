"""Who may use the function console.

The console signs calls with the app's keys, so nobody else may reach it: it listens on the
loopback address, its address holds a token, and requests that another site makes a browser send
are refused by their Host, Origin and Sec-Fetch-Site (DNS rebinding: the attacker's name leads
here, but is still the attacker's in Host). No key is ever sent to the page.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from scaffold import messages
from scaffold.engine import health

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
FORBIDDEN = 403
_JSON = "application/json"


class ConsoleGuard:
    """Lets in only who has the token, from this machine, by this page.

    Args:
        app: what is guarded.
        root: the path that the token makes up.
        port: where the console listens.
    """

    def __init__(self, app: ASGIApp, root: str, port: int) -> None:
        self._app = app
        self._root = root.encode()
        self._hosts = {f"{name}:{port}".encode() for name in (health.LOOPBACK, "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    (name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()
                ]
                message["headers"] = [*message.get("headers", []), *headers]
            await send(message)

        refusal = self._refusal(scope)
        if refusal:
            await PlainTextResponse(messages.text(refusal), FORBIDDEN)(scope, receive, secured)
            return
        await self._app(scope, receive, secured)

    def _refusal(self, scope: Scope) -> str:
        """Return the message that says why a request is refused, empty if it is not."""
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name, []).append(value)
        hosts = headers.get(b"host", [])
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return "up.refused.host"
        origins = headers.get(b"origin", [])
        sites = headers.get(b"sec-fetch-site", [])
        if any(origin != b"http://" + hosts[0] for origin in origins) or set(sites) - {
            b"same-origin",
            b"none",
        }:
            return "up.refused.origin"
        sent = scope["path"].encode().partition(b"/")[2].partition(b"/")[0]
        if not secrets.compare_digest(b"/" + sent, self._root):
            return "up.refused.token"
        if scope["method"] == "POST" and headers.get(b"content-type") != [_JSON.encode()]:
            # Forms cannot send this type, and scripts of other sites have to ask first.
            return "up.refused.type"
        return ""
