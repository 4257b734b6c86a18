"""Rendering of thousands of projects that differ in few files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.template_runtime import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.template_runtime import Context, Program

ANSWERS = "cookiecutter"


class KnownTexts:
    """Runs each template once for the same values of the answers that it uses."""

    def __init__(self) -> None:
        self._texts: dict[tuple[object, ...], str] = {}
        # The programs too, so that none is forgotten and another one gets its `id`.
        self._used: dict[int, tuple[Program, list[str]]] = {}

    def run(self, program: Program, context: Context) -> str:
        """Do what `template_runtime.run` does."""
        if context.keys() != {ANSWERS}:
            return run(program, context)
        if id(program) not in self._used:
            self._used[id(program)] = (program, sorted(set(used(program))))
        answers = context[ANSWERS]
        key = (id(program), *(answers.get(name) for name in self._used[id(program)][1]))
        if key not in self._texts:
            self._texts[key] = run(program, context)
        return self._texts[key]


def used(program: list[Any]) -> Iterator[str]:
    """Yield the answers that a template may ask for.

    Raises:
        ValueError: it uses all of them together.
    """
    if program == ["name", ANSWERS]:
        raise ValueError(program)
    if program[:2] == ["attribute", ["name", ANSWERS]]:
        yield program[2]
        return
    for part in program:
        if isinstance(part, list):
            yield from used(part)
