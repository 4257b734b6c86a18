"""New answers of a project that `scaffold adopt` took in: the files that they add."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scaffold import answer_files
from scaffold.catalog import INDEPENDENT, Catalog
from scaffold.engine.hosting import DOCKERFILE

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.update.answers_file import AnswersFile
    from scaffold.update.decision import Decision


def with_added_files(folder: Path, recorded: AnswersFile, decision: Decision) -> Decision:
    """Return the decision with the files that its answers add among those that updates manage:
    of an adopted project they manage no others.

    Args:
        folder: the project.
        recorded: what its answers file says.
        decision: the answers.

    Raises:
        UsageError: the project lacks what the files need.
    """
    catalog, added = Catalog(), set[str]()
    known: dict[str, Any] = {**decision.answers, "_adopted": [], "_app_module": "", "_app_name": ""}
    for key in [key for key, _, _ in decision.changed if key in INDEPENDENT]:
        brought = answer_files.paths_of(catalog, known, key)
        if brought:
            has_image = DOCKERFILE in added or (folder / DOCKERFILE).is_file()
            has_package = bool(recorded.adopted_app)
            answer_files.check_needs(known, key, has_package=has_package, has_image=has_image)
        added |= brought
    if not added:
        return decision
    managed = sorted({*recorded.adopted, *added})
    return replace(decision, data={**decision.data, "adopted": managed})
