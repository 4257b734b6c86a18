"""Templates that did not come with scaffold: a folder, such as a checkout with unreleased starters, or a repository.

They are written in the same dialect: copier.yml, and templates/STARTER/{{cookiecutter.project_slug}}/. What a project
records of them is what copier would record, so that both can update it from there.
"""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import git
from scaffold.errors import FailedError, UsageError
from scaffold.starters import Catalog
from scaffold.versions import BUNDLE, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORT = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/"}
_RELEASE = re.compile(r"refs/tags/(v?(\d+(?:\.\d+)*))")
# A drive of Windows is not the beginning of an address.
_DRIVE = 2


@contextmanager
def opened(given: str) -> Iterator[Catalog]:
    """Give the questions and starters of a template, for as long as its files are there.

    Args:
        given: a folder, or an address that git understands, also `gh:NAME/REPOSITORY`.

    Raises:
        UsageError: there is no such template.
        FailedError: it cannot be fetched, or is not written in the dialect; also from within the block.
    """
    # Slow, and not in an installed scaffold: Jinja and YAML.
    from scaffold.compiler import TemplateError  # noqa: PLC0415

    try:
        if Path(given).expanduser().exists() or ":" not in given[_DRIVE:]:
            root = Path(given).expanduser().absolute()
            yield _catalog(_checked(root, given), str(root))
            return
        with tempfile.TemporaryDirectory(prefix="scaffold-", ignore_cleanup_errors=True) as folder:
            _fetch(given, Path(folder))
            yield _catalog(_checked(Path(folder), given), given)
    except TemplateError as error:
        raise FailedError("foreign.error.not-in-dialect", template=given, said=error) from error


def _checked(root: Path, given: str) -> Path:
    """Return a folder that holds a template.

    Raises:
        UsageError: it does not.
    """
    if not root.is_dir():
        raise UsageError("foreign.error.no-folder", template=given)
    missing = next((name for name in ("copier.yml", "templates") if not (root / name).exists()), None)
    if missing:
        raise UsageError("foreign.error.no-template", template=given, missing=missing)
    return root


def _catalog(root: Path, source: str) -> Catalog:
    """Return the questions and starters of a folder that holds a template.

    Raises:
        TemplateError: it does not ask what every template has to.
    """
    from scaffold.compiler import TemplateError  # noqa: PLC0415 - as above

    catalog = Catalog(root, {"_commit": _described(root), "_src_path": source})
    missing = next((key for key in ("project_name", "starter") if key not in catalog.questions), None)
    if missing:
        raise TemplateError(f"copier.yml: there is no question {missing}")
    return catalog


def _described(root: Path) -> str:
    """Return the version of a template by its newest tag, or its commit; nothing for a folder that is no repository."""
    top = git.raw(root, "rev-parse", "--show-toplevel").stdout.decode("utf-8", "replace").strip()
    if not top or Path(top).resolve() != root.resolve():
        return ""
    return git.raw(root, "describe", "--tags", "--always").stdout.decode("utf-8", "replace").strip()


def _address(given: str) -> str:
    """Return what git calls a template."""
    if given == SOURCE:
        return str(BUNDLE)  # git would ask our helper for it, if that is on the PATH
    short, _, name = given.partition(":")
    return f"{_SHORT[short + ':']}{name.lstrip('/')}" if f"{short}:" in _SHORT else given.removeprefix("git+")


def _fetch(given: str, folder: Path) -> None:
    """Clone the newest release of a repository, or its newest commit if it has no releases."""
    address = _address(given)
    listed = git.raw(folder, "ls-remote", "--tags", "--refs", "--", address)
    tags = [tag for line in listed.stdout.decode().splitlines() if (tag := _RELEASE.fullmatch(line.partition("\t")[2]))]
    newest = max(tags, key=lambda tag: tuple(map(int, tag[2].split("."))), default=None)
    branch = [] if newest is None else ["--branch", newest[1]]
    done = listed
    if not listed.returncode:
        done = git.raw(folder, "clone", "--quiet", "-c", "advice.detachedHead=false", *branch, "--", address, ".")
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise FailedError("foreign.error.cannot-fetch", template=given, said=said)
