"""What a shell offers on TAB for one option or argument; each names its
completer where it is defined.

Click calls a completer with the context of the command, the parameter and what is typed so far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold import labels
from scaffold.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import click
    from click.shell_completion import CompletionItem

    from scaffold.catalog import Catalog
    from scaffold.questions import Question

    Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def folders(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Have the shell offer its own folders."""
    return [_item(incomplete, type="dir")]


def files(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Have the shell offer its own files."""
    return [_item(incomplete, type="file")]


def choices(key: str) -> Completer:
    """Return the completer for the choices of a question, as far as the
    answers on the line allow them.
    """

    def complete(
        ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        catalog, answers = _answers(ctx)
        found = _values(catalog.questions[key], catalog.context(answers))
        return [item for item in found if item.value.startswith(incomplete)]

    return complete


def pairs(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer every `KEY=VALUE`; not the keys alone, behind which shells would put a space."""
    catalog, answers = _answers(ctx)
    found = []
    for key, question in catalog.questions.items():
        for item in _values(question, catalog.context(answers)):
            pair = f"{key}={item.value}"
            if pair.startswith(incomplete):
                found.append(_item(pair, help=item.help or labels.prompt(question)))
    return found


def _values(question: Question, context: Mapping[str, Any]) -> Iterator[CompletionItem]:
    if question.kind == "bool":
        yield from (_item(value) for value in ("true", "false"))
    for choice in question.allowed_choices(context):
        yield _item(choice, help=labels.choice(question, choice))


def _answers(ctx: click.Context) -> tuple[Catalog, dict[str, Any]]:
    """Return the questions, and the answers on the line before the cursor
    with defaults for the others.
    """
    from scaffold.catalog import Catalog
    from scaffold.questions import UserInput

    catalog = Catalog()
    typed = dict(pair.split("=", 1) for pair in ctx.params.get("pairs") or () if "=" in pair)
    typed |= {key: value for key, value in ctx.params.items() if value is not None}
    given = {key: UserInput(typed[key], "") for key in catalog.questions if key in typed}
    answers: dict[str, Any] = {}
    for key, question in catalog.questions.items():
        context = catalog.context(answers)
        try:
            answer = catalog.resolve_one(question, given.get(key), context)
        except UsageError:
            answer = None
        answers[key] = question.default_for(context) if answer is None else answer
    return catalog, answers


def _item(value: str, **details: str) -> CompletionItem:
    from click.shell_completion import CompletionItem

    return CompletionItem(value, **details)
