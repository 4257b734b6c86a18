"""The page Data: rows as they are shown, filtered, changed and deleted, with their hooks."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.engine import environment
from scaffold.up.data_pages import PAGE_SIZE
from scaffold.up.project import API_SERVER
from tests.store.conftest import name

from .stored import Stored, server, service, stored

if TYPE_CHECKING:
    from scaffold.store.values import Document

__all__ = ["server", "service", "stored"]  # fixtures

POINTER = {"__type": "Pointer", "className": "_User", "objectId": "5f3dea7b7a53400006b13886"}
HOSTILE = "<img src=x onerror=alert(1)>'\"\u202e\x1b[31m"


def test_classes(stored: Stored) -> None:
    """A class is there as soon as it has a row."""
    used = name()
    assert used not in stored.api("data")["classes"]
    stored.save(used, n=1)
    found = stored.api("data")
    assert {used, "_User", "_Role"} <= set(found["classes"])
    assert (found["kind"], found["server"]) == ("own", "")


def test_cells(stored: Stored) -> None:
    """Each type is shown in a way of its own; what is dangerous to show is not."""
    used = name()
    row: Document = {
        "text": HOSTILE,
        "number": 9007199254740993,
        "flag": True,
        "none": None,
        "list": [1, {"a": "é"}],
        "date": {"__type": "Date", "iso": "2026-01-02T03:04:05.678Z"},
        "place": {"__type": "GeoPoint", "latitude": 39.9, "longitude": 116.4},
        "owner": POINTER,
        "bytes": {"__type": "Bytes", "base64": "aGVsbG8="},
        "friends": {"__op": "AddRelation", "objects": [POINTER]},
        "long": "x" * 5000,
    }
    assert stored.save(used, **row)["code"] == 0
    found = stored.rows(used)
    cells = found["rows"][0]["cells"]
    assert cells["text"] == {
        "kind": "String",
        "text": "<img src=x onerror=alert(1)>'\"\\u202e\\x1b[31m",
    }
    assert cells["number"] == {"kind": "Number", "text": "9007199254740993"}
    assert (cells["flag"]["text"], cells["none"]["text"]) == ("true", "null")
    assert cells["list"]["text"] == '[1, {"a": "é"}]'
    assert cells["date"] == {"kind": "Date", "text": "2026-01-02T03:04:05.678Z"}
    assert cells["place"] == {"kind": "GeoPoint", "text": "39.9, 116.4"}
    assert (cells["owner"]["class"], cells["owner"]["id"]) == ("_User", POINTER["objectId"])
    assert cells["bytes"] == {"kind": "Bytes", "text": "aGVsbG8="}
    assert cells["friends"] == {"kind": "Relation", "text": "_User"}
    assert len(cells["long"]["text"]) == 121
    columns = {column["name"]: column for column in found["columns"]}
    assert (columns["owner"]["type"], columns["owner"]["target"]) == ("Pointer", "_User")
    assert [column["name"] for column in found["columns"]][-3:] == ["ACL", "createdAt", "updatedAt"]


def test_files(stored: Stored) -> None:
    """A file leads to its address, unless that is none of the web."""
    urls = ["https://example.com/a.png", "javascript:alert(1)", "http:", ""]
    shown = []
    used = name()
    for url in urls:
        file = stored.save("_File", name="a.png", url=url)["id"]
        stored.save(used, file={"__type": "File", "id": file})
    for row in stored.rows(used, order="createdAt")["rows"]:
        assert row["cells"]["file"]["text"] == "a.png"
        shown.append(row["cells"]["file"]["href"])
    assert shown == [urls[0], "", "", ""]


def test_pages(stored: Stored) -> None:
    """Rows come in pages, in the order that is asked for, with how many there are."""
    used = name()
    lines = b"".join(b'{"n": %d}\n' % number for number in range(PAGE_SIZE + 1))
    stored.import_(used, lines)
    first, second = (stored.rows(used, order="-n", page=page) for page in (0, 1))
    assert (first["count"], len(first["rows"])) == (PAGE_SIZE + 1, PAGE_SIZE)
    assert [row["cells"]["n"]["text"] for row in second["rows"]] == ["0"]
    assert first["rows"][0]["cells"]["n"]["text"] == str(PAGE_SIZE)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", "abc"),
        ('{"stars": {"$gt": 3}}', "a"),
        ("stars = 5", "a"),
        ("stars==5", "a"),
        ("stars != 5", "bc"),
        ("stars<=3", "b"),
        ("stars = null", "c"),
        ('title = O\'Hara "x" <b>', "a"),
        ('title = "5"', "b"),
        ("title=5", "b"),
        ("seen = true", "a"),
        ("day > 2026-01-01", "b"),
        ("owner = 5f3dea7b7a53400006b13886", "a"),
        (f"owner = {json.dumps(POINTER)}", "a"),
        ("meta.size = 3", "b"),
        ("meta.word = long word", "b"),
        ('tags = "red"', "b"),
        ("createdAt < 2001-01-01T00:00:00Z", "c"),
    ],
)
def test_filters(stored: Stored, typed: str, found: str) -> None:
    """A filter is the platform's `where`, or a column with a value of its type."""
    used = "Filtered"
    if used not in stored.api("data")["classes"]:
        rows: list[Document] = [
            {
                "objectId": "a",
                "stars": 5,
                "title": 'O\'Hara "x" <b>',
                "seen": True,
                "owner": POINTER,
            },
            {
                "objectId": "b",
                "stars": 1,
                "title": "5",
                "day": {"__type": "Date", "iso": "2026-02-01T00:00:00Z"},
                "meta": {"size": 3, "word": "long word"},
                "tags": ["red"],
            },
            {"objectId": "c", "createdAt": "2000-01-01T00:00:00Z"},
        ]
        stored.import_(used, "\n".join(map(json.dumps, rows)).encode())
    assert sorted(stored.ids(used, filter=typed)) == list(found)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("nonsense", "bad-filter"),
        ("{", "bad-json"),
        ('{"a": NaN}', "bad-json"),
        ('{"a": 1e999}', "bad-json"),
        ("nothing = 1", "no-column"),
        ("stars = five", "bad-filter-value"),
        ("stars = true", "bad-filter-value"),
        ("day = yesterday", "bad-filter-value"),
        ('title = "\\q"', "bad-filter-value"),
        ("stars = " + "[" * 3000, "bad-filter-value"),
        ("x" * 5000, "long-filter"),
        ('{"a": {"$nonsense": 1}}', "store-refused"),
    ],
)
def test_bad_filters(stored: Stored, typed: str, problem: str) -> None:
    """What is no filter is refused with the name of a text."""
    used = name()
    stored.save(used, stars=1, title="x", day={"__type": "Date", "iso": "2026-01-01T00:00:00Z"})
    found = stored.api("data/rows", {"class": used, "filter": typed}, 400)
    assert found["problem"] == problem
    assert problem in stored.api("texts")["texts"]["zh"]


def test_edit(stored: Stored) -> None:
    """A row is opened as JSON and saved; an emptied field takes its value away."""
    used = name()
    big = 9007199254740993
    made = stored.save(used, big=big, text="x\ny", gone=1)
    row = stored.api("data/row", {"class": used, "id": made["id"]})
    assert row["values"] == {
        "ACL": json.dumps({"*": {"read": True, "write": True}}, indent=2),
        "big": str(big),
        "text": '"x\\ny"',
        "gone": "1",
    }
    asked = {"class": used, "id": made["id"], "seen": row["updatedAt"]}
    changed = stored.api(
        "data/save", {**asked, "values": {"gone": " ", "big": str(big + 1), "new": "[1]"}}
    )
    assert changed["code"] == 0
    assert changed["row"]["values"].keys() == {"ACL", "big", "new", "text"}
    assert changed["row"]["values"]["big"] == str(big + 1)


def test_somebody_else_was_faster(stored: Stored) -> None:
    """A row that somebody changed since it was opened is not overwritten."""
    used = name()
    made = stored.save(used, n=1)
    seen = made["row"]["updatedAt"]
    assert stored.save(used, made["id"], seen, n=2)["code"] == 0
    body = {"class": used, "id": made["id"], "seen": seen, "values": {"n": "3"}}
    assert stored.api("data/save", body, 400)["problem"] == "row-changed"
    assert stored.rows(used)["rows"][0]["cells"]["n"]["text"] == "2"
    stored.api("data/delete", {"class": used, "id": made["id"]})
    assert stored.api("data/save", body, 400)["problem"] == "row-changed"


def test_long_values(stored: Stored) -> None:
    """A value that is too long for a form is not sent to it."""
    used = name()
    stored.import_(used, json.dumps({"objectId": "a", "text": "x" * 200_000}).encode())
    assert stored.api("data/row", {"class": used, "id": "a"})["values"]["text"] is None


@pytest.mark.parametrize(
    ("text", "problem"), [("five", "bad-json"), ("NaN", "bad-json"), ("[" * 99_000, "bad-json")]
)
def test_what_is_no_json(stored: Stored, text: str, problem: str) -> None:
    """A field that is not JSON is named, and nothing is saved."""
    used = name()
    made = stored.save(used, stars=1)
    body = {"class": used, "id": made["id"], "seen": made["row"]["updatedAt"]}
    found = stored.api("data/save", {**body, "values": {"stars": text}}, 400)
    assert (found["problem"], found["column"]) == (problem, "stars")
    assert stored.rows(used)["rows"][0]["cells"]["stars"]["text"] == "1"


def test_wrong_types(stored: Stored) -> None:
    """What the service refuses is shown with its code, at the column that it is about."""
    used = name()
    stored.save(used, stars=1)
    found = stored.save(used, stars="five")
    assert (found["code"], found["column"]) == (111, "stars")
    assert stored.save(used, **{"bad key": "x"})["code"] == 105
    assert stored.save("_Nonsense", n=1)["code"] == 103
    assert stored.rows(used)["count"] == 1


def test_hooks(stored: Stored) -> None:
    """The hooks of a save are shown with their answers and what the app printed meanwhile; what
    they changed is in the row.
    """
    used = name()

    def before(sent: Document) -> Document:
        stored.print("checking")
        return {**sent, "checked": True}

    def after(sent: Document) -> Document:
        stored.print("was saved")
        return sent

    stored.app.hook(used, "beforeSave", before)
    stored.app.hook(used, "afterSave", after)
    found = stored.save(used, stars=5)
    assert [(hook["path"], hook["status"]) for hook in found["hooks"]] == [
        (f"{used}/beforeSave", 200),
        (f"{used}/afterSave", 200),
    ]
    assert json.loads(found["hooks"][0]["answer"]) == {"stars": 5, "checked": True}
    assert [line["text"] for line in found["lines"]] == ["checking", "was saved"]
    assert found["row"]["values"]["checked"] == "true"
    assert found["seconds"] > 0


def test_a_hook_that_refuses(stored: Stored) -> None:
    """A refusal is shown, and the row stays as it was."""
    used = name()
    stored.app.listed += [f"__before_{event}_for_{used}" for event in ("update", "delete")]
    path = f"/1.1/functions/{used}"
    for hook in ("beforeUpdate", "beforeDelete"):
        stored.app.answers[f"{path}/{hook}"] = lambda _: (400, {"code": 1, "error": "too few"})
    made = stored.save(used, stars=5)
    found = stored.save(used, made["id"], made["row"]["updatedAt"], stars=0)
    assert (found["code"], found["hooks"][0]["status"]) == (142, 400)
    assert "too few" in found["error"]
    gone = stored.api("data/delete", {"class": used, "id": made["id"]})
    assert (gone["code"], gone["hooks"][0]["path"]) == (142, f"{used}/beforeDelete")
    assert stored.rows(used)["rows"][0]["cells"]["stars"]["text"] == "5"


def test_a_hook_that_deletes_the_row(stored: Stored) -> None:
    """A row that is gone when its hooks are done is no error."""
    used = name()

    def delete(sent: Document) -> Document:
        stored_request(stored, "DELETE", f"/classes/{used}/{sent['objectId']}")
        return sent

    stored.app.hook(used, "afterSave", delete)
    found = stored.save(used, n=1)
    assert (found["code"], found["row"]) == (0, None)


def test_delete(stored: Stored) -> None:
    """A row is deleted; one that is gone is an error."""
    used = name()
    asked = {"class": used, "id": stored.save(used, n=1)["id"]}
    assert stored.api("data/delete", asked)["code"] == 0
    assert stored.rows(used)["count"] == 0
    assert stored.api("data/row", asked, 400)["problem"] == "no-row"
    assert stored.api("data/delete", asked)["code"] == 1


@pytest.mark.parametrize(
    ("path", "asked", "problem"),
    [
        ("data/rows", {}, "bad-class"),
        ("data/rows", {"class": "a/b"}, "bad-class"),
        ("data/rows", {"class": "<b>"}, "bad-class"),
        ("data/rows", {"class": "_User/x"}, "bad-class"),
        ("data/rows", {"class": 1}, "bad-call"),
        ("data/rows", {"class": "Nothing"}, "store-refused"),
        ("data/rows", {"class": "_User", "page": -1}, "bad-call"),
        ("data/rows", {"class": "_User", "page": "1"}, "bad-call"),
        ("data/rows", {"class": "_User", "page": 10**9}, "bad-call"),
        ("data/rows", {"class": "_User", "order": "a,b"}, "bad-call"),
        ("data/rows", {"class": "_User", "filter": 1}, "bad-call"),
        ("data/row", {"class": "_User", "id": "../x"}, "bad-call"),
        ("data/row", {"class": "_User", "id": ""}, "bad-call"),
        ("data/delete", {"class": "_User", "id": "a,b"}, "bad-call"),
        ("data/save", {"class": "_User", "id": "a?b", "values": {}}, "bad-call"),
        ("data/save", {"class": "_User", "values": []}, "bad-call"),
        ("data/save", {"class": "_User", "values": {"a": 1}}, "bad-call"),
        ("data/save", {"class": "_User", "values": dict.fromkeys(map(str, range(400)), "1")},
         "bad-call"),
        ("users/login", {"id": "me/x"}, "bad-call"),
        ("users/end", {}, "bad-call"),
        ("users", {"page": None}, "bad-call"),
        ("data/rows", b"[]", "not-an-object"),
        ("data/rows", b" " * (1 << 21), "too-large"),
    ],
)  # fmt: skip
def test_hostile_calls(stored: Stored, path: str, asked: Any, problem: str) -> None:
    """What the page would not ask for is refused with the name of a text."""
    assert stored.api(path, asked, 400)["problem"] == problem
    assert problem in stored.api("texts")["texts"]["zh"]


def test_outbox(stored: Stored) -> None:
    """What would have been sent is shown as text, the newest first."""
    for number in ("13800000001", "13800000002"):
        body = json.dumps({"mobilePhoneNumber": number, "template": HOSTILE}).encode()
        stored_request(stored, "POST", "/requestSmsCode", body)
    found = stored.api("outbox")
    newest, older = found["messages"][:2]
    assert (newest["to"], older["to"]) == ("13800000002", "13800000001")
    assert (newest["channel"], newest["sentAt"]) == ("sms", None)
    assert f"template: {HOSTILE}" in newest["message"].splitlines()


def stored_request(stored: Stored, method: str, path: str, body: bytes | None = None) -> None:
    """Send a request to the service, as a client of the app does."""
    variables = stored.supervisor.variables
    headers = {
        "X-LC-Id": variables["LEANCLOUD_APP_ID"],
        "X-LC-Key": variables["LEANCLOUD_APP_KEY"],
        "Content-Type": "application/json",
    }
    request = urllib.request.Request(f"{stored.data.url}/1.1{path}", body, headers, method=method)
    urllib.request.urlopen(request, timeout=60).close()


def test_no_data(stored: Stored) -> None:
    """Without a service the pages say so."""
    stored.supervisor.variables[API_SERVER] = environment.CLOSED_SERVER
    assert stored.api("data") == {"kind": "none", "server": "", "classes": []}
    assert stored.api("users", {})["kind"] == "none"
    assert stored.api("outbox") == {"kind": "none", "server": "", "messages": []}
    assert stored.api("data/rows", {"class": "_User"}, 400)["problem"] == "store-none"
    del stored.supervisor.variables[API_SERVER]
    assert stored.api("data", status=400)["problem"] == "no-address"
    stored.supervisor.variables[API_SERVER] = "http://127.0.0.1:1"
    assert stored.api("data", status=400)["problem"] == "store-gone"
    stored.supervisor.variables[API_SERVER] = "nonsense://[x"
    assert stored.api("data", status=400)["problem"] == "store-gone"


@pytest.mark.parametrize("answer", [None, [], [1], "text", 1])
def test_another_server(stored: Stored, answer: Any) -> None:
    """A server that answers something else is no data service."""
    stored.app.answers["/1.1/schemas"] = lambda _: (200, answer)
    stored.supervisor.variables[API_SERVER] = f"http://127.0.0.1:{stored.supervisor.port}"
    assert stored.api("data", status=400)["problem"] == "store-gone"


def test_real_data_is_only_read(stored: Stored) -> None:
    """Data of another server is shown and exported; nothing there is changed."""
    used = name()
    made = stored.save(used, n=1)
    real = stored.data.url.replace("127.0.0.1", "localhost")
    stored.supervisor.variables[API_SERVER] = real
    found = stored.api("data")
    assert (found["kind"], found["server"]) == ("real", real)
    assert stored.rows(used)["count"] == 1
    user = {"id": made["id"]}
    for path, asked in (
        ("data/save", {"class": used, "values": {"n": "2"}}),
        ("data/save", {"class": used, "id": made["id"], "values": {"n": "2"}}),
        ("data/delete", {"class": used, "id": made["id"]}),
        (f"data/import?class={used}", b"{}\n"),
        ("users/login", user),
        ("users/end", user),
    ):
        assert stored.api(path, asked, 400)["problem"] == "read-only"
    users = stored.api("users", {})
    assert all(user["sessions"] is None for user in users["users"])
    assert stored.api("outbox")["messages"] == []
    assert stored.rows(used)["rows"][0]["cells"]["n"]["text"] == "1"
    status, _, body = stored.client.ask(f"{stored.client.path}api/data/export?class={used}")
    assert (status, json.loads(body)["n"]) == (200, 1)
