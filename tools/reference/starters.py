"""The page of the starters, from copier.yml, the templates, the messages and what was started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold import labels, matrix
from scaffold.catalog import Catalog, combinations
from scaffold.questions import UserInput
from scaffold.render import render
from tools.reference.markdown import anchor, code, table, texts_of
from tools.reference.markdown import page as whole_page
from tools.written import ROOT

if TYPE_CHECKING:
    from scaffold.questions import Answers

NAME = "starters"


def page(language: str) -> str:
    """Return the page of one language."""
    texts, catalog = texts_of(NAME, language), Catalog(ROOT)
    names = catalog.questions["starter"].choices
    rows = [_row(name, catalog, texts) for name in names]
    sections = [_section(name, catalog, language) for name in names]
    parts = [
        texts["introduction"].splitlines(),
        [*table(texts["heads"], rows), "", texts["figures"]],
    ]
    return whole_page(
        texts["title"], "copier.yml, templates/ and scaffold/matrix.json", *parts, *sections
    )


def _offered(name: str, key: str, catalog: Catalog, default: Answers) -> list[str]:
    """Return the answers that a starter leaves open, its default first."""
    found = dict.fromkeys(str(answers[key]) for answers in combinations(catalog, name))
    return sorted(found, key=lambda value: value != default[key])


def _row(name: str, catalog: Catalog, texts: dict[str, Any]) -> list[str]:
    default = catalog.resolve({"starter": UserInput(name, "")})
    versions = sorted(
        _offered(name, "python", catalog, default),
        key=lambda v: [int(part) for part in v.split(".")],
    )
    measured = next(
        (row for row in matrix.load()["rows"] if all(row[k] == default[k] for k in _MEASURED)), None
    )
    figures = (
        [f"{measured['cold_start_seconds']:.1f} s", f"{measured['memory_mb']} MB"]
        if measured
        else ["", ""]
    )
    return [
        f"[{name}](#{name})",
        texts["between"].join(map(code, _offered(name, "server", catalog, default))),
        f"{versions[0]} – {versions[-1]}",
        str(len(list(combinations(catalog, name)))),
        *figures,
    ]


_MEASURED = ("starter", "backend", "server", "cloud_functions", "dependencies", "python")


def _section(name: str, catalog: Catalog, language: str) -> list[str]:
    texts, questions = texts_of(NAME, language), catalog.questions
    default = catalog.resolve({"starter": UserInput(name, "")})
    files = render(catalog.starter(name), default)
    servers = _offered(name, "server", catalog, default)
    meanings = {server: labels.choice(questions["server"], server, language) for server in servers}
    described = [f"{code(server)}{texts['colon']}{meaning}" for server, meaning in meanings.items()]
    return [
        *anchor(name),
        f"## {name}",
        "",
        labels.choice(questions["starter"], name, language),
        "",
        *[f"- {line}" for line in described],
        "- " + texts["files"].format(count=len(files)),
    ]
