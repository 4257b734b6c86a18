"""Writing a project: whole, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scaffold import writer
from scaffold.errors import FailedError, ScaffoldError, UsageError
from scaffold.render import render
from scaffold.writer import check_target, write_project
from tests.conftest import on_disk, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.catalog import Catalog

FILES = {
    ".gitignore": b".venv/\n",
    "app.py": b"print('hello')\n",
    "static/css/style.css": b"body {}\n",
    "static/logo.svg": b"<svg/>\n",
    "tests/test_app.py": b"",
}
NEEDS_POSIX = pytest.mark.skipif(
    os.name == "nt", reason="this system has neither these signals nor these modes"
)


@pytest.fixture
def fail_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int, BaseException], None]:
    """Let the n-th call of a method of Path raise."""

    def arrange(method: str, number: int, error: BaseException) -> None:
        original: Callable[..., Any] = getattr(Path, method)
        calls = 0

        def failing(self: Path, *args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == number:
                raise error
            return original(self, *args, **kwargs)

        monkeypatch.setattr(Path, method, failing)

    return arrange


@contextmanager
def as_nobody() -> Iterator[None]:
    """Give up root's privileges for a while, where the tests run as root:
    nothing is forbidden to root.
    """
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.fixture
def open_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty current folder that other users can reach; pytest's own are closed to them."""
    if not hasattr(os, "setresuid"):
        pytest.skip("this system has no way to give up privileges and take them back")
    folder = Path(tempfile.mkdtemp(prefix="scaffold-tests-")).resolve()
    folder.chmod(0o755)
    monkeypatch.chdir(folder)
    yield folder
    monkeypatch.undo()
    shutil.rmtree(folder)


# Where a project may go.


@pytest.mark.parametrize(
    "place", ["shop", "a/b/shop", "./shop", "shop/", "a/../shop", "云/项目", "x" * 255, "云" * 85]
)
def test_a_new_folder(workspace: Path, place: str) -> None:
    """A project appears in a new folder, with the folders above it, and nothing else does."""
    (workspace / "a").mkdir()
    written = write_project(Path(place), FILES)
    assert on_disk(Path(place)) == FILES
    assert written.folder.samefile(place)
    assert written.saved == []
    assert [p for p in workspace.rglob("*") if ".scaffold-" in p.name] == []


def test_an_absolute_path(workspace: Path) -> None:
    """A project may be put anywhere."""
    target = workspace.parent / "elsewhere" / "shop"
    assert write_project(target, FILES).folder == target
    assert on_disk(target) == FILES
    assert list(workspace.iterdir()) == []


def test_an_empty_folder(workspace: Path) -> None:
    """An empty folder is filled and keeps its mode."""
    target = workspace / "shop"
    target.mkdir(mode=0o700)
    write_project(target, FILES)
    assert on_disk(target) == FILES
    assert target.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("target", [".", "", "../work"])
def test_the_current_folder(workspace: Path, target: str) -> None:
    """The current folder is filled and stays the folder that it is, so that
    the user's shell is in it.
    """
    before = workspace.stat().st_ino
    write_project(Path(target), FILES)
    assert on_disk(workspace) == FILES
    assert workspace.stat().st_ino == before
    assert Path.cwd().stat().st_ino == before


def test_a_folder_that_is_in_use_below(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder above the current one stays too, also when it is reached through a link."""
    inner = workspace / "shop" / "inner"
    inner.mkdir(parents=True)
    (workspace / "link").symlink_to("shop")
    monkeypatch.chdir(inner)
    write_project(workspace / "link", FILES, force=True)
    assert on_disk(workspace / "shop") == FILES
    assert (workspace / "link").is_symlink()
    assert inner.is_dir()


def test_a_link_to_an_empty_folder(workspace: Path) -> None:
    """A link stays a link, and what it leads to is filled."""
    (workspace / "real").mkdir()
    (workspace / "shop").symlink_to("real")
    before = (workspace / "real").stat().st_ino
    assert write_project(Path("shop"), FILES).folder == workspace / "shop"
    assert (workspace / "shop").is_symlink()
    assert on_disk(workspace / "real") == FILES
    assert (workspace / "real").stat().st_ino == before


def test_a_folder_that_holds_a_repository(workspace: Path) -> None:
    """A folder with nothing but `.git` is filled, and the repository is left alone."""
    subprocess.run(["git", "init", "-q", "shop"], check=True)
    repository = snapshot(workspace / "shop" / ".git")
    prepared: list[Path] = []
    write_project(Path("shop"), FILES, prepare=prepared.append)
    assert snapshot(workspace / "shop" / ".git") == repository
    shutil.rmtree(workspace / "shop" / ".git")
    assert on_disk(workspace / "shop") == FILES
    assert prepared == []


@pytest.mark.parametrize("target", [".", "shop"])
def test_preparing(workspace: Path, target: str) -> None:
    """What is prepared, such as a repository, appears together with the project."""

    def prepare(folder: Path) -> None:
        assert on_disk(folder) == FILES
        assert folder.resolve() != Path(target).resolve()
        (folder / ".git" / "objects").mkdir(parents=True)
        (folder / ".git" / "HEAD").write_text("ref\n")

    write_project(Path(target), FILES, prepare=prepare)
    assert on_disk(Path(target)) == FILES | {".git/HEAD": b"ref\n"}
    assert [p for p in workspace.rglob("*") if ".scaffold-" in p.name] == []


@NEEDS_POSIX
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
@pytest.mark.parametrize("target", [".", "shop", "a/shop"])
def test_the_umask(workspace: Path, umask: int, target: str) -> None:
    """Files and folders get the modes that the user's umask asks for."""
    before = os.umask(umask)
    try:
        write_project(Path(target), FILES)
    finally:
        os.umask(before)
    for path in Path(target).rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o777 if path.is_dir() else 0o666) & ~umask, path
    if target != ".":
        assert Path(target).stat().st_mode & 0o777 == 0o777 & ~umask
    assert workspace.exists()


@NEEDS_POSIX
def test_a_folder_that_is_shared(workspace: Path) -> None:
    """In a folder whose group is inherited, the project's folders inherit it too."""
    workspace.chmod(0o2775)
    write_project(Path("shop"), FILES)
    assert (workspace / "shop").stat().st_mode & 0o2000
    assert (workspace / "shop" / "static" / "css").stat().st_mode & 0o2000


# With force.


def test_force(workspace: Path) -> None:
    """Files in the way are kept beside the new ones, files that are the same
    are left, others are not touched.
    """
    given = {
        "app.py": b"mine\n",
        "app.py.orig": b"older\n",
        ".gitignore": FILES[".gitignore"],
        "static/logo.svg": b"my logo\n",
        "static/my.css": b"my style\n",
        "notes/a.txt": b"a note\n",
    }
    write_project(Path("shop"), given)
    written = write_project(Path("shop"), FILES, force=True)
    assert on_disk(Path("shop")) == FILES | {
        "app.py.orig": b"older\n",
        "app.py.orig2": b"mine\n",
        "static/logo.svg.orig": b"my logo\n",
        "static/my.css": b"my style\n",
        "notes/a.txt": b"a note\n",
    }
    assert written.saved == [
        workspace / "shop" / "app.py.orig2",
        workspace / "shop" / "static" / "logo.svg.orig",
    ]


def test_force_twice(workspace: Path) -> None:
    """The same project over itself changes nothing."""
    write_project(Path("shop"), FILES)
    before = snapshot(workspace)
    assert write_project(Path("shop"), FILES, force=True).saved == []
    assert snapshot(workspace) == before


def test_force_where_kinds_differ(workspace: Path) -> None:
    """A file for a folder, a folder for a file, and links are kept as they are, under a
    new name.
    """
    shop, outside = workspace / "shop", workspace / "outside"
    outside.mkdir()
    shop.mkdir()
    (shop / "tests").write_text("a file\n")
    (shop / "app.py").mkdir()
    (shop / "app.py" / "inner").write_text("inner\n")
    (shop / "static").symlink_to("../outside")
    (shop / ".gitignore").symlink_to("gone")
    write_project(shop, FILES, force=True)
    assert {path: (shop / path).read_bytes() for path in FILES} == FILES
    assert (shop / "tests.orig").read_text() == "a file\n"
    assert (shop / "app.py.orig" / "inner").read_text() == "inner\n"
    assert os.readlink(shop / "static.orig") == "../outside"  # noqa: PTH115 - as it was written
    assert os.readlink(shop / ".gitignore.orig") == "gone"  # noqa: PTH115 - as above
    assert list(outside.iterdir()) == []


# What cannot be.


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("path", "target"), [("shop", "shop"), ("shop", "shop/inner"), ("shop", "shop/a/b")]
)
def test_a_file_in_the_way(workspace: Path, path: str, target: str, force: bool) -> None:
    """A file is never replaced by a folder, force or not."""
    (workspace / path).write_text("mine\n")
    with pytest.raises(UsageError):
        write_project(Path(target), FILES, force=force)
    assert on_disk(workspace) == {path: b"mine\n"}


OUTSIDE = (
    "../evil.py",
    "a/../../evil.py",
    "/evil.py",
    "../project/evil.py",
    "..\\evil.py",
    "C:evil.py",
)


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.parametrize("target", [".", "shop", "a/b/shop"])
def test_paths_that_lead_out(workspace: Path, path: str, target: str) -> None:
    """A template cannot name a file outside of the project; nothing is written then."""
    before = snapshot(workspace.parent)
    with pytest.raises(UsageError) as caught:
        write_project(Path(target), {"app.py": b"", path: b"evil\n"})
    assert caught.value.key == "new.error.path-outside"
    assert caught.value.params == {"path": path}
    assert snapshot(workspace.parent) == before


FAULTS = {
    "disk full": (errno.ENOSPC, "disk-full"),
    "quota exceeded": (errno.EDQUOT, "disk-full"),
    "read-only": (errno.EROFS, "not-writable"),
    "forbidden": (errno.EACCES, "not-writable"),
    "not permitted": (errno.EPERM, "not-writable"),
    "name too long": (errno.ENAMETOOLONG, "name-too-long"),
    "disk broken": (errno.EIO, "cannot-write"),
    "interrupted": (None, ""),
}
STEPS = [
    ("mkdir", 1),
    ("mkdir", 3),
    ("write_bytes", 1),
    ("write_bytes", 3),
    ("write_bytes", 5),
    ("rename", 1),
]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", STEPS, ids=str)
@pytest.mark.parametrize("target", ["shop", "a/b/shop", "empty", "."])
def test_a_fault_leaves_nothing(
    workspace: Path,
    fault: str,
    step: tuple[str, int],
    target: str,
    fail_at: Callable[[str, int, BaseException], None],
) -> None:
    """Whatever fails at whatever step, the place is as it was before, and the error says why."""
    code, group = FAULTS[fault]
    (workspace / "empty").mkdir()
    if target == ".":
        (workspace / "empty").rmdir()
    before = snapshot(workspace)
    error = (
        KeyboardInterrupt()
        if code is None
        else OSError(code, os.strerror(code), str(workspace / ".x.scaffold-1"))
    )
    fail_at(*step, error)
    with pytest.raises((ScaffoldError, KeyboardInterrupt)) as caught:
        write_project(Path(target), FILES)
    assert snapshot(workspace) == before
    if isinstance(caught.value, ScaffoldError):
        assert caught.value.key == f"new.error.{group}"
        assert ".scaffold-" not in str(caught.value)
    else:
        assert code is None


@pytest.mark.parametrize("fault", ["disk full", "interrupted"])
@pytest.mark.parametrize("number", range(1, 11))
def test_a_fault_restores_the_users_files(
    workspace: Path, fault: str, number: int, fail_at: Callable[[str, int, BaseException], None]
) -> None:
    """When a rename fails under force, each file of the user's is back
    under its name, byte for byte.
    """
    shop = workspace / "shop"
    mine = {
        "app.py": b"mine\n",
        "static/logo.svg": b"my logo\n",
        "tests/conftest.py": b"my fixtures\n",
    }
    write_project(shop, mine | {".gitignore/inner": b"odd\n"})
    before = snapshot(workspace)
    code = FAULTS[fault][0]
    fail_at(
        "rename", number, KeyboardInterrupt() if code is None else OSError(code, os.strerror(code))
    )
    try:
        write_project(shop, FILES, force=True)
    except (FailedError, KeyboardInterrupt):
        assert snapshot(workspace) == before
    else:
        # .gitignore, app.py and logo.svg make way and are replaced; css/ and test_app.py are moved.
        assert number > 8


def test_preparing_fails(workspace: Path) -> None:
    """Ctrl-C while the repository is made leaves nothing either."""

    def prepare(folder: Path) -> None:
        (folder / ".git").mkdir()
        raise KeyboardInterrupt

    for target in ("shop", "a/b/shop", "."):
        with pytest.raises(KeyboardInterrupt):
            write_project(Path(target), FILES, prepare=prepare)
        assert list(workspace.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "file", "empty folder"])
def test_somebody_else_is_faster(
    workspace: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What appears at the target while the project is written is not
    overwritten; an empty folder is filled.
    """
    target = workspace / "shop"
    original = writer._write_files

    def slow(folder: Path, files: dict[str, bytes]) -> None:
        original(folder, files)
        if kind == "file":
            target.write_text("theirs\n")
        else:
            target.mkdir()
        if kind == "folder":
            (target / "theirs").write_text("theirs\n")

    monkeypatch.setattr(writer, "_write_files", slow)
    if kind == "empty folder":
        write_project(target, FILES)
        assert on_disk(workspace / "shop") == FILES
        return
    with pytest.raises(UsageError) as caught:
        write_project(target, FILES)
    assert caught.value.key == f"new.error.target-{'is-file' if kind == 'file' else 'not-empty'}"
    assert on_disk(workspace) == {("shop" if kind == "file" else "shop/theirs"): b"theirs\n"}
    assert [path.name for path in workspace.iterdir()] == ["shop"]


def test_what_somebody_else_put_beside_it_stays(workspace: Path) -> None:
    """The folders above are taken away after a failure only if nobody uses them."""

    def prepare(folder: Path) -> None:
        (folder.parent / "theirs").write_text("theirs\n")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_project(Path("a/b/shop"), FILES, prepare=prepare)
    assert on_disk(workspace) == {"a/b/theirs": b"theirs\n"}


@pytest.mark.parametrize("target", ["locked/shop", "locked/a/b/shop", "locked"])
def test_a_folder_that_may_not_be_written(open_folder: Path, target: str) -> None:
    """Where the user may not write, the error says so, and names no folder that they have
    not seen.
    """
    (open_folder / "locked").mkdir(mode=0o555)
    with as_nobody(), pytest.raises(FailedError) as caught:
        write_project(Path(target), FILES)
    assert caught.value.key == "new.error.not-writable"
    assert ".scaffold-" not in str(caught.value)
    assert list((open_folder / "locked").iterdir()) == []


def test_a_folder_of_ones_own_in_anothers(open_folder: Path) -> None:
    """An empty folder that is the user's is filled, although they may not write beside it."""
    shop = open_folder / "shop"
    shop.mkdir()
    shop.chmod(0o777)
    open_folder.chmod(0o555)
    before = shop.stat().st_ino
    with as_nobody():
        write_project(shop, FILES)
    open_folder.chmod(0o755)
    assert on_disk(shop) == FILES
    assert shop.stat().st_ino == before


def test_a_folder_that_may_not_be_read(open_folder: Path) -> None:
    """A folder whose contents are hidden is not taken for an empty one."""
    (open_folder / "shop").mkdir()
    (open_folder / "shop").chmod(0o333 if os.geteuid() == 0 else 0o300)
    with as_nobody(), pytest.raises(FailedError) as caught:
        check_target(Path("shop"), force=False)
    assert caught.value.key == "new.error.not-writable"
    (open_folder / "shop").chmod(0o755)


# A real disk that is full, a folder where a disk is mounted.


@pytest.fixture
def small_disk(workspace: Path) -> Iterator[Path]:
    """A disk of 64 KiB, mounted in the workspace."""
    disk = workspace / "disk"
    disk.mkdir()
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root on Linux may mount a disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine does not let root mount a disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("target", ["disk/shop", "disk/a/b/shop", "disk"])
def test_a_disk_that_is_full(small_disk: Path, target: str) -> None:
    """A project that does not fit leaves nothing behind, and the error says that the disk
    is full.
    """
    with pytest.raises(FailedError) as caught:
        write_project(Path(target), FILES | {"large.bin": b"x" * 100_000})
    assert caught.value.key == "new.error.disk-full"
    assert "No space left on device" in str(caught.value)
    assert list(small_disk.iterdir()) == []
    write_project(Path(target), FILES)
    assert on_disk(Path(target)) == FILES


def test_a_disk_that_is_read_only(small_disk: Path) -> None:
    """A disk that was mounted to be read is refused."""
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for target in ("disk/shop", "disk"):
        with pytest.raises(FailedError) as caught:
            write_project(Path(target), FILES)
        assert caught.value.key == "new.error.not-writable"
        assert "Read-only file system" in str(caught.value)


# A process that is ended while it works.


@pytest.fixture
def whole(catalog: Catalog) -> dict[str, bytes]:
    """The project that the processes below make."""
    return render(
        catalog.starter("flask"),
        catalog.resolve({}) | {"project_name": "shop", "title": "shop", "python": "3.11"},
    )


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "scaffold", "new", *arguments, "--defaults", "--python", "3.11"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.fixture
def duration(workspace: Path) -> float:
    """How long a project takes on this machine, in seconds."""
    begin = time.perf_counter()
    process = _start("shop")
    process.communicate()
    assert process.returncode == 0
    shutil.rmtree(workspace / "shop")
    return time.perf_counter() - begin


def _moments(duration: float, rounds: int) -> Iterator[tuple[bool, float]]:
    """Yield delays all over the time that a project takes: after the start, and
    after its hidden folder appeared.
    """
    yield False, 0
    for number in range(rounds):
        by_folder = number % 2 == 0
        part = (number + 1) / rounds
        yield by_folder, (0.3 * duration * part if by_folder else duration * part)
    yield False, 60


def _names() -> list[str]:
    """Return the names of all that is below the current folder, which changes while we look."""
    return [name for _, folders, files in os.walk(".") for name in (*folders, *files)]


def _end(
    process: subprocess.Popen[bytes], number: signal.Signals, moment: tuple[bool, float]
) -> tuple[int, str]:
    """Send a signal to a process and its children at a moment, or let it end before;
    return its code and its words.
    """
    by_folder, delay = moment
    while (
        by_folder and process.poll() is None and not any(".scaffold-" in name for name in _names())
    ):
        time.sleep(0.0005)
    try:
        process.wait(delay)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, number)
    _, message = process.communicate()
    return process.returncode, message.decode()


@NEEDS_POSIX
def test_sigkill_at_any_moment(workspace: Path, whole: dict[str, bytes], duration: float) -> None:
    """Killed at any moment, the project is not there or it is complete, its repository included."""
    outcomes = set()
    for moment in _moments(duration, 24):
        _end(_start("a/shop"), signal.SIGKILL, moment)
        target = workspace / "a" / "shop"
        if target.exists():
            done = subprocess.run(
                ["git", "status", "--porcelain"], cwd=target, capture_output=True, check=True
            )
            assert done.stdout == b""
            shutil.rmtree(target / ".git")
            assert on_disk(target) == whole
        outcomes.add(target.exists())
        shutil.rmtree(workspace / "a", ignore_errors=True)
    assert outcomes == {True, False}


@NEEDS_POSIX
@pytest.mark.parametrize("target", ["a/shop", "."])
def test_ctrl_c_at_any_moment(
    workspace: Path,
    whole: dict[str, bytes],
    duration: float,
    target: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Interrupted at any moment, the project is complete or there is
    nothing, no hidden folder either.
    """
    shop = workspace / "shop"
    outcomes = set()
    for moment in _moments(duration, 14):
        shop.mkdir()
        monkeypatch.chdir(shop)
        code, message = _end(_start(target), signal.SIGINT, moment)
        found = shop / target
        # Python itself may still be starting, and then ends by the signal, or with 1
        # while it looks for packages.
        assert code in {0, 130, -signal.SIGINT} or (code == 1 and "KeyboardInterrupt" in message), (
            message
        )
        if code == 0 or (found.exists() and list(found.iterdir())):
            shutil.rmtree(found / ".git")
            assert on_disk(found) == whole
        else:
            assert list(shop.iterdir()) == []
        outcomes.add(code == 0)
        shutil.rmtree(shop)
    assert outcomes == {True, False}


@pytest.mark.parametrize("path", [".git/config", "a/.GIT/hooks/pre-commit", "git~1/config", ".git"])
def test_paths_that_become_git(workspace: Path, path: str) -> None:
    """A template cannot place what git takes for its own; nothing is written then."""
    with pytest.raises(UsageError) as caught:
        write_project(Path("shop"), {"app.py": b"", path: b"evil\n"})
    assert caught.value.key == "new.error.path-in-git"
    assert list(workspace.iterdir()) == []
