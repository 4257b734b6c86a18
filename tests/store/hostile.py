"""Requests as somebody may send them who wants a service to fail, or to see what is not theirs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from hypothesis import strategies as st

from scaffold.store import credentials, routes, where
from scaffold.store.operations import RELATION_OPERATIONS
from scaffold.store.values import READERS
from tests.store.conftest import KEYS

if TYPE_CHECKING:
    from scaffold.store.values import Json

CLASS = "Hostile"
OPERATORS = [*where._OPERATORS, *where.COMPANIONS, "$or", "$and", "$relatedTo", "$nor", "$where"]
OPERATIONS = ["Increment", "BitAnd", "BitXor", "Add", "AddUnique", "Remove", "Delete", "Batch"]
OPERATIONS += [*RELATION_OPERATIONS, "Set", "", "\0"]
COLUMNS = ["n", "s", "l", "o", "p", "r", "g", "d", "o.x", "l.x", "o.a.b.c.d.e", "objectId"]
COLUMNS += ["createdAt", "updatedAt", "createdAt.x", "ACL", "ACL.x", "authData.x.uid", "username"]
COLUMNS += ["password", "sessionToken", 'o."', "o.\\", "o.\0", "o.'", "n;--", "o..x", ".", "-n", ""]
TEXTS = ["", "a", "1", "true", "null", "x' OR '1'='1", "'; DROP TABLE store_objects;--", '"', "\\"]
TEXTS += ["\0", "\ud800", "a\udfff", "\U0001f600", "%", "%00", "../../etc/passwd", "{", "[[", "$ne"]
TEXTS += ["(a+)+$", "[" + "\\" * 80, "(?i)a{1000}{1000}", "\\Q", "(?P<x>a)", "x" * 5000, "1e999"]
TEXTS += ["2026-13-45T99:99:99Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9-14:00"]
TEXTS += [
    "2026-11-29T00:00:00Z",
    "YQ==",
    "Y",
    "{{7*7}}",
    "//[",
    "http://[",
    "\r\nX-A: b",
    "٣",
    "-0",
]
TEXTS += [CLASS, "_User", "User", "_Role", "_File", "_Nonsense", "x,y", "a,-b,n", "-", ",", "n.n.n"]
NUMBERS: list[float] = [
    0,
    -1,
    1,
    2,
    100,
    1001,
    2**31,
    2**53 + 1,
    2**63 - 1,
    2**63,
    -(2**64),
    10**400,
]
NUMBERS += [0.1, 1e308, -1e308, 5e-324, float("inf"), float("nan"), 90, 180.5]

texts = st.sampled_from(TEXTS) | st.text(max_size=6)
scalars = st.none() | st.booleans() | st.sampled_from(NUMBERS) | texts
columns = st.sampled_from(COLUMNS)


def _nested(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    keys = st.sampled_from(["x", "__type", "__op", "$ne", "objectId", "className", "a.b", "\0"])
    return st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)


anything = st.recursive(scalars, _nested, max_leaves=5)
PARTS = ("iso", "base64", "className", "objectId", "latitude", "longitude", "id")
typed = st.fixed_dictionaries(
    {"__type": st.sampled_from([*READERS, "Nonsense"]) | anything},
    optional=dict.fromkeys(PARTS, anything),
)
given = anything | typed
operations = st.fixed_dictionaries(
    {"__op": st.sampled_from(OPERATIONS) | anything},
    optional={
        "objects": st.lists(given, max_size=3) | anything,
        "amount": scalars,
        "value": scalars,
        "ops": st.lists(
            st.fixed_dictionaries({"__op": st.sampled_from(OPERATIONS), "objects": given}),
            max_size=2,
        ),
    },
)
acls = st.dictionaries(
    st.sampled_from(["*", "x", "role:a", "\0", "onlySignInUsers"]),
    st.dictionaries(st.sampled_from(["read", "write", "x"]), scalars, max_size=2) | scalars,
    max_size=3,
)


def _asking(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    query = st.fixed_dictionaries(
        {"className": st.sampled_from([CLASS, "_User", "_Role", "None"]) | anything},
        optional={"where": inner, "limit": scalars, "skip": scalars, "order": texts},
    )
    tests = st.dictionaries(
        st.sampled_from(OPERATORS),
        given
        | query
        | st.lists(given | inner, max_size=4)
        | st.fixed_dictionaries({"query": query, "key": columns})
        | st.fixed_dictionaries({"object": typed, "key": columns}),
        min_size=1,
        max_size=2,
    )
    keys = columns | st.sampled_from(OPERATORS)
    return st.dictionaries(keys, tests | given | st.lists(inner, max_size=3), max_size=3)


wheres = st.recursive(anything, _asking, max_leaves=6)
WORDS = [
    "select",
    "*",
    "count(*)",
    ",",
    "from",
    CLASS,
    "_User",
    "where",
    "n",
    ">",
    "=",
    "in",
    "(",
    ")",
]
WORDS += ["'x'", "'", '"', "?", "and", "or", "not", "like", "'%a_'", "regexp", "near", "max", "km"]
WORDS += [
    "1",
    "-1e999",
    "order",
    "by",
    "desc",
    "limit",
    "insert",
    "into",
    "values",
    "update",
    "set",
]
WORDS += [
    "delete",
    "objectId",
    "exists",
    "is",
    "null",
    "op",
    "date",
    "pointer",
    "{",
    "}",
    "[",
    "]",
    ";",
]
cql = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join) | texts
# What is asked for under a key that means something; others are columns.
MEANT: dict[str, st.SearchStrategy[Json]] = {
    "where": wheres,
    "order": texts,
    "keys": texts,
    "include": texts | st.sampled_from(["p", "p.p", "a." * 30, "p," * 9]),
    "limit": scalars,
    "skip": scalars,
    "count": scalars,
    "returnACL": scalars,
    "fetchWhenSave": scalars,
    "redirectClassNameForKey": columns,
    "cursor": texts,
    "scan_key": columns,
    "cql": cql,
    "pvalues": anything,
    "ACL": acls | anything,
    "authData": st.dictionaries(texts, typed | anything, max_size=2) | anything,
    "username": texts,
    "password": texts,
    "email": texts,
    "mobilePhoneNumber": texts | st.sampled_from(["+8613800138000", "13800138000"]),
    "smsCode": scalars,
    "code": scalars,
    "old_password": scalars,
    "new_password": scalars,
    "session_token": texts,
    "name": texts,
    "key": texts,
    "url": texts,
    "mime_type": anything,
    "metaData": anything,
    "token": texts,
    "result": scalars,
    "users": operations,
    "results": st.lists(anything | st.dictionaries(columns, given, max_size=3), max_size=3),
    "_method": st.sampled_from(["GET", "PUT", "DELETE", "OPTIONS", ""]) | anything,
    "_ApplicationId": texts,
    "_MasterKey": texts,
    "_SessionToken": texts,
    "__ignore_hooks": anything,
    "__type": texts,
    "className": texts,
}
_meant = st.sampled_from(sorted(MEANT)).flatmap(lambda key: st.tuples(st.just(key), MEANT[key]))
_column = st.tuples(columns, operations | given)
entries = st.lists(_meant | _column, max_size=4).map(dict)

FORMS = sorted(
    {(method, routes._FORMS[pattern]) for method, pattern, _ in routes.ROUTES}
    | {("GET", "/OTHER"), ("POST", "/rtm/messages"), ("PATCH", "/classes/NAME")}
)


def _filled(form: tuple[str, str], name: str, object_id: str) -> tuple[str, str]:
    method, path = form
    return method, path.replace("NAME", quote(name, "", errors="surrogatepass")).replace(
        "ID", quote(object_id, "", errors="surrogatepass")
    )


addresses = st.builds(
    _filled,
    st.sampled_from(FORMS),
    st.sampled_from([CLASS] * 6 + ["_User", "_Role", "_File", "File", "User"]) | texts,
    st.sampled_from(["x", "6b0bfb64ee1e3530083d7da4"]) | texts,
)
_listed = st.tuples(addresses, entries, entries, st.booleans()).map(
    lambda one: {
        "method": one[0][0],
        "path": ("/1.1" if one[3] else "") + one[0][1],
        "body": one[1],
        "params": one[2],
    }
)
bodies = entries | st.fixed_dictionaries({"requests": st.lists(_listed | anything, max_size=4)})


def _signed(key: str, age: int, kind: str) -> str:
    timestamp = str(int((time.time() - age) * 1000))
    return f"{credentials.signature(key, timestamp)},{timestamp}{kind}"


KEY, MASTER = {"x-lc-key": KEYS.app_key}, {"x-lc-key": f"{KEYS.master_key},master"}
FORGED = [
    {},
    {"x-lc-key": f"{KEYS.app_key},master"},
    {"x-lc-key": KEYS.master_key},
    {"x-lc-key": ",master"},
    {"x-lc-sign": _signed(KEYS.master_key, 2 * 3600, ",master")},
    {"x-lc-sign": _signed(KEYS.app_key, 0, ",master")},
    {"x-lc-sign": _signed("", 0, "")},
    {"x-lc-sign": f"{'0' * 32},{'9' * 400},master"},
    {"x-avoscloud-master-key": ""},
    {"x-lc-key": "\xff' OR 1=1--"},
    {"x-lc-hook-key": KEYS.hook_key},
]
ODD = [{}, {}, {}, {"x-lc-session": "x" * 25}, {"x-lc-session": "' OR 1=1--"}]
ODD += [{"content-type": "text/plain"}, {"x-lc-prod": "\xe9"}, {"x-lc-hook-key": "x"}]
requests = st.fixed_dictionaries(
    {
        "address": addresses,
        "query": entries,
        "body": bodies | anything,
        "keys": st.sampled_from([KEY] * 6 + [MASTER] * 3 + FORGED),
        "headers": st.sampled_from(ODD),
    }
)
