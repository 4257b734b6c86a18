"""JSON that nobody can keep or compare with is refused before a database sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.store import received
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from scaffold.store.values import Json
    from tests.store.conftest import Api


@pytest.mark.parametrize(
    "text",
    [
        r'"\u0000"',
        r'["a", "\ud800"]',
        r'{"a": {"\udfff": 1}}',
        b'"\xed\xa0\x80"',
        "1" + "0" * 400,
        "1e999",
        "[-1e999]",
        "NaN",
    ],
)
def test_refused(text: str | bytes) -> None:
    """The character 0, halves of characters and numbers that are none are refused at any depth."""
    with pytest.raises(ApiError) as refused:
        received.read(text)
    assert refused.value.code == 107


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"\ud83d\ude00"', "\U0001f600"),
        (r'"\\u0000"', r"\u0000"),
        ('"\U0001f600"', "\U0001f600"),
        (str(2**63 - 1), 2**63 - 1),
        ("1" + "0" * 30, 1e30),
        ("[1.5e3]", [1500.0]),
    ],
)
def test_kept(text: str, value: Json) -> None:
    """Whole characters, however they are written, and all other numbers are read."""
    assert received.read(text) == value


@pytest.mark.parametrize("name", [r"\u0000", r"\ud800"])
def test_login(api: Api, name: str) -> None:
    """Nobody logs in by a name that no database can compare with, in a body or an address."""
    body = f'{{"username": "{name}", "password": "x"}}'
    answer = api.client.post("/1.1/login", content=body, headers=api.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, 107)
    batch = {"requests": [{"method": "GET", "path": "/1.1/login?username=%00&password=x"}]}
    assert api("GET", "/login", username="\0", password="x")["code"] == 107
    assert api("GET", "/classes/_Role", order="o.\0")["code"] == 107
    assert api("POST", "/batch", batch)[0]["error"]["code"] == 107
