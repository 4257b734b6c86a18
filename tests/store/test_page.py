"""The page about the data service: each of its lines is tried."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest

from scaffold.store.routes import ROUTES
from tests.conftest import ROOT

if TYPE_CHECKING:
    from scaffold.store.values import Json
    from tests.store.conftest import Api

PAGES = [ROOT / "docs" / "reference" / f"data-service{suffix}.md" for suffix in ("", ".zh")]
TEXTS = [page.read_text("utf-8") for page in PAGES]
OFFERED = re.compile(r"^\| ((?:`/\S+` ?)+) \| ([A-Z ]+) \|", re.MULTILINE)
REFUSED = re.compile(r"^\| `([A-Z]+) (.*?)` \| (\d+) \| (.*) \|$", re.MULTILINE)
# What stands for a name and an id in the tables.
EXAMPLES = {"NAME": "Example", "ID": "5f3dea7b7a53400006b13886", "CODE": "123456"}
REFUSALS = REFUSED.findall(TEXTS[0])


def _lines(text: str) -> set[tuple[str, str]]:
    """Return each method with each address that a page says is offered."""
    found = set()
    for paths, methods in OFFERED.findall(text):
        for path in re.findall("`(.*?)`", paths):
            found |= {(method, path) for method in methods.split()}
    return found


def _answers(method: str, path: str) -> bool:
    for word, example in EXAMPLES.items():
        path = re.sub(rf"\b{word}\b", example, path)
    return any(route[0] == method and re.fullmatch(route[1], path) for route in ROUTES)


def test_both_languages() -> None:
    """The two pages offer and refuse the same."""
    assert len(_lines(TEXTS[0])) > 40
    assert _lines(TEXTS[0]) == _lines(TEXTS[1])
    assert len(REFUSALS) > 15
    assert REFUSED.findall(TEXTS[1]) == REFUSALS


@pytest.mark.parametrize(("method", "path"), sorted(_lines(TEXTS[0])))
def test_offered(method: str, path: str) -> None:
    """What the page says is offered is answered."""
    assert _answers(method, path)


def test_nothing_is_left_out() -> None:
    """What is answered stands on the page."""
    lines = _lines(TEXTS[0])

    def is_listed(method: str, pattern: str) -> bool:
        patterns = (re.sub("NAME|ID|CODE", "x", path) for listed, path in lines if listed == method)
        return any(re.fullmatch(pattern, path) for path in patterns)

    missing = [(method, pattern) for method, pattern, _ in ROUTES if not is_listed(method, pattern)]
    assert missing == [("POST", "/files/([A-Za-z0-9_-]{1,64})/censor")]


@pytest.mark.parametrize(("method", "request_", "code", "error"), REFUSALS)
def test_refused(api: Api, method: str, request_: str, code: str, error: str) -> None:
    """What the page says is refused is refused in these words."""
    path, _, query = request_.partition("?")
    path = path.replace("ID", EXAMPLES["ID"])
    body: Json = {} if method == "POST" else None
    assert api(method, path, body, **dict(parse_qsl(query))) == {"code": int(code), "error": error}
