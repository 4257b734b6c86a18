"""What the page Users of the console asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from scaffold.up import row_filter, rows
from scaffold.up.asked import text_of
from scaffold.up.data_pages import PAGE_SIZE, USERS, id_asked, page, posted, schema_of

if TYPE_CHECKING:
    from scaffold.up.console_store import ConsoleStore
    from scaffold.up.store_client import StoreClient


class UserPages:
    """The page Users.

    Args:
        store: the data.
    """

    def __init__(self, store: ConsoleStore) -> None:
        self._store = store

    def routes(self, root: str) -> list[Route]:
        """Return what is asked for, below an address."""
        answers = {"users": self._users, "users/login": self._log_in, "users/end": self._end}
        return [
            Route(f"{root}/{name}", posted(answer), methods=["POST"])
            for name, answer in answers.items()
        ]

    def _users(self, asked: dict[str, Any]) -> dict[str, Any]:
        described = self._store.described()
        if described["kind"] == "none":
            return {**described, "users": [], "count": 0, "size": PAGE_SIZE}
        client = self._store.client()
        where = row_filter.of_users(
            text_of(asked, "filter"), rows.columns(schema_of(client, USERS))
        )
        found = page(client, USERS, asked, where)
        ids = [str(user["objectId"]) for user in found["results"]]
        begun = _sessions(client, ids) if described["kind"] == "own" else {}
        users = [_shown(user, begun.get(str(user["objectId"]))) for user in found["results"]]
        return {**described, "users": users, "count": found["count"], "size": PAGE_SIZE}

    def _log_in(self, asked: dict[str, Any]) -> dict[str, Any]:
        path = f"/users/{id_asked(asked)}/sessions"
        return self._store.watched(
            lambda client: {"token": client.ask("POST", path)["sessionToken"]}
        )

    def _end(self, asked: dict[str, Any]) -> dict[str, Any]:
        path = f"/users/{id_asked(asked)}/sessions"
        return self._store.watched(lambda client: client.ask("DELETE", path))


def _shown(user: dict[str, Any], begun: list[str] | None) -> dict[str, Any]:
    """Return a user for the table; of a service that is not ours nobody knows the sessions."""
    names = ("objectId", "createdAt", *row_filter.NAMES)
    texts = {name: str(user.get(name) or "") for name in names}
    return {**texts, "sessions": begun}


def _sessions(client: StoreClient, ids: list[str]) -> dict[str, list[str]]:
    """Return when the sessions of users began, asked for in one request."""
    requests = [{"method": "GET", "path": f"/1.1/users/{user_id}/sessions"} for user_id in ids]
    answers = client.ask("POST", "/batch", None, {"requests": requests}) if ids else []
    begun: dict[str, list[str]] = {}
    for user_id, answer in zip(ids, answers, strict=True):
        if "success" in answer:
            sessions = answer["success"]["results"]
            begun[user_id] = [session["createdAt"] for session in sessions]
    return begun
