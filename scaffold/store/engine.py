"""Calling the app itself: its hooks around writes and logins, its functions for clients."""

from __future__ import annotations

import http.client
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from scaffold.store import values
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scaffold.store.settings import Keys
    from scaffold.store.values import Document, Json

HOOK_LIMIT = 3.0  # seconds
FUNCTION_LIMIT = 60.0
# What a proxy answers for an app that is not there.
UNAVAILABLE = {502, 503, 504}
FRESH = 1.0  # seconds for which the list of an app's hooks is used again
# How the list of an app's functions calls a hook.
LISTED = {
    "beforeSave": "__before_save_for_",
    "afterSave": "__after_save_for_",
    "beforeUpdate": "__before_update_for_",
    "afterUpdate": "__after_update_for_",
    "beforeDelete": "__before_delete_for_",
    "afterDelete": "__after_delete_for_",
    "onLogin": "__on_login_",
}
logger = logging.getLogger("scaffold.store")


@dataclass(frozen=True)
class HookCall:
    """One call of a hook, for whoever watches.

    Args:
        path: the hook, as in `Review/beforeSave`.
        status: of its answer; 0 where there was none.
        answer: what it answered, or why it did not.
        seconds: how long that took.
    """

    path: str
    status: int
    answer: Json
    seconds: float


def _nobody(call: HookCall) -> None:
    """Watch nothing."""
    del call


@dataclass
class Engine:
    """An app, and the hooks that it has.

    Args:
        url: where it listens.
        keys: the app's keys.
        watch: called after each call of a hook.
    """

    url: str
    keys: Keys
    watch: Callable[[HookCall], None] = _nobody
    _listed: tuple[float, frozenset[str]] = (float("-inf"), frozenset())

    def has(self, class_name: str, hook: str) -> bool:
        """Say whether the app has a hook; an app that has not answered yet has none."""
        return LISTED[hook] + class_name in self._hooks()

    def has_function(self, name: str) -> bool:
        """Say whether the app lists a function."""
        return name in self._hooks()

    def _hooks(self) -> frozenset[str]:
        read_at, found = self._listed
        if time.monotonic() - read_at > FRESH:
            found = self._read()
            self._listed = (time.monotonic(), found)
        return found

    def _read(self) -> frozenset[str]:
        """Return the names of what the app lists; those that were known where it does
        not answer.
        """
        try:
            status, answer = self._send(
                "GET", "/1.1/functions/_ops/metadatas", self._headers(master=True), HOOK_LIMIT
            )
        except (OSError, http.client.HTTPException):
            return self._listed[1]
        listed = (
            answer.get("result")
            if isinstance(answer, dict) and status == http.HTTPStatus.OK
            else None
        )
        return frozenset(map(str, listed)) if isinstance(listed, list) else self._listed[1]

    def call_hook(self, path: str, payload: Document) -> Json:
        """Call a hook and return what it returned.

        Raises:
            ApiError: 142, it refused or does not answer; 141, it took too long.
        """
        try:
            status, answer = self._ask_hook(path, payload)
        except TimeoutError as error:
            raise ApiError(
                141, f"LeanEngine request timeout. {path} took more than {HOOK_LIMIT:g} s."
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise ApiError(142, f"Cloud Code validation failed. Error detail : {error}") from error
        if status != http.HTTPStatus.OK:
            detail = answer.get("error", status) if isinstance(answer, dict) else status
            raise ApiError(142, f"Cloud Code validation failed. Error detail : {detail}")
        return answer

    def deliver(self, path: str, payload: Document) -> None:
        """Call a hook after a write. What it answers changes nothing; one that takes too long
        has been called all the same.

        Raises:
            OSError: the app does not answer.
            HTTPException: it stops in the middle of its answer.
        """
        try:
            status, answer = self._ask_hook(path, payload)
        except TimeoutError:
            logger.warning("%s took more than %g s", path, HOOK_LIMIT)
            return
        if status in UNAVAILABLE:
            raise ConnectionError(f"{path}: {status}")
        if status != http.HTTPStatus.OK:
            detail = answer.get("error") if isinstance(answer, dict) else None
            logger.warning("%s: %s %s", path, status, detail)

    def _ask_hook(self, path: str, payload: Document) -> tuple[int, Json]:
        headers = {**self._headers(), "X-LC-Hook-Key": self.keys.hook_key}
        begun = time.monotonic()
        status: int = 0
        answer: Json = None
        try:
            status, answer = self._send(
                "POST", f"/1.1/functions/{path}", headers, HOOK_LIMIT, payload
            )
        except (OSError, http.client.HTTPException) as error:
            answer = str(error) or type(error).__name__
            raise
        else:
            return status, answer
        finally:
            self.watch(HookCall(path, status, answer, time.monotonic() - begun))

    def call_function(
        self, path: str, body: bytes, *, master: bool, session: str | None
    ) -> tuple[int, Json]:
        """Call a function for a client that has proved who it is; return
        the status and what was answered.

        Raises:
            ApiError: 141, it took too long; 142, the app does not answer.
        """
        headers = self._headers(master=master) | ({"X-LC-Session": session} if session else {})
        try:
            return self._send("POST", f"/1.1{path}", headers, FUNCTION_LIMIT, body)
        except TimeoutError as error:
            raise ApiError(141, status=524) from error
        except (OSError, http.client.HTTPException) as error:
            raise ApiError(1, f"The app does not answer: {error}.", status=503) from error

    def _headers(self, *, master: bool = False) -> dict[str, str]:
        key = f"{self.keys.master_key},master" if master else self.keys.app_key
        return {"X-LC-Id": self.keys.app_id, "X-LC-Key": key, "Content-Type": "application/json"}

    def _send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        limit: float,
        payload: Document | bytes | None = None,
    ) -> tuple[int, Json]:
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(
            address.hostname or "", address.port or 80, timeout=limit
        )
        body = values.dumps(payload).encode() if isinstance(payload, dict) else payload
        try:
            _connect(connection)
            connection.request(method, quote(path, safe="/%"), body, dict(headers))
            response = connection.getresponse()
            return response.status, _parsed(response.read())
        finally:
            connection.close()


def _parsed(body: bytes) -> Json:
    try:
        return values.loads(body)
    except ApiError:
        return None


def _connect(connection: http.client.HTTPConnection) -> None:
    """Open a connection; one that cannot be opened in time has called nothing.

    Raises:
        OSError: it cannot be opened; no TimeoutError.
    """
    try:
        connection.connect()
    except TimeoutError as error:
        raise ConnectionError(str(error)) from error
