"""The files that answers add to an adopted project: container, server, host, continuous
integration. The user's own files are left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold import answers as sources
from scaffold.adopt.ignoring import without_own_folders
from scaffold.adopt.package import PACKAGE
from scaffold.answer_files import check_needs, written
from scaffold.catalog import INDEPENDENT
from scaffold.engine.hosting import DOCKERFILE, PROCFILE
from scaffold.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.adopt.contract import Contract
    from scaffold.adopt.draft import Draft
    from scaffold.catalog import Catalog
    from scaffold.questions import UserInput

CONTAINER = "container"
_IGNORED = ".dockerignore"
# Any of these means that the user has a way of their own to make an image, or to run it.
_OWN_IMAGE = (DOCKERFILE, "Containerfile", _IGNORED, f"{DOCKERFILE}.dockerignore")
_COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


def asked_answers(catalog: Catalog, pairs: Sequence[str]) -> dict[str, UserInput]:
    """Return the answers that a user gave with `-d`.

    Raises:
        UsageError: one is wrong, or is to a question about what the project is.
    """
    asked = sources.collect(catalog, {}, pairs, None)
    for key, given in asked.items():
        if key not in INDEPENDENT:
            allowed = ", ".join(INDEPENDENT)
            raise UsageError("adopt.error.found-not-asked", key=key, allowed=allowed)
        catalog.questions[key].accept(given, catalog.context({}))
    return asked


def optional_files(draft: Draft, contract: Contract) -> Iterator[tuple[str, bytes, str]]:
    """Yield path, content and answer of each file to add.

    Container files are added unless the user has some, or declines; other files where the user
    asked for them.

    Raises:
        UsageError: the user asked for files that the project cannot have.
    """
    image = _container_paths(draft, contract) if contract.answers[CONTAINER] else set()
    for path in sorted(image):
        content = contract.files[path]
        yield path, without_own_folders(draft, content) if path == _IGNORED else content, CONTAINER
    for key in contract.asked:
        brought = set() if key == CONTAINER else contract.paths_of(key)
        if brought:
            has_image = DOCKERFILE in image or draft.has(DOCKERFILE)
            _check(draft, contract, key, brought, has_image=has_image)
        for path in sorted(brought - image):
            yield path, contract.files[path], key


def _container_paths(draft: Draft, contract: Contract) -> set[str]:
    """Return the container files to add.

    There are none for a Python that our template has no image of, and where the user has a
    Dockerfile. A Procfile says what our `run` says, so it comes with that only.
    """
    added = {path for path in contract.paths_of(CONTAINER) if not path.startswith(f"{PACKAGE}/")}
    compose = added.intersection(_COMPOSE)
    image = added - compose - {PROCFILE}
    if not contract.has_image or any(draft.has(path) for path in {*image, *_OWN_IMAGE}):
        return set()
    if not any(draft.has(path) for path in _COMPOSE):
        image |= compose
    if contract.app and not draft.has(PROCFILE):
        image |= {PROCFILE} & added
    return image


def _check(
    draft: Draft, contract: Contract, key: str, brought: set[str], *, has_image: bool
) -> None:
    """Refuse files that would replace the user's, or start what the project does not have."""
    answer = written(contract.answers, key)
    if contract.found.entry is None or contract.is_python_2:
        raise UsageError("adopt.error.not-for-this-app", answer=answer)
    has_package = bool(contract.app)
    check_needs(contract.answers, key, has_package=has_package, has_image=has_image)
    taken = [path for path in sorted(brought) if draft.has(path)]
    if taken:
        raise UsageError("adopt.error.file-taken", answer=answer, path=taken[0])
