"""`scaffold list`: what there is to choose from, for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scaffold import answers, labels, matrix, messages
from scaffold.commands.list import LISTED

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.catalog import Catalog
    from tests.conftest import Scaffold


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_json(scaffold: Scaffold, catalog: Catalog, language: str) -> None:
    """JSON has every choice in the order of copier.yml, described in the
    language that was asked for.
    """
    result = scaffold("list", "--json", "--lang", language)
    assert (result.code, result.err) == (0, "")
    document = json.loads(result.out)
    assert list(document) == list(LISTED)
    for key, choices in document.items():
        assert tuple(choice["name"] for choice in choices) == catalog.questions[key].choices
        question = catalog.questions[key]
        expected = [labels.choice(question, choice, language) for choice in question.choices]
        assert [choice["description"] for choice in choices] == expected


@pytest.mark.parametrize("running", ["3.10", "3.12", "3.9", "3.14"])
def test_text(
    scaffold: Scaffold, catalog: Catalog, running: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text has every choice with what it is for, and a star at what `new
    --defaults` would take here.
    """
    monkeypatch.setattr(answers, "preferred", lambda _: {"python": running})
    defaults = catalog.resolve({}, preferred=answers.preferred(catalog))
    result = scaffold("list")
    assert (result.code, result.err) == (0, "")
    for key in LISTED:
        block = next(
            part
            for part in result.out.split("\n\n")
            if part.startswith(messages.text(f"list.{key}"))
        )
        rows = [
            line.split(maxsplit=2 if line.startswith(" *") else 1)
            for line in block.splitlines()[1:]
        ]
        assert [row[-2] for row in rows] == list(catalog.questions[key].choices)
        assert [row[1] for row in rows if row[0] == "*"] == [defaults[key]]
        assert all(row[-1] == labels.choice(catalog.questions[key], row[-2]) for row in rows)


RECORD = {
    "platform": "Linux x86_64, 2 CPUs",
    "rows": [
        {
            "starter": starter,
            "backend": backend,
            "server": server,
            "cloud_functions": functions,
            "dependencies": "current",
            "python": "3.11",
            "result": result,
            "cold_start_seconds": 0.5,
            "memory_mb": memory,
            "versions": {"gunicorn": "27.0.1"},
            "date": date,
        }
        for starter, backend, server, functions, result, memory, date in (
            ("wsgi", "wsgi", "gunicorn", True, "started", 36, "2026-11-20"),
            ("utilmeta", "django", "uwsgi", False, "started", None, "2026-11-21"),
            ("flask", "flask", "gevent", True, "failed", 40, "2026-11-20"),
            ("flask", "flask", "granian", True, "skipped", None, "2026-11-20"),
        )
    ],
}
ENGLISH = """\
starter            server    dependencies    Python  result     start, s  memory, MB
wsgi               gunicorn  current         3.11    started    0.50      36
utilmeta · django  uwsgi     (no functions)  3.11    started    0.50
flask              gevent    current         3.11    FAILED
flask              granian   current         3.11    not tried

2 of 4 started (2026-11-20 – 2026-11-21, Linux x86_64, 2 CPUs).
"""
CHINESE = """\
模板               服务器    依赖          Python  结果    启动（秒）  内存（MB）
wsgi               gunicorn  current       3.11    已启动  0.50        36
utilmeta · django  uwsgi     （无云函数）  3.11    已启动  0.50
flask              gevent    current       3.11    失败
flask              granian   current       3.11    未尝试

4 种组合中有 2 种已启动（2026-11-20 – 2026-11-21，Linux x86_64, 2 CPUs）。
"""


@pytest.fixture
def _record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record of four rows: one of each result, and one of a system that does not tell
    the memory.
    """
    file = tmp_path / "matrix.json"
    file.write_text(json.dumps(RECORD), "utf-8")
    monkeypatch.setattr(matrix, "RECORD", file)


@pytest.mark.usefixtures("_record")
@pytest.mark.parametrize(("language", "table"), [("en", ENGLISH), ("zh", CHINESE)])
def test_matrix(scaffold: Scaffold, language: str, table: str) -> None:
    """`--matrix` prints what was started, in columns also where characters are wide."""
    result = scaffold("list", "--matrix", "--lang", language)
    assert (result.code, result.out, result.err) == (0, table, "")


@pytest.mark.usefixtures("_record")
def test_matrix_as_json(scaffold: Scaffold) -> None:
    """`--matrix --json` prints the record as it is."""
    result = scaffold("list", "--matrix", "--json")
    assert (result.code, json.loads(result.out), result.err) == (0, RECORD, "")
