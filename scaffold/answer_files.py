"""The files that an answer adds to a project, and what these files need of one that no template
made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.engine.hosting import DOCKERFILE
from scaffold.errors import UsageError
from scaffold.render import paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.catalog import Catalog

# What starts the package leanengine/, and what runs an image.
_NEEDS_PACKAGE = frozenset({"server_files"})
_NEEDS_IMAGE = frozenset({"host", "kubernetes"})


def paths_of(catalog: Catalog, known: Mapping[str, Any], key: str) -> set[str]:
    """Return the paths of the files that are there because of an answer.

    Args:
        catalog: the questions and starters.
        known: an answer to every question, and what adoptions record.
        key: one of `catalog.INDEPENDENT`.
    """
    starter = catalog.starter(str(known["starter"]))
    question = catalog.questions[key]
    without = question.choices[0] if question.choices else False
    return paths(starter, known) - paths(starter, {**known, key: without})


def written(known: Mapping[str, Any], key: str) -> str:
    """Return an answer as one gives it: `server_files=true`."""
    return f"{key}={str(known[key]).lower()}"


def check_needs(known: Mapping[str, Any], key: str, *, has_package: bool, has_image: bool) -> None:
    """Refuse files that would start what an adopted project does not have.

    Raises:
        UsageError: they start the package leanengine/ and there is none, or run an image and
            there is no Dockerfile.
    """
    answer = written(known, key)
    if key in _NEEDS_PACKAGE and not has_package:
        raise UsageError("adopt.error.own-run", answer=answer)
    if key in _NEEDS_IMAGE and not has_image:
        raise UsageError("adopt.error.needs-image", answer=answer, file=DOCKERFILE)
