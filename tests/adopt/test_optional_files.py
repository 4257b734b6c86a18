"""Files that answers add to adopted projects: there for any host, never in the place of the
user's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from scaffold.errors import UsageError
from tests.adopt.conftest import OLD_FLASK, TUTORIAL, after, changed
from tests.repositories import commit

if TYPE_CHECKING:
    from tests.adopt.conftest import Planned
    from tests.conftest import Repository, Scaffold
    from tests.trees import Tree

IMAGE = {".dockerignore", "Dockerfile", "deploy/health.py", "deploy/image.py"}
ALL = {*IMAGE, "Procfile", "compose.yaml"}
PYTHON_2: Tree = {".python-version": "2.7.15\n", "jobs.py": "print 'x'\n"}
OWN_RUN: Tree = {"leanengine.yaml": "run: gunicorn wsgi -b 0.0.0.0:$LEANCLOUD_APP_PORT\n"}


@pytest.mark.parametrize(
    ("tree", "added"),
    [
        ({}, ALL),
        ({"Dockerfile": "FROM python\n"}, set()),
        ({"Containerfile": "FROM python\n"}, set()),
        ({".dockerignore": "x\n"}, set()),
        ({"deploy/image.py": "x = 1\n"}, set()),
        ({"docker-compose.yml": "services: {}\n"}, ALL - {"compose.yaml"}),
        ({"Procfile": "web: gunicorn wsgi\n"}, ALL - {"Procfile"}),
        # A Procfile of ours says what our `run` says.
        (OWN_RUN, ALL - {"Procfile"}),
    ],
)
def test_added(planned: Planned, tree: Tree, added: set[str]) -> None:
    """Where the user has a file of their own, ours and what belongs to it does not come."""
    found = planned(OLD_FLASK, tree)
    assert changed(found).keys() & ALL == added
    answers = yaml.safe_load(after(found, ".copier-answers.yml"))
    assert {*answers["adopted"]} & ALL == added
    assert answers["container"] is bool(added)


def test_python(planned: Planned) -> None:
    """The image is of the project's Python."""
    found = planned(OLD_FLASK, {".python-version": "3.8.10\n"})
    assert "python:3.8-slim" in after(found, "Dockerfile")


def test_other_python(planned: Planned) -> None:
    """Nothing is added for a Python that our template of such a project has no image of."""
    assert not changed(planned(TUTORIAL, {".python-version": "3.8.10\n"})).keys() & ALL


def test_python_2(planned: Planned) -> None:
    """A project that stays on Python 2 gets none."""
    assert not changed(planned(OLD_FLASK, PYTHON_2)).keys() & ALL


def test_own_folder_is_in_the_image(planned: Planned) -> None:
    """A folder that holds files of the user's is not left out."""
    assert "tests/\n" in after(planned(OLD_FLASK), ".dockerignore")
    found = planned(OLD_FLASK, {"tests/data.py": "x = 1\n"})
    assert "tests/\n" not in after(found, ".dockerignore")


SERVER = {
    "deploy/Caddyfile",
    "deploy/nginx-cache.conf",
    "deploy/nginx.conf",
    "deploy/project@.service",
}
CI = {
    ".ci/lint.txt",
    ".ci/steps.sh",
    ".github/dependabot.yml",
    ".github/workflows/ci.yml",
    ".github/workflows/update.yml",
}


@pytest.mark.parametrize(
    ("pair", "added"),
    [
        ("server_files=true", SERVER),
        ("host=fly", {"deploy/release.sh", "fly.toml"}),
        ("ci=github", CI),
        ("container=false", set()),
    ],
)
def test_asked(planned: Planned, pair: str, added: set[str]) -> None:
    """An answer on the command line adds its files, and is recorded with them."""
    found = planned(OLD_FLASK, pairs=(pair,))
    usual = changed(planned(OLD_FLASK, pairs=("container=false",))).keys()
    container = set() if pair == "container=false" else ALL
    assert changed(found).keys() - usual == {*added, *container}
    answers = yaml.safe_load(after(found, ".copier-answers.yml"))
    key, _, value = pair.partition("=")
    assert str(answers[key]).lower() == value
    assert added <= {*answers["adopted"]}


def test_ci_of_an_adopted_project(planned: Planned) -> None:
    """It runs the tests only where the project says what they need, and mypy not at all."""
    steps = after(planned(OLD_FLASK, pairs=("ci=gitlab",)), ".ci/steps.sh")
    assert "if [ ! -f requirements-dev.txt ]" in steps
    assert "mypy" not in steps


@pytest.mark.parametrize(
    ("tree", "pairs", "key"),
    [
        ({}, ("starter=django",), "adopt.error.found-not-asked"),
        ({}, ("host=mars",), "answers.error.unknown-choice"),
        ({}, ("hosts=fly",), "answers.error.unknown-key-near"),
        ({"fly.toml": "app = 'mine'\n"}, ("host=fly",), "adopt.error.file-taken"),
        ({".gitlab-ci.yml": "a: b\n"}, ("ci=gitlab",), "adopt.error.file-taken"),
        (OWN_RUN, ("server_files=true",), "adopt.error.own-run"),
        ({}, ("container=false", "kubernetes=true"), "adopt.error.needs-image"),
        (PYTHON_2, ("ci=github",), "adopt.error.not-for-this-app"),
    ],
)
def test_refused(planned: Planned, tree: Tree, pairs: tuple[str, ...], key: str) -> None:
    """What the project cannot have, and what is in the place of a file, is refused."""
    with pytest.raises(UsageError) as caught:
        planned(OLD_FLASK, tree, pairs=pairs)
    assert caught.value.key == key


def test_own_image(planned: Planned) -> None:
    """A Dockerfile of the user's is what their host builds."""
    found = planned(OLD_FLASK, {"Dockerfile": "FROM python\n"}, pairs=("host=fly",))
    assert "fly.toml" in changed(found)


def test_asked_later(scaffold: Scaffold, repository: Repository) -> None:
    """An update with another answer brings its files to an adopted project, too; one that the
    project cannot have is refused.
    """
    folder = repository(OLD_FLASK)
    assert scaffold("adopt", str(folder), "--yes", "--no-branch").code == 0
    commit(folder)
    result = scaffold("update", str(folder), "--defaults", "-d", "host=railway")
    assert result.code == 0, result.err
    assert (folder / "railway.json").is_file()
    answers = yaml.safe_load((folder / ".copier-answers.yml").read_text())
    assert "railway.json" in answers["adopted"]
    (folder / "Dockerfile").unlink()
    commit(folder)
    result = scaffold("update", str(folder), "--defaults", "-d", "kubernetes=true")
    assert result.code == 2
    assert "There is no image to run" in result.err
