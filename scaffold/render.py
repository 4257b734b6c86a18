"""Render a starter: answers in, files out. Pure: nothing is read from or written to the user's disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.program import run

if TYPE_CHECKING:
    from collections.abc import Mapping


def render(starter: Mapping[str, Any], answers: Mapping[str, str | bool]) -> dict[str, bytes]:
    """Return the files of a project.

    Args:
        starter: a compiled starter, from `scaffold.starters.Catalog.starter`.
        answers: a value for every question.

    Returns:
        Contents by path relative to the project's folder, `/` between parts, sorted by path.
    """
    context = {"cookiecutter": {**starter.get("origin", {}), **answers}}
    files: dict[str, bytes] = {}
    for path_program, content_program in starter["files"]:
        path = run(path_program, context)
        # A file whose name comes out empty is left out; so do copier and cookiecutter.
        if path.rpartition("/")[2]:
            files[path] = run(content_program, context).encode("utf-8")
    return dict(sorted(files.items()))
