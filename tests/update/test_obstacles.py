"""What an update meets in a project: each has an error of ours, and nothing is written."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.conftest import snapshot, work_tree
from tests.repositories import commit, git
from tests.update.templates import project, release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Scaffold

OLD = {"app.py": "a\n" * 9, "dir/x.py": "x\n", "gone.py": "g\n"}
NEW = {"app.py": "a\n" * 9 + "new\n", "dir/x.py": "x2\n", "added.py": "n\n"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions of a template."""
    folder = tmp_path_factory.mktemp("template")
    release(folder, "1.0.0", OLD)
    return release(folder, "2.0.0", NEW)


def _hidden(shop: Path) -> None:
    git(shop, "update-index", "--assume-unchanged", "app.py")
    (shop / "app.py").write_text("mine\n")


def _skipped(shop: Path) -> None:
    git(shop, "update-index", "--skip-worktree", "app.py")
    (shop / "app.py").write_text("mine\n")


def _intent(shop: Path) -> None:
    (shop / "mine.py").write_text("mine\n")
    git(shop, "add", "--intent-to-add", "mine.py")


def _folder_for_file(shop: Path) -> None:
    (shop / "app.py").unlink()
    commit(shop, {"app.py/mine.py": "mine\n"})


def _file_for_folder(shop: Path) -> None:
    shutil.rmtree(shop / "dir")
    commit(shop, {"dir": "mine\n"})


def _submodule(shop: Path) -> None:
    other = shop.parent / "other"
    other.mkdir()
    commit(other, {"lib.py": "1\n"})
    shutil.rmtree(shop / "dir")
    git(shop, "rm", "-rq", "--cached", "dir")
    git(shop, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "dir")
    commit(shop)


def _answers_link(shop: Path) -> None:
    (shop / ".copier-answers.yml").rename(shop / "answers.yml")
    (shop / ".copier-answers.yml").symlink_to("answers.yml")
    commit(shop)


def _unborn(shop: Path) -> None:
    git(shop, "checkout", "--quiet", "--orphan", "fresh")


def _broken_settings(shop: Path) -> None:
    with (shop / ".git" / "config").open("a") as file:
        file.write("[broken\n")


def _recorded(line: str) -> Callable[[Path], None]:
    def record(shop: Path) -> None:
        key = line.partition(":")[0]
        lines = (shop / ".copier-answers.yml").read_text().splitlines()
        kept = [old for old in lines if not old.startswith(key)]
        commit(shop, {".copier-answers.yml": "\n".join([line, *kept, ""])})

    return record


REFUSED = {
    "update-unseen": (_hidden, _skipped),
    "update-uncommitted": (_intent,),
    "update-other-kind": (_folder_for_file, _file_for_folder, _submodule),
    "update-answers-link": (_answers_link,),
    "update-no-commit": (_unborn,),
    "git-failed": (_broken_settings,),
    "update-unknown-version": (
        _recorded("_commit: HEAD"),
        _recorded("_commit: main"),
        _recorded("_commit: --upload-pack=x"),
        _recorded("_commit: 1.0.0..2.0.0"),
        _recorded("_commit: '@{0}'"),
        _recorded("_commit: '" + "9" * 5000 + "'"),
    ),
    "foreign-odd-address": (_recorded("_src_path: fd::17"),),
    "update-template-unreachable": (_recorded("_src_path: ."), _recorded("_src_path: ~nobody/x")),
}
CASES = [(anchor, spoil) for anchor, spoils in REFUSED.items() for spoil in spoils]


@pytest.mark.parametrize(("anchor", "spoil"), CASES)
def test_refused(
    anchor: str, spoil: Callable[[Path], None], template: Path, workspace: Path, scaffold: Scaffold
) -> None:
    """One error that names what was found, no text of git's or copier's as if it were ours."""
    shop = project(workspace / "shop", str(template), OLD)
    spoil(shop)
    before = work_tree(shop)
    result = scaffold("update", "shop", "--defaults")
    assert (result.code in {1, 2}, result.out) == (True, "")
    assert f"explain {anchor}\n" in result.err, result.err
    assert "Traceback" not in result.err
    assert work_tree(shop) == before


def _link(shop: Path) -> None:
    (shop / "app.py").unlink()
    (shop / "app.py").symlink_to("/no/such/place")


def _sparse(shop: Path) -> None:
    git(shop, "sparse-checkout", "set", "--no-cone", "/*", "!/dir/")


def _separate(shop: Path) -> None:
    (shop / ".git").rename(shop.parent / "git")
    (shop / ".git").write_text("gitdir: ../git\n")


def _explicit(shop: Path) -> None:
    git(shop, "config", "--global", "safe.bareRepository", "explicit")


def _own_settings(shop: Path) -> None:
    values = {
        "diff.noprefix": "true",
        "core.quotePath": "true",
        "apply.whitespace": "error",
        "color.ui": "always",
    }
    for name, value in values.items():
        git(shop, "config", name, value)


def _address(shop: Path) -> None:
    source = (shop / ".copier-answers.yml").read_text().partition("_src_path: ")[2].splitlines()[0]
    _recorded(f"_src_path: file://{source}")(shop)


UPDATED = (_link, _sparse, _separate, _explicit, _own_settings, _address)


@pytest.mark.parametrize("prepare", UPDATED, ids=lambda prepare: str(prepare.__name__))
def test_updated(
    prepare: Callable[[Path], None], template: Path, workspace: Path, scaffold: Scaffold
) -> None:
    """The template's changes come all the same, and the user's link stays a link."""
    shop = project(workspace / "shop", str(template), OLD)
    prepare(shop)
    if git(shop, "status", "--porcelain").strip() != "":
        commit(shop)
    before = snapshot(shop)
    result = scaffold("update", "shop", "--defaults")
    assert result.code == 0, result.err
    assert (shop / "added.py").read_text() == "n\n"
    assert not (shop / "gone.py").exists()
    assert snapshot(shop)["app.py"] == (
        before["app.py"] if prepare is _link else NEW["app.py"].encode()
    )
    assert not (
        prepare is _address
        and "_src_path: git+file://" not in (shop / ".copier-answers.yml").read_text()
    )
    commit(shop)
    assert scaffold("update", "shop", "--check").code == 0
