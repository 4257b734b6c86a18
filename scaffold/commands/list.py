"""`scaffold list`: what there is to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from scaffold import labels, matrix, output, tables
from scaffold.commands import shared_options
from scaffold.messages import text
from scaffold.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.catalog import Catalog
    from scaffold.questions import Answers, Question

# Questions with choices worth reading about before one is made.
LISTED = ("starter", "server", "python", "dependencies")


@dataclass(frozen=True)
class ListOptions:
    """What the user chose.

    Attributes:
        as_matrix: print which combinations were started.
        template: where the user's own template is; None for scaffold's.
        as_json: print JSON.
    """

    as_matrix: bool
    template: str | None
    as_json: bool


def describe(question: Question) -> list[dict[str, str]]:
    """Return a question's choices, each with what it is for."""
    return [{"name": c, "description": labels.choice(question, c)} for c in question.choices]


def listing(catalog: Catalog, keys: Iterable[str] = LISTED) -> dict[str, list[dict[str, str]]]:
    """Return the choices by question."""
    return {key: describe(catalog.questions[key]) for key in keys}


def _print(found: dict[str, list[dict[str, str]]], defaults: Answers) -> None:
    width = max(len(choice["name"]) for choices in found.values() for choice in choices) + 2
    for number, (key, choices) in enumerate(found.items()):
        heading = text(f"list.{key}") if key in LISTED else printable(f"{key} (-d {key}=)")
        output.data(("\n" if number else "") + heading)
        for choice in choices:
            mark = "*" if choice["name"] == defaults[key] else " "
            name, description = (printable(choice[part]) for part in ("name", "description"))
            output.data(f" {mark} {name:<{width}}{description}".rstrip())
    output.data("\n" + text("list.legend"))


def _print_matrix(record: matrix.Record) -> None:
    for line in tables.columns([matrix.header(), *matrix.lines(record)]):
        output.data(line)
    output.data("\n" + matrix.summary(record))


def _list(catalog: Catalog, keys: Iterable[str], *, as_json: bool) -> None:
    found = listing(catalog, keys)
    if as_json:
        output.document(found)
    else:
        from scaffold.answers import preferred

        _print(found, catalog.resolve({}, preferred=preferred(catalog)))


@click.command("list", help=text("list.help"))
@click.option("--matrix", "as_matrix", is_flag=True, help=text("list.option.matrix"))
@shared_options.template("list.option.template")
@shared_options.as_json("list.option.json")
def command(*, as_matrix: bool, template: str | None, as_json: bool) -> None:
    """Print starters, servers, Python versions and dependency sets, and what
    each is for; or what was started.
    """
    run(ListOptions(as_matrix, template, as_json))


def run(options: ListOptions) -> None:
    """Print what the user asked for."""
    if options.as_matrix:
        record = matrix.load()
        if options.as_json:
            output.document(record)
        else:
            _print_matrix(record)
    elif options.template is None:
        from scaffold.catalog import Catalog

        _list(Catalog(), LISTED, as_json=options.as_json)
    else:
        from scaffold.external_template import opened

        with opened(options.template) as catalog:
            keys = [key for key, question in catalog.questions.items() if question.choices]
            _list(catalog, keys, as_json=options.as_json)
