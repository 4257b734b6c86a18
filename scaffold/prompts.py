"""Ask the user on the terminal: on stderr, because stdout may be a file that takes the data.

Every function raises `KeyboardInterrupt` at Ctrl-C, `GoBack` at Esc, and `EOFError` when the
terminal goes away. A question disappears once it is answered; one line with the answer stays.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import questionary
from prompt_toolkit.application import create_app_session, get_app
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import ColorDepth, create_output
from prompt_toolkit.utils import get_cwidth
from questionary.prompts.common import InquirerControl

from scaffold import labels, output
from scaffold.messages import text
from scaffold.printable import printable, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding import KeyPressEvent

    from scaffold.questions import Answer, Question

# What a choice begins with: three columns for the pointer, and a blank.
_MARGIN = 4
# How long to wait for what may follow Esc in the code of an arrow key.
_ESC_SECONDS = 0.1


class GoBack(KeyboardInterrupt):
    """The user pressed Esc; where there is nothing to go back to, it is as good as Ctrl-C."""


def confirm(message: str, *, default: bool, name: str = "") -> bool:
    """Ask a question of yes or no; `name` is what the line with the answer calls it."""
    yes, no = text("wizard.yes"), text("wizard.no")
    # questionary has these words in English only, as names of the module.
    vars(import_module("questionary.prompts.confirm")).update(
        YES=yes, NO=no, YES_OR_NO=text("wizard.yes-or-no"), NO_OR_YES=text("wizard.no-or-yes")
    )
    with _on_stderr() as look:
        answer = bool(_ask(questionary.confirm(printable(message), default=default, **look)))
    word = yes if answer else no
    _echo(name, message, word if name else word.capitalize())
    return answer


def select(
    message: str,
    choices: Iterable[tuple[str, str]],
    default: str | None = None,
    *,
    descriptions: Mapping[str, str] | None = None,
    name: str | None = "",
) -> str:
    """Let the user choose; what they type leaves only the choices that have it.

    Args:
        message: the question.
        choices: each value, and the words that stand for it.
        default: the value that Enter takes; None for the first.
        descriptions: what each value is for, shown after its words.
        name: what the line with the answer calls the question; '' for `message`, None for no
            such line.
    """
    shown = [
        questionary.Choice(printable(title), value, description=(descriptions or {}).get(value))
        for value, title in choices
    ]
    with _on_stderr() as look:
        # The blank is no instruction, but keeps questionary from giving its own.
        asked = questionary.select(
            printable(message), shown, default=default, instruction=" ", **look
        )
        control = next(
            window.content
            for window in asked.application.layout.find_all_windows()
            if isinstance(window.content, InquirerControl)
        )
        control.text = lambda: _drawn(control)
        answer = str(_ask(asked, _filtering(control)))
    if name is not None:
        _echo(name, message, next(str(one.title) for one in shown if one.value == answer))
    return answer


def ask_text(
    message: str, default: str, validate: Callable[[str], bool | str], *, name: str = ""
) -> str:
    """Ask for a line of text.

    Args:
        message: the question.
        default: what stands on the line to begin with.
        validate: returns True for a good text, and what is wrong with a bad one.
        name: what the line with the answer calls the question.
    """
    with _on_stderr() as look:
        asked = questionary.text(printable(message), default=default, validate=validate, **look)
        answer = str(_ask(asked))
    _echo(name, message, answer)
    return answer


def ask_question(
    question: Question,
    context: Mapping[str, Any],
    default: Answer,
    validate: Callable[[str], bool | str],
) -> Answer:
    """Ask a question of a template.

    Args:
        question: the question.
        context: the answers before it.
        default: the answer that Enter gives.
        validate: as for `ask_text`.
    """
    message = labels.prompt(question)
    name = labels.name(question)
    name = name[:1].upper() + name[1:]
    if question.kind == "bool":
        return confirm(message, default=bool(default), name=name)
    if not question.choices:
        return ask_text(message, str(default), validate, name=name)
    allowed = question.allowed_choices(context)
    return select(
        message,
        [(value, value) for value in allowed],
        str(default) if default in allowed else None,
        descriptions={value: labels.choice(question, value) for value in allowed},
        name=name,
    )


def _ask(asked: questionary.Question, *bindings: KeyBindings) -> Any:
    """Put a question, with Esc and further keys."""
    esc = KeyBindings()

    @esc.add(Keys.Escape, eager=True)
    def go_back(event: KeyPressEvent) -> None:
        event.app.exit(exception=GoBack)

    app = asked.application
    app.ttimeoutlen = _ESC_SECONDS
    app.key_bindings = merge_key_bindings([app.key_bindings or KeyBindings(), esc, *bindings])
    return asked.unsafe_ask()


def _echo(name: str, message: str, answer: str) -> None:
    """Leave one line with the answer, where the question was."""
    if name:
        output.say(text("wizard.answered", question=name, answer=answer))
    else:
        output.say(printable(f"{message} {answer}"))


def _filtering(control: InquirerControl) -> KeyBindings:
    """Return the keys that filter choices; what no choice has cannot be typed."""
    keys = KeyBindings()

    @keys.add(Keys.Any)
    def type_it(event: KeyPressEvent) -> None:
        typed = (control.search_filter or "") + event.data
        if event.data.isprintable() and any(
            typed.lower() in str(choice.title).lower() for choice in control.choices
        ):
            control.search_filter = typed
            control.pointed_at = 0

    @keys.add(Keys.Backspace, eager=True)
    def take_back(_event: KeyPressEvent) -> None:
        if control.search_filter:
            control.remove_search_character()
            control.pointed_at = 0

    return keys


def _drawn(control: InquirerControl) -> StyleAndTextTuples:
    """Return each choice on a line that fits the terminal, and below them the whole text of
    the one that is pointed at, if its line is too short for that.
    """
    # One column stays free: some terminals wrap a line that fills them.
    columns = get_app().output.get_size().columns - _MARGIN - 1
    described = [choice for choice in control.choices if choice.description]
    width = max((get_cwidth(str(choice.title)) for choice in described), default=0)
    drawn: StyleAndTextTuples = []
    below: list[str] = []
    for index, choice in enumerate(control.filtered_choices):
        title = str(choice.title)
        padding = " " * (width - get_cwidth(title) + 2)
        line = f"{title}{padding}{printable(choice.description)}" if choice.description else title
        fitting = _fitting(line, columns)
        if pointed := index == control.pointed_at:
            drawn += [("class:pointer", " » "), ("[SetCursorPosition]", "")]
            below = [] if fitting == line else wrapped(choice.description or line, columns)
        style = "class:highlighted" if pointed else "class:text"
        drawn.append((style, f"{' ' * (1 if pointed else _MARGIN)}{fitting}\n"))
    for line in below:
        drawn.append(("class:text", f"{' ' * _MARGIN}{line}\n"))
    keys = text("wizard.select")
    return [*drawn, ("class:instruction", f"{' ' * _MARGIN}{keys}")]


def _fitting(line: str, columns: int) -> str:
    """Return a line that is at most so wide, with an ellipsis where it was wider."""
    if get_cwidth(line) <= columns:
        return line
    while get_cwidth(line) > columns - 1:
        line = line[:-1]
    return line.rstrip() + "…"


@contextmanager
def _on_stderr() -> Iterator[dict[str, Any]]:
    """Have prompts drawn on stderr; yield how they look: prompt_toolkit knows
    NO_COLOR, but not `--no-color`.
    """
    with create_app_session(output=create_output(sys.stderr)):
        look: dict[str, Any] = {"erase_when_done": True}
        yield look if output.settings.color else {**look, "color_depth": ColorDepth.MONOCHROME}
