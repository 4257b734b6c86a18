"""Cloud functions and hooks as the console shows and calls them.

The paths and bodies are those that the platform sends (LeanEngine docs, "Cloud functions and
hooks"; the routes of the SDK, leancloud 3.0.2, `leancloud/engine/leanengine.py`).
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from scaffold.engine import health
from scaffold.up.environment import KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping

CallKind = Literal["function", "hook", "realtime"]
Signer = Literal["app", "master", "hook"]
SIGNERS: tuple[Signer, ...] = ("app", "master", "hook")
# For whom the shell has to hold a key, in the headers that carry it.
_KEY_HEADERS: Mapping[Signer, Mapping[str, str]] = {
    "app": {"X-LC-Key": "{LEANCLOUD_APP_KEY}"},
    "master": {"X-LC-Key": "{LEANCLOUD_APP_MASTER_KEY},master"},
    "hook": {"X-LC-Key": "{LEANCLOUD_APP_KEY}", "X-LC-Hook-Key": "{LEANCLOUD_APP_HOOK_KEY}"},
}
_IN_THE_SHELL = {name: f"${{{name}}}" for name in KEYS}
_OBJECT_HOOK = re.compile(r"__(before|after)_(save|update|delete)_for_(.+)")
# A stored object has an id, a new one has none yet.
_STORED = {"objectId": "5f0000000000000000000001"}
_OTHER_HOOKS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "__on_login__User": ("_User/onLogin", {"object": {**_STORED, "username": "someone"}}),
    "__on_authdata__User": ("_User/onAuthData", {"authData": {}}),
    "__on_verified_sms": ("onVerified/sms", {"object": {**_STORED, "username": "someone"}}),
    "__on_verified_email": ("onVerified/email", {"object": {**_STORED, "username": "someone"}}),
    "__on_complete_bigquery_job": ("BigQuery/onComplete", {"id": "", "status": "OK"}),
}
_REALTIME = re.compile(r"_(message|receivers|conversation|client|rtmClient)[A-Z]\w*")


@dataclass(frozen=True)
class Function:
    """A cloud function or a hook.

    Args:
        name: as the app reports it.
        kind: who calls it: anyone, the data store, or realtime messaging.
        title: as people write it: `hello`, `Review beforeSave`.
        path: where it is called.
        body: what to send to begin with.
    """

    name: str
    kind: CallKind
    title: str
    path: str
    body: Mapping[str, Any]


def describe(name: str) -> Function:
    """Return what is known of a function by its name."""
    stored = _OBJECT_HOOK.fullmatch(name)
    if stored:
        when, what, class_name = stored.groups()
        hook = when + what.capitalize()
        body: dict[str, Any] = {"object": {} if hook == "beforeSave" else dict(_STORED)}
        if what == "update":
            body["object"]["_updatedKeys"] = []
        path = f"{health.FUNCTIONS}/{_quoted(class_name)}/{hook}"
        return Function(name, "hook", f"{class_name} {hook}", path, body)
    if name in _OTHER_HOOKS:
        inner, body = _OTHER_HOOKS[name]
        return Function(name, "hook", inner.replace("/", " "), f"{health.FUNCTIONS}/{inner}", body)
    kind: CallKind = "realtime" if _REALTIME.fullmatch(name) else "function"
    return Function(name, kind, name, f"{health.FUNCTIONS}/{_quoted(name)}", {})


def _quoted(name: str) -> str:
    return quote(name, safe="")


@dataclass(frozen=True)
class FunctionCall:
    """A call that the user asks for.

    Args:
        function: what is called.
        body: the JSON text that is sent.
        signer: the key that is used; hooks are always called with the hook key.
        session: the session token of the user who calls, empty for nobody.
    """

    function: Function
    body: str
    signer: Signer = "app"
    session: str = ""

    def headers(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return the headers that sign the call.

        Args:
            variables: the app's; a key that it does not have is empty.
        """
        signer: Signer = "hook" if self.function.kind != "function" else self.signer
        templates = {"X-LC-Id": "{LEANCLOUD_APP_ID}", **_KEY_HEADERS[signer]}
        found = {name: _fill(template, variables) for name, template in templates.items()}
        return found | ({"X-LC-Session": self.session} if self.session else {})

    def request(self, variables: Mapping[str, str]) -> health.Request:
        """Return the request to the app."""
        return health.Request(self.function.path, self.headers(variables), self.body.encode())

    def curl(self, port: int) -> str:
        """Return a shell command that does the same. Keys are named, not
        written: it will be pasted into chats.
        """
        lines = [f"curl -X POST http://127.0.0.1:{port}{self.function.path}"]
        for name, value in self.headers(_IN_THE_SHELL).items():
            # A session token is the user's own; only it may hold what a shell would read.
            shown = (
                shlex.quote(f"{name}: {value}") if name == "X-LC-Session" else f'"{name}: {value}"'
            )
            lines.append(f"  -H {shown}")
        lines += ["  -H 'Content-Type: application/json'", f"  -d {shlex.quote(self.body)}"]
        return " \\\n".join(lines)


def _fill(template: str, variables: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: variables.get(match[1], ""), template)


def metadatas(
    port: int, variables: Mapping[str, str]
) -> tuple[list[Function] | None, health.HttpResponse]:
    """Ask the running app for its functions; None if it does not list any, with its answer."""
    listing = FunctionCall(Function("", "function", "", health.METADATAS, {}), "", "master")
    answer = health.ask(
        port,
        health.Request(health.METADATAS, listing.headers(variables)),
        timeout=health.HEALTH_TIMEOUT,
    )
    listed = answer.json()
    names = listed.get("result") if answer.ok and isinstance(listed, dict) else None
    if not isinstance(names, list):
        return None, answer
    return [describe(str(name)) for name in names], answer


def pretty(body: bytes) -> str:
    """Return a body as people read it. Here, because a browser would round large numbers."""
    shown = body.decode("utf-8", "replace")
    try:
        return pretty_json(json.loads(shown))
    except ValueError:
        return shown


def pretty_json(value: Any) -> str:
    """Return a value as people read it in JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2)
