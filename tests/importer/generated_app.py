"""An app with values of every type, made by chance from a seed, on a platform; and its export."""

from __future__ import annotations

import base64
import json
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scaffold.store import passwords
from tests.export import platform
from tests.importer.conftest import export_to, related, rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.export.platform import Source

Row = dict[str, Any]
CLASSES = ("Author", "Book", "Shelf")
RELATED = {
    ("Book", "tags"): "Shelf",
    ("Book", "readers"): "_User",
    ("_Role", "users"): "_User",
    ("_Role", "roles"): "_Role",
}
ROWS = 25  # of each class
USERS = 5
_TEXTS = (
    "",
    " ",
    "张三",
    "\U0001f600\u200d\U0001f308",
    "a\u2028b\u0085",
    "'; DROP TABLE x; --",
    "\\N\t\r\n\\.",
    '{"__type": "Date"}',
    "null",
    "é\u0301\u202e",
    "x" * 3000,
)
_NUMBERS = (0, -1, 1.5, 0.1, 2**53, 2**53 + 1, -(2**63), 2**63 - 1, 1e300, -5e-324, 1e-7)
_WORDS = ("a", "b.c", "$d", "名", "constructor", " ", "e" * 80)


@dataclass
class GeneratedApp:
    """An app that was exported.

    Attributes:
        folder: the export.
        console: the console's export of its users.
        passwords: of users, by name.
        rows: the rows of classes, by class and id, as REST gave them.
        related: the ids that each row is related to, by class, key and id.
        contents: of files, by id.
        seen: the ids of the rows that users may read, by the name of the user, "" for nobody, and
            class.
    """

    folder: Path
    console: Path
    passwords: dict[str, str] = field(default_factory=dict)
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    related: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    seen: dict[tuple[str, str], set[str]] = field(default_factory=dict)


@dataclass
class _Values:
    """Values by chance."""

    chance: random.Random
    users: list[str]
    roles: list[str]
    files: list[str]
    others: dict[str, list[str]] = field(default_factory=dict)

    def text(self) -> str:
        return self.chance.choice([*_TEXTS, str(self.chance.random())])

    def number(self) -> float:
        return self.chance.choice(
            [*_NUMBERS, self.chance.random(), self.chance.randrange(-(10**12), 10**12)]
        )

    def date(self) -> Row:
        chance = self.chance
        day = f"{chance.randrange(1000, 9999)}-{chance.randrange(1, 13):02}-28"
        return {
            "__type": "Date",
            "iso": f"{day}T23:59:{chance.randrange(60):02}.{chance.randrange(1000):03}Z",
        }

    def pointer(self, class_name: str) -> Row:
        known = self.others.get(class_name, []) if class_name != "_User" else self.users
        # Some lead to rows that are gone.
        return {
            "__type": "Pointer",
            "className": class_name,
            "objectId": self.chance.choice([*known, "0" * 24]),
        }

    def file(self) -> Row:
        return {"__type": "File", "id": self.chance.choice(self.files)}

    def point(self) -> Row:
        latitude = self.chance.choice([90, -90, 0, self.chance.uniform(-90, 90)])
        longitude = self.chance.choice([180, -180, 0, self.chance.uniform(-180, 180)])
        return {"__type": "GeoPoint", "latitude": latitude, "longitude": longitude}

    def bytes(self) -> Row:
        content = self.chance.randbytes(self.chance.randrange(9))
        return {"__type": "Bytes", "base64": base64.b64encode(content).decode()}

    def any(self, depth: int) -> Any:
        """Return a value that may be within another one."""
        makers = [self.text, self.number, self.date, self.bytes, self.file, self.point]
        if depth:
            makers += [lambda: self.array(depth - 1), lambda: self.object(depth - 1)]
        plain = [None, True, False, self.pointer("Author")]
        return self.chance.choice([*plain, self.chance.choice(makers)()])

    def array(self, depth: int = 2) -> list[Any]:
        return [self.any(depth) for _ in range(self.chance.randrange(5))]

    def object(self, depth: int = 2) -> Row:
        words = self.chance.sample(_WORDS, self.chance.randrange(len(_WORDS)))
        return {word: self.any(depth) for word in words}

    def acl(self) -> Row:
        names = ["*", *self.users, *(f"role:{role}" for role in self.roles)]
        chosen = self.chance.sample(names, self.chance.randrange(4))
        granted = [{"read": True}, {"write": True}, {"read": True, "write": True}]
        return {name: self.chance.choice(granted) for name in chosen}

    def row(self) -> Row:
        """Return a row with most of the columns."""
        found = {
            "s": self.text(),
            "n": self.number(),
            "whole": self.chance.randrange(1000),
            "b": self.chance.choice([True, False]),
            "d": self.date(),
            "author": self.pointer("Author"),
            "owner": self.pointer("_User"),
            "f": self.file(),
            "g": self.point(),
            "y": self.bytes(),
            "l": self.array(),
            "o": self.object(),
            "length": self.chance.randrange(9),
            "ACL": self.acl(),
        }
        for key in list(found):
            if self.chance.random() < 0.1:
                found[key] = None
            elif self.chance.random() < 0.1:
                del found[key]
        return {key: value for key, value in found.items() if key != "ACL" or value is not None}


def generated(folder: Path, seed: int) -> GeneratedApp:
    """Make an app, and export it.

    Args:
        folder: where to.
        seed: which app.
    """
    app = GeneratedApp(folder / "export", folder / "console")
    (folder / "app").mkdir(parents=True)
    app.console.mkdir()
    with platform.running(folder / "app") as source:
        source.platform.page = 1000
        _fill(source, random.Random(seed), app)
        export_to(source, app.folder)
        _note(source, app)
    _write_users(app)
    return app


def _fill(source: Source, chance: random.Random, app: GeneratedApp) -> None:
    users = _users(source, chance, app)
    files = _files(source, chance)
    values = _Values(chance, list(users.values()), [], files)
    _roles(source, values)
    for name in CLASSES:
        made = source.save_all(name, [values.row() for _ in range(ROWS)])
        values.others[name] = made
    for (name, key), target in RELATED.items():
        if name == "Book":
            ids = values.others.get(target, values.users)
            for book in values.others["Book"][::2]:
                _relate(source, f"/classes/Book/{book}", key, target, chance.sample(ids, 4))


def _users(source: Source, chance: random.Random, app: GeneratedApp) -> dict[str, str]:
    found = {}
    for number in range(USERS):
        name = chance.choice(["ada", "张三", "o'neil", "a b", "x@y.cn", "\U0001f600"]) + str(number)
        password = chance.choice(["secret", "密码", "p w", "\\N", "é"]) + str(chance.random())
        body: Row = {"username": name, "password": password, "nick": chance.choice(_TEXTS)}
        if number % 2:
            body["email"] = f"user{number}@example.cn"
        else:
            body["authData"] = {"weixin": {"openid": f"o{number}", "expires_in": 7200}}
        found[name] = source.call("POST", "/users", body)["objectId"]
        app.passwords[name] = password
    return found


def _files(source: Source, chance: random.Random) -> list[str]:
    names = ("a.txt", "../../b.bin", "名.PNG", "no extension")
    return [source.upload(name, chance.randbytes(chance.randrange(1, 9999))) for name in names]


def _roles(source: Source, values: _Values) -> None:
    """Make roles with members, each but the first within another one."""
    made: list[str] = []
    for name in ("admin", "editor", "reader"):
        acl = {"*": {"read": True}}
        role = source.call("POST", "/roles", {"name": name, "ACL": acl})["objectId"]
        members = values.chance.sample(values.users, 2)
        _relate(source, f"/roles/{role}", "users", "_User", members)
        _relate(source, f"/roles/{role}", "roles", "_Role", made[-1:])
        made.append(role)
        values.roles.append(name)


def _relate(source: Source, path: str, key: str, target: str, ids: list[str]) -> None:
    pointers = [{"__type": "Pointer", "className": target, "objectId": each} for each in ids]
    if pointers:
        source.call("PUT", path, {key: {"__op": "AddRelation", "objects": pointers}})


def _note(source: Source, app: GeneratedApp) -> None:
    """Note what the platform has, and what it lets each user read."""
    for name in (*CLASSES, "_User", "_Role", "_File"):
        app.rows[name] = rows(source.client, name)
    for (name, key), target in RELATED.items():
        for owner in app.rows[name]:
            ids = related(source.client, name, owner, key, target)
            app.related[name, key, owner] = ids
    for object_id, row in app.rows["_File"].items():
        app.contents[object_id] = source.client.get(row["url"]).content
    headers = {"x-lc-key": platform.KEYS.app_key}
    for user, password in [("", ""), *app.passwords.items()]:
        if user:
            body = {"username": user, "password": password}
            answer = source.client.post("/1.1/login", json=body, headers=headers).json()
            headers["x-lc-session"] = answer["sessionToken"]
        for name in CLASSES:
            path = f"/1.1/classes/{name}?limit=1000"
            found = source.client.get(path, headers=headers).json()["results"]
            app.seen[user, name] = {row["objectId"] for row in found}


def _write_users(app: GeneratedApp) -> None:
    lines = ['#filetype:JSON-streaming {"type":"Class","class":"_User"}']
    for row in app.rows["_User"].values():
        salt = row["objectId"][::-1]
        hash_ = passwords.platform_hash(app.passwords[row["username"]], salt)
        lines.append(json.dumps({**row, "password": hash_, "salt": salt}))
    (app.console / "_User.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
