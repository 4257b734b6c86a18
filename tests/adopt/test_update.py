"""A later update of an adopted project brings what came from the template, and
touches nothing of the user's.
"""

from __future__ import annotations

import shutil
import sys
from subprocess import run
from typing import TYPE_CHECKING

from tests.adopt.conftest import CONTAINER_FILES, OLD_FLASK
from tests.conftest import ROOT, work_tree
from tests.repositories import commit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository, Scaffold


def template(folder: Path) -> Path:
    """Return a repository with these templates and a version in which every
    file of the project is another.
    """
    folder.mkdir()
    shutil.copy(ROOT / "copier.yml", folder)
    for name in ("_shared", "flask"):
        shutil.copytree(ROOT / "templates" / name, folder / "templates" / name, symlinks=True)
    commit(folder, tag="9.0.0")
    project = folder / "templates" / "flask" / "{{cookiecutter.project_slug}}"
    for path in project.rglob("*"):
        if path.is_file() and path.name not in {".copier-answers.yml", ".python-version"}:
            path.write_bytes(b"# of 9.1.0\n" + path.read_bytes())
    (project / "added.py").write_text("of = '9.1.0'\n")
    (project / "leanengine" / "added.py").write_text("of = '9.1.0'\n")
    (project / "leanengine" / "logs.py").unlink()
    return commit(folder, tag="9.1.0")


def test_update(scaffold: Scaffold, repository: Repository, workspace: Path) -> None:
    """Plain `copier update` merges the files that were added, and no other file changes
    or appears.
    """
    folder = repository(OLD_FLASK, {"README.md": "# mine\n"})
    assert scaffold("adopt", str(folder), "--yes", "--no-branch").code == 0
    answers = folder / ".copier-answers.yml"
    version = next(line for line in answers.read_text().splitlines() if line.startswith("_commit"))
    message = answers.read_text().replace(version, "_commit: 9.0.0")
    answers.write_text(
        message.replace("scaffold://starters.git", str(template(workspace / "template")))
    )
    # The user's own change to an added file, which has to survive.
    manifest = folder / "leanengine.yaml"
    manifest.write_text(manifest.read_text() + "build: make\n")
    commit(folder)
    before = work_tree(folder)
    command = [sys.executable, "-m", "copier", "update", "--defaults", "--trust", "--quiet"]
    done = run(command, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    after = work_tree(folder)
    managed = {".env.example", ".gitignore", ".leanignore", "leanengine.yaml"}
    package = {path for path in before if path.startswith("leanengine/")}
    assert {path for path in {*before, *after} if before.get(path) != after.get(path)} == {
        *managed,
        *CONTAINER_FILES,
        *package,
        "leanengine/added.py",
        ".copier-answers.yml",
    }
    assert "leanengine/logs.py" not in after
    for path in {*managed, *package} - {"leanengine/logs.py"}:
        assert (folder / path).read_text().startswith("# of 9.1.0\n")
        assert "<<<<<<<" not in (folder / path).read_text()
    assert manifest.read_text().endswith("build: make\n")
    assert "adopted:" in answers.read_text()
    assert 'adopted_app: "wsgi:application"' in answers.read_text()
    assert "from wsgi import application" in (folder / "leanengine" / "app.py").read_text()
