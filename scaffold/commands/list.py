"""`scaffold list`: what there is to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scaffold import matrix, output, words
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.starters import Catalog, Question

# The questions whose answers are a choice worth reading about before one is made.
LISTED = ("starter", "server", "python", "dependencies")


def describe(question: Question) -> list[dict[str, str]]:
    """Return a question's choices, each with what it is for."""
    return [{"name": c, "description": words.choice(question, c)} for c in question.choices]


def listing(catalog: Catalog, keys: Iterable[str] = LISTED) -> dict[str, list[dict[str, str]]]:
    """Return the choices by question."""
    return {key: describe(catalog.questions[key]) for key in keys}


def _print(found: dict[str, list[dict[str, str]]], defaults: dict[str, Any]) -> None:
    width = max(len(choice["name"]) for choices in found.values() for choice in choices) + 2
    for number, (key, choices) in enumerate(found.items()):
        heading = text(f"list.{key}") if key in LISTED else f"{key} (-d {key}=)"
        output.data(("\n" if number else "") + heading)
        for choice in choices:
            mark = "*" if choice["name"] == defaults[key] else " "
            output.data(f" {mark} {choice['name']:<{width}}{choice['description']}".rstrip())
    output.data("\n" + text("list.legend"))


def _print_matrix(record: matrix.Record) -> None:
    from rich.cells import cell_len  # noqa: PLC0415 - a Chinese character is as wide as two others

    rows = [matrix.header(), *matrix.lines(record)]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        output.data("  ".join(cells).rstrip())
    output.data("\n" + matrix.summary(record))


def _list(catalog: Catalog, keys: Iterable[str], *, as_json: bool) -> None:
    found = listing(catalog, keys)
    if as_json:
        output.document(found)
    else:
        from scaffold.answers import preferred  # noqa: PLC0415 - not needed for --help

        _print(found, dict(catalog.resolve({}, preferred=preferred())))


@click.command("list", help=text("list.help"))
@click.option("--matrix", "as_matrix", is_flag=True, help=text("list.option.matrix"))
@click.option("--template", metavar="SOURCE", help=text("list.option.template"))
@click.option("--json", "as_json", is_flag=True, help=text("list.option.json"))
def command(*, as_matrix: bool, template: str | None, as_json: bool) -> None:
    """Print starters, servers, Python versions and dependency sets, and what each is for; or what was started."""
    if as_matrix:
        record = matrix.load()
        if as_json:
            output.document(record)
        else:
            _print_matrix(record)
        return
    if template is not None:
        from scaffold.foreign import opened  # noqa: PLC0415 - slow, and not needed otherwise

        with opened(template) as catalog:
            _list(catalog, [key for key, question in catalog.questions.items() if question.choices], as_json=as_json)
        return
    from scaffold.starters import Catalog  # noqa: PLC0415 - not needed for --help

    _list(Catalog(), LISTED, as_json=as_json)
