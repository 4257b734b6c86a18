"""What a template's paths and a project's links could reach, and that
copier's process does not let them.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from scaffold.update.copier_process import RefusedWriteError, WriteGuard
from tests.conftest import snapshot
from tests.update.templates import QUESTIONS, SETTINGS, project, release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Scaffold

# A path, the versions that have it, and how the update is asked for.
BAD = (
    ("{% if true %}.git{% endif %}/config", ("1.0.0",), "--dry-run"),
    ("{% if true %}.git{% endif %}/config", ("1.0.0", "2.0.0"), "--defaults"),
    (
        "{% if 'new_copy' in _copier_conf.dst_path | string %}.git{% else %}docs{% endif %}/config",
        ("2.0.0",),
        "--dry-run",
    ),
    ("docs/{{ 'tig.'[::-1] }}/hooks/pre-commit", ("2.0.0",), "--defaults"),
    ("{{ name[:0] }}GIT~1", ("2.0.0",), "--dry-run"),
)


def _marks(workspace: Path, settings: str = SETTINGS) -> str:
    return settings.replace("MARK", str(workspace / "MARK"))


@pytest.mark.parametrize(("path", "bad", "mode"), BAD)
def test_a_path_that_becomes_git(
    path: str, bad: tuple[str, ...], mode: str, workspace: Path, scaffold: Scaffold
) -> None:
    """Neither the version of the project nor the new one can write there;
    nothing runs, and nothing changes.
    """
    template = workspace / "template"
    for version in ("1.0.0", "2.0.0"):
        tree = {"a.txt": version, ".gitattributes": "* filter=x\n"}
        release(template, version, tree | ({path: _marks(workspace)} if version in bad else {}))
    _refused(project(workspace / "shop", str(template), {"a.txt": "1.0.0"}), mode, scaffold)


def test_an_answer_that_becomes_git(workspace: Path, scaffold: Scaffold) -> None:
    """A name that an answer makes is judged by what it is in the end."""
    tree = {"{{ name }}/config": _marks(workspace)}
    template = release(workspace / "template", "1.0.0", tree)
    release(template, "2.0.0", tree | {"a.txt": "2"})
    shop = project(workspace / "shop", str(template), {"shop/config": _marks(workspace)})
    _refused(shop, "--defaults", scaffold, "-d", "name=.git")


def _refused(shop: Path, mode: str, scaffold: Scaffold, *more: str) -> None:
    before = snapshot(shop)
    result = scaffold("update", str(shop), mode, *more)
    assert (result.code, result.out) == (1, ""), result.err
    assert "explain update-path-in-git" in result.err
    assert snapshot(shop) == before
    assert not (shop.parent / "MARK").exists()


@pytest.mark.parametrize("mode", ["--dry-run", "--defaults"])
def test_a_link_out_of_the_project(mode: str, workspace: Path, scaffold: Scaffold) -> None:
    """Where the user put a link in place of a folder of the template's,
    what is behind it stays as it is.
    """
    template = release(
        workspace / "template", "1.0.0", {"static/a.txt": "1", "static/old.txt": "1"}
    )
    release(template, "2.0.0", {"static/a.txt": "2"})
    shared = workspace / "shared"
    shared.mkdir()
    (shared / "a.txt").write_text("of others")
    (shared / "old.txt").write_text("of others")
    shop = project(workspace / "shop", str(template), {"app.py": "1"})
    (shop / "static").symlink_to(shared)
    project(shop, str(template), {})
    before = snapshot(shop), snapshot(shared)
    result = scaffold("update", str(shop), mode)
    assert result.code == 1
    assert "explain update-path-" in result.err
    assert (snapshot(shop), snapshot(shared)) == before


def test_code_needs_trust(workspace: Path, scaffold: Scaffold) -> None:
    """A template's own code does not run, also where only the version of the project has some."""
    template = release(workspace / "template", "1.0.0", {"a.txt": "1"})
    code = QUESTIONS + f"_tasks: ['touch {workspace / 'MARK'}']\n_jinja_extensions: [os.path]\n"
    release(template, "2.0.0", {"a.txt": "2"}, code)
    for version in ("1.0.0", "2.0.0"):
        if version == "2.0.0":
            release(template, "3.0.0", {"a.txt": "3"})
        shop = project(workspace / f"shop{version}", str(template), {"a.txt": "1"}, version)
        result = scaffold("update", str(shop), "--dry-run")
        assert (result.code, "explain update-untrusted" in result.err) == (2, True), result.err
    assert not (workspace / "MARK").exists()


@pytest.fixture
def look(workspace: Path) -> Callable[..., None]:
    """Show the guard of a folder an event, as `sys.addaudithook` would."""
    (workspace / "in").mkdir()
    (workspace / "out").mkdir()
    (workspace / "in" / "link").symlink_to(workspace / "out")
    return WriteGuard(workspace / "in")._look


W = os.O_WRONLY | os.O_CREAT
WRITES: dict[str, tuple[object, ...]] = {
    "open": ("", None, W),
    "os.mkdir": ("", 0o777, -1),
    "os.rename": ("in/a", "", -1, -1),
    "os.symlink": ("a", "", -1),
}


@pytest.mark.parametrize("event", WRITES)
def test_the_guard(event: str, look: Callable[..., None], workspace: Path) -> None:
    """What is made has to be inside, by what its folders lead to, and under
    a name that is not git's.
    """

    def made(path: str) -> tuple[object, ...]:
        return tuple(str(workspace / path) if part == "" else part for part in WRITES[event])

    for path in ("in/a", "in/b/c.py", "in/x/.git/objects/info/alternates"):
        look(event, made(path))
    for path in (
        "out/a",
        "in/link/a",
        "in/../out/a",
        "in/.git",
        "in/.git/config",
        "in/GIT~1/x",
        "in/x/.git/HEAD",
    ):
        with pytest.raises(RefusedWriteError):
            look(event, made(path))


def test_the_guard_lets_files_be_read_and_taken_away(
    look: Callable[..., None], workspace: Path
) -> None:
    """Reading is no write; copier removes its own repositories when it is done with them."""
    look("open", (str(workspace / "out" / "a"), "r", os.O_RDONLY))
    look("open", (3, "w", W))
    look("os.remove", (str(workspace / "in" / "x" / ".git" / "HEAD"), -1))
    look("os.remove", ("HEAD", 7))
    look("import", ("anything", None))
    look("open", (os.devnull, "w", W))
    with pytest.raises(RefusedWriteError):
        look("os.remove", (str(workspace / "in" / "link" / "a"), -1))


def test_python_tells_of_all_writes() -> None:
    """The events that the guard looks at are Python's."""
    assert hasattr(sys, "addaudithook")
