"""The hooks of a class around a write: before it, where they may change or refuse it, and
after it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scaffold.store import access, objects, operations, records, schema, users, values
from scaffold.store.access import Caller
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scaffold.store.calls import ApiCall
    from scaffold.store.engine import Engine
    from scaffold.store.values import Document, Json
    from scaffold.store.work import Saved, Transaction

    FollowUp = Callable[[Transaction, Saved], None]

# What stands in an object besides its columns.
OWN = {
    *schema.RESERVED,
    "_updatedKeys",
    "__before",
    "__after",
    "__type",
    "className",
    "__ignore_hooks",
}


@dataclass(frozen=True)
class Hooks:
    """The hooks of one write of a client's.

    Args:
        call: the client's call.
        engine: the app.
        class_name: the class of the object.
    """

    call: ApiCall
    engine: Engine
    class_name: str

    def before(self, hook: str, object_id: str | None, body: Document) -> Document:
        """Return the body of a write as a hook wants it.

        Raises:
            ApiError: 142, the hook refused; 141, it took too long.
        """
        if not self.fires(hook):
            return body
        sent, keys = self._proposed(object_id, body)
        payload = sent if hook == "beforeSave" else {**sent, "_updatedKeys": keys}
        answer = self.engine.call_hook(f"{self.class_name}/{hook}", self._payload(payload))
        return _merged(body, sent, answer) if isinstance(answer, dict) else body

    def before_delete(self, object_id: str) -> None:
        """Ask a hook whether an object may be deleted.

        Raises:
            ApiError: 142, the hook refused; 141, it took too long.
        """
        if self.fires("beforeDelete"):
            sent, _ = self._proposed(object_id, {})
            self.engine.call_hook(f"{self.class_name}/beforeDelete", self._payload(sent))

    def after(self, hook: str) -> FollowUp:
        """Return what has a hook called after a write, from within its transaction.

        Whether the app has that hook is asked now: a transaction waits for nobody.
        """
        if not self.fires(hook):
            return _nothing
        user = self._payload({}).get("user")
        token = user.pop("sessionToken", None) if user else None

        def follow_up(work: Transaction, saved: Saved) -> None:
            inside = replace(work, caller=Caller(master=True))
            shown = records.shown(inside, saved.used, [saved], records.ViewOptions())[0]
            keys = {"_updatedKeys": saved.changed} if hook == "afterUpdate" else {}
            body = {"object": {**shown, **keys}} | ({"user": user} if user else {})
            work.follow_up("hook", {"path": f"{self.class_name}/{hook}", "body": body}, token)

        return follow_up

    def fires(self, hook: str) -> bool:
        """Say whether a hook is to be called."""
        return hook not in ignored(self.call) and self.engine.has(self.class_name, hook)

    def _payload(self, sent: Document) -> Document:
        caller = self.call.caller
        if caller.user_id is None or caller.token is None:
            return {"object": sent}
        user_id, token = caller.user_id, caller.token
        user = self.call.read(lambda work: users.shown(work, users.own_class(work), user_id, token))
        return {"object": sent, "user": user}

    def _proposed(self, object_id: str | None, body: Document) -> tuple[Document, list[str]]:
        """Return the object as it would be, and the keys of the change."""
        changes = operations.parse({key: value for key, value in body.items() if key != "ACL"})
        keys = sorted({change.column for change in changes} | ({"ACL"} & body.keys()))
        acl = {"ACL": body["ACL"]} if isinstance(body.get("ACL"), dict) else {}
        if object_id is None:
            self.call.read(lambda work: _check_create(work, self.class_name))
            return {**operations.apply({}, changes), **acl}, keys
        operation = "update" if body else "delete"
        current = self.call.read(lambda work: _current(work, self.class_name, object_id, operation))
        own = {key: current.pop(key) for key in schema.RESERVED}
        return {**operations.apply(current, changes), **own, **acl}, keys


def _check_create(work: Transaction, class_name: str) -> None:
    """Refuse before a hook is called what would be refused after it."""
    used = work.schema.find(work.connection, class_name)
    if used:
        access.check_class(used, "create", work.caller)


def _current(work: Transaction, class_name: str, object_id: str, operation: str) -> Document:
    used = work.schema.existing(work.connection, class_name)
    access.check_class(used, operation, work.caller)
    row = objects.locked(work, used, object_id, "write")
    own = {"objectId": row.id, "createdAt": row.created_at, "updatedAt": row.updated_at}
    return {**row.document, **own}


def _merged(body: Document, sent: Document, answer: Document) -> Document:
    """Return the body with what a hook changed of the object that it was sent."""
    result = dict(body)
    for key in sorted((answer.keys() | sent.keys()) - OWN):
        if key not in answer:
            result.pop(key, None)
        elif values.kind(answer[key]) != "Relation" and not (
            key in sent and _same(answer[key], sent[key])
        ):
            result[key] = answer[key]
    return result


def _same(one: Json, other: Json) -> bool:
    return values.equal(values.normalise(one), values.normalise(other))


def ignored(call: ApiCall) -> Iterable[str]:
    """Return the hooks that a call of the app itself does not want, so that
    a hook does not call itself.
    """
    if not (call.caller.is_app or call.caller.master):
        return ()
    given = call.body.get("__ignore_hooks")
    named = {str(hook) for hook in given} if isinstance(given, list) else set()
    for mark, prefix in (("__before", "before"), ("__after", "after")):
        if mark in call.body:
            named |= {f"{prefix}{event}" for event in ("Save", "Update", "Delete")}
    return named


def _nothing(work: Transaction, saved: Saved) -> None:
    """Follow a write up with nothing."""
    del work, saved


def after(call: ApiCall, class_name: str, hook: str) -> FollowUp:
    """Return what has a hook called after a write, where there is an app that has it."""
    found = of(call, class_name)
    return found.after(hook) if found else _nothing


def of(call: ApiCall, class_name: str) -> Hooks | None:
    """Return the hooks of a write; None where there is no app to call."""
    engine = call.store.engine
    return Hooks(call, engine, class_name) if engine else None


def fires(call: ApiCall, class_name: str, *names: str) -> bool:
    """Say whether a write of a call has one of these hooks called."""
    found = of(call, class_name)
    return found is not None and any(found.fires(name) for name in names)


def check_login(call: ApiCall, user: Document) -> None:
    """Ask the app whether a user may log in.

    Raises:
        ApiError: 142, the app refused.
    """
    engine = call.store.engine
    if engine and engine.has("_User", "onLogin"):
        engine.call_hook("_User/onLogin", {"object": user})


def verified(call: ApiCall, kind: str) -> FollowUp:
    """Return what tells the app that a phone (`sms`) or a mailbox (`email`) is its user's."""
    engine = call.store.engine
    if not (engine and engine.has_function(f"__on_verified_{kind}")):
        return _nothing

    def follow_up(work: Transaction, saved: Saved) -> None:
        shown = users.shown(work, saved.used, saved.id)
        work.follow_up("hook", {"path": f"onVerified/{kind}", "body": {"object": shown}})

    return follow_up


def function(call: ApiCall, name: str) -> tuple[int, Json]:
    """Call a function of the app for a client.

    Raises:
        ApiError: there is no app, or it does not answer.
    """
    engine = call.store.engine
    if engine is None:
        raise ApiError(1, f"There is no app to call '{name[:60]}' of.", status=404)
    body = values.dumps(call.body).encode()
    return engine.call_function(
        call.path, body, master=call.caller.master, session=call.caller.token
    )
