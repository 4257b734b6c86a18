"""`scaffold explain`: the page of an error or of a rule, on the terminal."""

from __future__ import annotations

from io import StringIO

import click

from scaffold import explain, output
from scaffold.messages import text

_WIDTH = 80


def _complete(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[click.shell_completion.CompletionItem]:
    from click.shell_completion import CompletionItem

    known = explain.codes().items()
    return [
        CompletionItem(code, help=explain.template(f"{key}.title"))
        for code, key in known
        if code.lower().startswith(incomplete.lower())
    ]


@click.command("explain", help=text("explain.help"))
@click.argument("code", metavar="[CODE]", required=False, shell_complete=_complete)
def command(code: str | None) -> None:
    """Print one page, or without a code the list of them."""
    if code is None:
        for name, key in explain.codes().items():
            output.data(f"{name}  {explain.template(f'{key}.title')}")
        return
    output.data(_rendered(explain.page(code)))


def _rendered(markdown: str) -> str:
    """Return Markdown as a terminal shows it."""
    from rich.console import Console
    from rich.markdown import Markdown

    shown = StringIO()
    colored = output.shows_color()
    console = Console(
        file=shown,
        force_terminal=colored,
        no_color=not colored,
        width=min(_WIDTH, Console().width),
    )
    console.print(Markdown(markdown))
    return "\n".join(line.rstrip() for line in shown.getvalue().splitlines())
