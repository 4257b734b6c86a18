"""What a request means."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.cutover import asked

SELECT, DELETE = quote("  select * from Todo"), quote("delete from Todo")


def _batch(*requests: dict[str, object]) -> bytes:
    return json.dumps({"requests": requests}).encode()


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("GET", "/1.1/classes/Todo", None),
        ("GET", "/1/users/me", None),
        ("HEAD", "/1.1/date", None),
        ("OPTIONS", "/1.1/functions/hello", None),
        ("GET", f"/1.1/cloudQuery?cql={SELECT}", None),
        ("POST", "/1.1/login", b'{"username": "mei", "password": "x"}'),
        ("POST", "/1.1/classes/Todo", b'{"_method": "get", "where": {}}'),
        ("POST", "/1.1/batch", _batch({"method": "GET", "path": "/1.1/classes/Todo/a"})),
        ("GET", "/", None),
    ],
)
def test_reads(method: str, address: str, body: bytes | None) -> None:
    """What only reads passes a freeze."""
    path, _, query = address.partition("?")
    assert asked.read(method, path, query, body).only_reads


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("POST", "/1.1/classes/Todo", b"{}"),
        ("POST", "/1.1/classes/Todo", None),
        ("PUT", "/1.1/classes/Todo/a", b'{"_method": "GET"}'),
        ("POST", "/1.1/classes/Todo/a", b'{"_method": "DELETE"}'),
        ("DELETE", "/1.1/classes/Todo/a", None),
        ("POST", "/1.1/users", b"{}"),
        ("POST", "/1.1/login/more", b"{}"),
        ("GET", "/1.1/functions/hello", None),
        ("GET", "/1.1//functions/hello", None),
        ("GET", "/1.1/./call/hello", None),
        ("GET", "/1.1/classes/../functions/hello", None),
        ("POST", "/1.1/functions/hello", b'{"_method": "GET"}'),
        ("GET", f"/1.1/cloudQuery?cql={DELETE}", None),
        ("GET", f"/1.1/cloudQuery?cql=select&cql={DELETE}", None),
        ("GET", "/1.1/cloudQuery", None),
        ("POST", "/1.1/batch", _batch({"method": "PUT", "path": "/1.1/classes/Todo/a"})),
        ("POST", "/1.1/batch", _batch({"path": "/1.1/classes/Todo"})),
        (
            "POST",
            "/1.1/batch",
            _batch({"method": "GET", "path": f"/1.1/cloudQuery?cql={DELETE}"}),
        ),
        ("POST", "/1.1/batch", _batch({"method": "GET", "path": 1})),
        ("POST", "/1.1/batch", _batch({"method": "GET", "path": "http://["})),
        ("POST", "/1.1/batch", b"[" * 100_000),
        ("POST", "/", b"{}"),
    ],
)
def test_writes(method: str, address: str, body: bytes | None) -> None:
    """What writes does not, nor what is not known to read."""
    path, _, query = address.partition("?")
    assert not asked.read(method, path, query, body).only_reads


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["_method", "requests", "path", "method", "where", "x"]), inner
        )
    ),
)


@given(path=st.text(max_size=30), query=st.text(max_size=30), body=JSON)
def test_anything(path: str, query: str, body: object) -> None:
    """Whatever comes is understood, and the method is one that exists."""
    for each in (f"/1.1/{path}", path, "/1.1/batch"):
        found = asked.read("POST", each, query, json.dumps(body).encode())
        assert found.method in {"GET", "POST", "PUT", "DELETE"}
        assert isinstance(found.names(), list)
        assert found.form().startswith("/")
        assert found.class_name is None or found.class_name.isascii()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/1.1/classes/Todo", True),
        ("/1.1/users/me", True),
        ("/1.1/statuses", True),
        ("/1.1/date", False),
        ("/1.1/scan/classes/Todo", False),
        ("/1.1/login", False),
        ("/1.1/functions/hello", False),
        ("/", False),
    ],
)
def test_comparable(path: str, *, expected: bool) -> None:
    """Two services are asked the same where they should say the same, and nothing happens."""
    assert asked.read("GET", path, "").is_comparable is expected


def test_what_it_is_about() -> None:
    """Class, id and names of columns are known; no value is in them."""
    query = (
        f"where={quote(json.dumps({'owner': 's3cret', '$or': []}))}&order=-n&session_token=t0ken"
    )
    found = asked.read("GET", "/1.1/classes/Todo/abc", query)
    assert (found.class_name, found.object_id) == ("Todo", "abc")
    assert found.is_ordered
    assert found.form() == "/classes/NAME/ID"
    assert found.names() == ["order", "session_token", "where", "where.$or", "where.owner"]
    body = b'{"_method": "GET", "where": {"n": 1}, "order": "n", "_ApplicationKey": "k"}'
    found = asked.read("POST", "/1.1/users", "", body)
    assert (found.method, found.class_name, found.is_ordered) == ("GET", "_User", True)
    assert "where.n" in found.names()
    assert asked.read("GET", "/1.1/classes/%3Cx%3E", "").class_name is None
