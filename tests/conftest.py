"""Fixtures that several test files share."""

from __future__ import annotations

import gc
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, settings
from jinja2 import Environment

from scaffold import cli, messages, output, versions
from scaffold.catalog import Catalog
from scaffold.commands import new
from scaffold.questions import UserInput
from scaffold.render import render
from tests.base_image import base, boot
from tests.byte_code import byte_code
from tests.renders import KnownTexts
from tests.repositories import commit
from tests.trees import build_file_tree
from tools import bundle, dist
from tools.chromium import CHROMIUM

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

    from playwright.sync_api import Browser

    from tests.trees import Tree

# Fixtures for every test file.
__all__ = ["base", "boot", "byte_code"]

ROOT = Path(__file__).parent.parent
# The questions and starters of this checkout; they compile when they are first asked for.
CATALOG = Catalog(ROOT)
# They run in generated projects, see tools/matrix/run.py.
collect_ignore = ["generated"]
# Files with tests that take half a minute.
LONGEST = ("tests/test_boot_starters.py", "tests/test_first_day.py")
# Files in which a browser or a base image is made for all tests: each is left to one worker.
TOGETHER = (
    "tests/site/test_browser.py",
    "tests/test_container.py",
    "tests/up/test_browser.py",
    "tests/test_clients.py",
)
# Linux's folder of memory, and what has to be free there; tests that start no project need little.
MEMORY, ROOM = Path("/dev/shm"), 1 << 30
# What keeps Chromium from asking anybody but the page, and from what it does not need here.
CHROMIUM_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NEEDS_CHROMIUM = pytest.mark.skipif(
    not CHROMIUM, reason="there is no Chromium; `make browser` installs it as root on Debian"
)


# Property tests try the same each time, however slow the machine is, and share what tests share.
settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("suite")


def pytest_configure() -> None:
    """Let tests run alike wherever they are started.

    It is left to the first import to compile what tests install: most of it is never imported.
    Python buffers and keeps byte code in what they start, as for users, whatever is set here.

    Under `nohup` and in the background some signals are ignored, which every process that a test
    starts would inherit; a handler that does nothing it does not.
    """
    os.environ.setdefault("UV_COMPILE_BYTECODE", "false")
    for name in ("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"):
        os.environ.pop(name, None)
    for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda _number, _frame: None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the tests that start real projects, the longest of all first, and
    give each worker as many of them, but files with costly fixtures to one.

    They wait most of the time; a long one that begins last would keep one worker while the others
    have no more to do. `--dist worksteal` hands each worker one run of `items`.
    """
    workers = int(getattr(config, "workerinput", {}).get("workercount", 1))
    slow = [item for item in items if item.get_closest_marker("boot")]
    slow.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    apart = [item for item in slow if not item.nodeid.startswith(TOGETHER)]
    fast = [item for item in items if not item.get_closest_marker("boot")]
    items.clear()
    for worker in range(workers):
        files = TOGETHER[worker::workers]
        mine = [item for item in slow if item.nodeid.startswith(files)] + apart[worker::workers]
        size = (len(slow) + len(fast)) * (worker + 1) // workers - len(items) - len(mine)
        items += mine + fast[:size]
        del fast[:size]
    items += fast


def pytest_collection_finish() -> None:
    """Look for garbage among what all tests share, hundreds of thousands of objects, no more, and
    less often among the rest: it took a third of the time.
    """
    gc.freeze()
    gc.set_threshold(700, 10, 1000)


@dataclass(frozen=True)
class Result:
    """What a run of the command line came to."""

    code: int
    out: str
    err: str


Scaffold = Callable[..., Result]
Repository = Callable[..., Path]


def snapshot(folder: Path) -> dict[str, object]:
    """Return everything below a folder: contents of files, targets of links, modes of folders."""
    return {path.relative_to(folder).as_posix(): _entry(path) for path in sorted(folder.rglob("*"))}


def work_tree(folder: Path) -> dict[str, object]:
    """Return the same without git's own files."""
    return {path: entry for path, entry in snapshot(folder).items() if not path.startswith(".git/")}


def on_disk(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder, as the renderer would return them."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def _entry(path: Path) -> object:
    if path.is_symlink():
        return f"-> {path.readlink()}"
    return oct(path.stat().st_mode) if path.is_dir() else path.read_bytes()


@pytest.fixture(scope="session")
def quick_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for thousands of small files: in memory where there is one, as a disk keeps a
    journal of each of them.
    """
    if not MEMORY.is_dir() or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC or _free(MEMORY) < ROOM:
        yield tmp_path_factory.mktemp("quick")
        return
    with tempfile.TemporaryDirectory(prefix="scaffold-tests-", dir=MEMORY) as name:
        Path(name).chmod(0o755)  # PostgreSQL is another user's
        yield Path(name)


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


@pytest.fixture
def tmp_path(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    quick_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    """A folder for one test. What starts real projects installs them there, on the disk; the
    others are quick, and so is what they call in temporary folders.
    """
    name = re.sub(r"\W", "_", request.node.name)[:30]
    if request.node.get_closest_marker("boot"):
        yield tmp_path_factory.mktemp(name)
        return
    monkeypatch.setenv("TMPDIR", str(quick_folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    folder = Path(tempfile.mkdtemp(prefix=name, dir=quick_folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder outside of any repository, for a user without
    settings who speaks English.
    """
    for name in (
        "LC_ALL",
        "LC_MESSAGES",
        "LANG",
        "NO_COLOR",
        "TERM",
        "XDG_CONFIG_HOME",
        "GIT_CONFIG_GLOBAL",
    ):
        monkeypatch.delenv(name, raising=False)
    for name in ("home", "work"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def scaffold(
    workspace: Path,
    catalog: Catalog,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Scaffold:
    """Run scaffold with these arguments in this process, in `workspace`."""
    del workspace
    # A checkout compiles its questions at each start; once is enough for all tests.
    monkeypatch.setattr(new, "Catalog", lambda: catalog)

    def run(*arguments: str) -> Result:
        code = cli.run(arguments)
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run


@pytest.fixture
def repository(workspace: Path) -> Repository:
    """Write a project into a repository of its own, everything committed."""

    def make(*trees: Tree, name: str = "project") -> Path:
        folder = workspace / name
        folder.mkdir()
        return commit(folder, *trees)

    return make


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The questions and starters of this checkout."""
    return CATALOG


@pytest.fixture(scope="session")
def template_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the template outside of git, so that copier and
    cookiecutter read the files as they are.
    """
    folder = tmp_path_factory.mktemp("template")
    for name in ("copier.yml", "cookiecutter.json"):
        shutil.copy(ROOT / name, folder)
    ignore = shutil.ignore_patterns("__pycache__", ".*_cache")
    shutil.copytree(ROOT / "templates", folder / "templates", symlinks=True, ignore=ignore)
    return folder


Published = Callable[..., dict[str, bytes]]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Return the files of a project of a published version:
    `published("1.0.0", starter="flask")`.
    """
    catalogs: dict[str, Catalog] = {}

    def make(version: str, **answers: object) -> dict[str, bytes]:
        if version not in catalogs:
            templates = bundle.published(versions.BUNDLE, version)
            catalogs[version] = Catalog(
                build_file_tree(tmp_path_factory.mktemp(version), templates)
            )
        catalog = catalogs[version]
        resolved = catalog.resolve({key: UserInput(value, key) for key, value in answers.items()})
        return render(catalog.starter(str(resolved["starter"])), resolved)

    return make


SharedFolder = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> SharedFolder:
    """Make a folder that all workers of a run read: the first that asks fills it, the
    others wait.
    """
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def share(name: str, fill: Callable[[Path], None]) -> Path:
        folder = root / f"shared-{name}"
        with _locked(root / f"shared-{name}.lock"):
            done = root / f"shared-{name}.done"
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                fill(folder)
                done.touch()
        return folder

    return share


@pytest.fixture(scope="session")
def built(shared_folder: SharedFolder) -> dist.Built:
    """The sdist, and the wheel that was built from it, which is that of the checkout."""

    def fill(folder: Path) -> None:
        folder.mkdir()
        dist.build(folder)

    folder = shared_folder("dist", fill)
    return dist.Built(next(folder.glob("*.tar.gz")), next(folder.glob("*.whl")))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser with a profile of its own; tests that ask for it are marked with `NEEDS_CHROMIUM`.

    Not one for the whole run: as long as Playwright runs, no other test can
    start an event loop of its own.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # In a container root has no user namespaces, and the pages are ours.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=CHROMIUM_FLAGS, chromium_sandbox=False
        )
        yield browser
        browser.close()


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Let one process in at a time; where there is no `fcntl`, that is on
    Windows, workers are not used.
    """
    with file.open("a") as lock:
        if fcntl:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="module")
def read_once() -> Iterator[None]:
    """Keep what Jinja compiles and PyYAML reads: the same source is the same
    for every combination of answers.

    copier and cookiecutter make a new environment for each project, and copier reads the questions
    anew; with hundreds of combinations that is most of the time.
    """
    compiled: dict[tuple[object, ...], CodeType] = {}
    compile_anew = Environment.compile

    def compile_once(
        self: Environment, source: Any, name: Any = None, filename: Any = None, *rest: Any
    ) -> CodeType:
        options = (
            type(self),
            self.trim_blocks,
            self.lstrip_blocks,
            self.keep_trailing_newline,
            self.undefined,
        )
        key = (*options, str(source), name, filename, *rest)
        if key not in compiled:
            compiled[key] = compile_anew(self, source, name, filename, *rest)
        return compiled[key]

    parsed: dict[tuple[str, ...], list[Any]] = {}
    parse_anew = yaml.load_all

    def parse_once(stream: Any, Loader: Any) -> Iterator[Any]:  # noqa: N803 - yaml's name
        source = stream.read() if hasattr(stream, "read") else stream
        # copier makes a loader for each file, a class of the same name each time.
        key = (source if isinstance(source, str) else source.decode("utf-8"), Loader.__qualname__)
        if key not in parsed:
            parsed[key] = list(parse_anew(source, Loader))
        yield from deepcopy(parsed[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", compile_once)
        patch.setattr(yaml, "load_all", parse_once)
        yield


@pytest.fixture(scope="module")
def rendered_once() -> Iterator[None]:
    """Let scaffold render each template once for the same answers to what it asks for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scaffold.render.run", KnownTexts().run)
        yield


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Speak English, and print as on a fresh start, in every test."""
    messages.set_language("en")
    output.settings = output.OutputSettings()
    yield
    messages.set_language("en")
    output.settings = output.OutputSettings()
