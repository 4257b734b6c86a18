"""Templates that did not come with scaffold: a folder, such as a checkout with
unreleased starters, or a repository.

They are written in the same dialect: copier.yml, and
templates/STARTER/{{cookiecutter.project_slug}}/. What a project records of them is what copier
would record, so that both can update it from there.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import git, temporary
from scaffold.catalog import Catalog
from scaffold.errors import FailedError, UsageError
from scaffold.template_source import as_recorded, git_address, is_local, releases

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def opened(given: str) -> Iterator[Catalog]:
    """Give the questions and starters of a template, for as long as its files are there.

    Args:
        given: a folder, or an address that git understands, also `gh:NAME/REPOSITORY`.

    Raises:
        UsageError: there is no such template.
        FailedError: it cannot be fetched, or is not written in the dialect;
            also from within the block.
    """
    # Slow, and not in an installed scaffold: Jinja and YAML.
    from scaffold.jinja_compiler import TemplateError

    try:
        if is_local(given):
            root = Path(given).expanduser().absolute()
            yield _catalog(_checked(root, given), str(root))
            return
        with temporary.folder("template") as folder:
            _fetch(given, folder)
            yield _catalog(_checked(folder, given), as_recorded(given))
    except TemplateError as error:
        raise FailedError("foreign.error.not-in-dialect", template=given, output=error) from error


def _checked(root: Path, given: str) -> Path:
    """Return a folder that holds a template.

    Raises:
        UsageError: it does not.
    """
    if not root.is_dir():
        raise UsageError("foreign.error.no-folder", template=given)
    missing = next(
        (name for name in ("copier.yml", "templates") if not (root / name).exists()), None
    )
    if missing:
        raise UsageError("foreign.error.no-template", template=given, missing=missing)
    return root


def _catalog(root: Path, source: str) -> Catalog:
    """Return the questions and starters of a folder that holds a template.

    Raises:
        TemplateError: it does not ask what every template has to.
    """
    from scaffold.jinja_compiler import TemplateError

    catalog = Catalog(root, {"_commit": _described(root), "_src_path": source})
    missing = next(
        (key for key in ("project_name", "starter") if key not in catalog.questions), None
    )
    if missing:
        raise TemplateError(f"copier.yml: there is no question {missing}")
    return catalog


def _described(root: Path) -> str:
    """Return the version of a template by its newest tag, or its commit; nothing for
    a folder that is no repository.
    """
    top = git.run(root, "rev-parse", "--show-toplevel").stdout.decode("utf-8", "replace").strip()
    if not top or Path(top).resolve() != root.resolve():
        return ""
    return git.run(root, "describe", "--tags", "--always").stdout.decode("utf-8", "replace").strip()


def _fetch(given: str, folder: Path) -> None:
    """Clone the newest release of a repository, or its newest commit if it has no releases."""
    address = git_address(given)
    listed = git.run(folder, "ls-remote", "--tags", "--refs", "--", address, network=True)
    branch = [part for version in releases(listed.stdout)[-1:] for part in ("--branch", version)]
    done = listed
    if not listed.returncode:
        done = git.run(
            folder, "clone", "--quiet", "--template=", *branch, "--", address, ".", network=True
        )
    if done.returncode:
        raise FailedError("foreign.error.cannot-fetch", template=given, output=git.message(done))
