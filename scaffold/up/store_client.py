"""What the console asks the data service, by its REST API and with the master key."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from scaffold.up.asked import BadCallError

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT = 60.0
ANSWER_LIMIT = 64 * 1024 * 1024


class StoreRefusedError(BadCallError):
    """The data service answers with an error.

    Args:
        code: its number.
        error: its sentence.
    """

    def __init__(self, code: int, error: str) -> None:
        super().__init__("store-refused", f"[{code}] {error}")
        self.code = code
        self.error = error


@dataclass(frozen=True)
class StoreClient:
    """A client of one data service.

    Args:
        url: where it is.
        app_id: whose data is asked for.
        master_key: opens everything; it never leaves this process but to the service.
        is_writable: whether anything may be changed.
    """

    url: str
    app_id: str
    master_key: str
    is_writable: bool

    def ask(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return what the service answers.

        Args:
            method: GET, POST, PUT or DELETE.
            path: below the version, with names that are quoted or need no quotes.
            parameters: those of the address; what is no text goes as JSON.
            body: an object.

        Raises:
            BadCallError: the data is only to be read, the service does not answer, answers
                too much, or refuses (`StoreRefusedError`).
        """
        if method != "GET" and not self.is_writable:
            raise BadCallError("read-only")
        texts = {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in (parameters or {}).items()
        }
        target = f"/1.1{path}" + (f"?{urlencode(texts)}" if texts else "")
        try:
            status, content = self._send(method, target, body)
            answer = json.loads(content)
        except (OSError, http.client.HTTPException, ValueError, RecursionError) as error:
            raise BadCallError("store-gone", error) from error
        if status >= http.HTTPStatus.BAD_REQUEST:
            described = answer if isinstance(answer, dict) else {}
            raise StoreRefusedError(described.get("code", 1), described.get("error", str(status)))
        if not isinstance(answer, list if path == "/batch" else dict):
            raise BadCallError("store-gone", self.url)
        return answer

    def _send(self, method: str, target: str, body: Mapping[str, Any] | None) -> tuple[int, bytes]:
        address = urlsplit(self.url)
        secure = address.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(address.hostname or "", address.port, timeout=TIMEOUT)
        headers = {
            "X-LC-Id": self.app_id,
            "X-LC-Key": f"{self.master_key},master",
            "Content-Type": "application/json",
        }
        try:
            content = None if body is None else _encoded(body)
            connection.request(method, address.path.rstrip("/") + target, content, headers)
            response = connection.getresponse()
            answer = response.read(ANSWER_LIMIT + 1)
        finally:
            connection.close()
        if len(answer) > ANSWER_LIMIT:
            raise BadCallError("store-too-much")
        return response.status, answer


def _encoded(body: Mapping[str, Any]) -> bytes:
    """Return the bytes of an object; half of a character is the service's to refuse."""
    return json.dumps(body, ensure_ascii=False).encode(errors="surrogatepass")
