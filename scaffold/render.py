"""Render a starter: answers in, files out. Pure: nothing is read from or
written to the user's disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.template_runtime import computed_name, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.template_runtime import Context, Program


def render(starter: Mapping[str, Any], answers: Mapping[str, str | bool]) -> dict[str, bytes]:
    """Return the files of a project.

    Args:
        starter: a compiled starter, from `scaffold.catalog.Catalog.starter`.
        answers: a value for every question.

    Returns:
        Contents by path relative to the project's folder, `/` between parts, sorted by path.
    """
    context = _context(starter, answers)
    files = {path: run(content, context).encode() for path, content in _files(starter, context)}
    return dict(sorted(files.items()))


def paths(starter: Mapping[str, Any], answers: Mapping[str, str | bool]) -> set[str]:
    """Return the paths of the files that `render` would return, which are not rendered."""
    return {path for path, _ in _files(starter, _context(starter, answers))}


def _context(starter: Mapping[str, Any], answers: Mapping[str, str | bool]) -> dict[str, Any]:
    known: dict[str, str | bool] = dict(answers)
    for key, program in starter.get("computed", {}).items():
        known[key] = known[computed_name(key)] = run(program, known)
    return {"cookiecutter": {**starter.get("origin", {}), **known}}


def _files(starter: Mapping[str, Any], context: Context) -> Iterator[tuple[str, Program]]:
    """Yield path and program of each file."""
    for path_program, content_program in starter["files"]:
        path = run(path_program, context)
        # A file is left out if its name is empty; so do copier and cookiecutter.
        if path.rpartition("/")[2]:
            yield path, content_program
