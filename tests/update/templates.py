"""Small templates of strangers, and projects that were made from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.repositories import commit, git

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trees import Tree

ANSWERS = "{{ _copier_answers | to_nice_yaml }}"
# Copier leaves `.git` out, unless a template says what else to leave out.
QUESTIONS = """
_subdirectory: files
_templates_suffix: ''
_exclude: ["*.pyc"]
name: {type: str, default: shop}
"""
# What git would run if this became its settings.
SETTINGS = '[filter "x"]\n\tclean = "touch MARK; cat"\n[core]\n\tfsmonitor = "touch MARK; false"\n'


def release(folder: Path, version: str, tree: Tree, questions: str = QUESTIONS) -> Path:
    """Publish a version of a template.

    Args:
        folder: the template's repository, made if there is none.
        version: its tag.
        tree: all of its files.
        questions: its copier.yml.

    Returns:
        The folder.
    """
    folder.mkdir(exist_ok=True)
    common = {"copier.yml": questions, "files/{{_copier_conf.answers_file}}": ANSWERS}
    for path in (folder / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    commit(folder, {**common, **{f"files/{path}": content for path, content in tree.items()}})
    git(folder, "tag", "--force", version)
    return folder


def project(folder: Path, source: str, tree: Tree, version: str = "1.0.0") -> Path:
    """Commit a project that records a template as its source.

    Args:
        folder: the project.
        source: the template.
        tree: its files beside the answers file.
        version: what the answers file says.

    Returns:
        The folder.
    """
    folder.mkdir(exist_ok=True)
    answers = f"_commit: {version}\n_src_path: {source}\nname: shop\n"
    return commit(folder, {".copier-answers.yml": answers, **tree})
