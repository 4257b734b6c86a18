"""Plain copier with the published versions: what it copies is what scaffold makes,
and it updates what 1.0.0 made.

That `copier copy` of the newest version and `scaffold new` agree for every combination of answers
is not tried one by one here: test_release.py compares what is published with this checkout's
templates byte for byte, and test_render.py renders those with copier and with scaffold for every
combination. What is left is that copier reads the published ones through git as it reads a
folder, which one combination shows.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import yaml

from scaffold import versions
from scaffold.catalog import Catalog
from scaffold.engine.boot import BootOptions, boot_project
from scaffold.questions import UserInput
from scaffold.render import render
from scaffold.template_compiler import PROJECT_FOLDER
from scaffold.writer import write_project
from tests.conftest import ROOT
from tests.repositories import commit, contents, git
from tests.trees import build_file_tree
from tools.bundle import published

if TYPE_CHECKING:
    from collections.abc import Iterator

OLD = "1.0.0"
# Beside them `LC_ALL` and a user's own LC_ names may stand anywhere.
PLATFORM = re.compile(rb"\bLC_(APP_|API_SERVER)")
# The user's files of 1.0.0 in which no name of the platform stands.
THEIRS = (
    "cloud.py",
    "static/style.css",
    "templates/error.html",
    "templates/index.html",
    "urls.py",
    "views.py",
)
PROGRAMS = Path(sys.executable).parent
SETTINGS = {
    "GIT_ALLOW_PROTOCOL": "scaffold:file",  # no network
    "GIT_CONFIG_NOSYSTEM": "1",
    "LC_ALL": "C.UTF-8",
}


class Updated(NamedTuple):
    """A project before and after its update, and what copier and the migration said."""

    folder: Path
    before: dict[str, bytes]
    message: str


Make = Callable[[str, str, Path], Path]


@pytest.fixture(scope="module")
def place(quick_folder: Path) -> Path:
    """A folder for what the tests of this file share."""
    # The tests of a file need not run one after the other: this may be asked for again.
    return Path(tempfile.mkdtemp(prefix="copier-update-", dir=quick_folder))


@pytest.fixture(scope="module", autouse=True)
def _installed(quick_folder: Path, place: Path) -> Iterator[None]:
    """Give the programs that `pip install leanengine-scaffold copier` gives
    to a user without settings.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_DIR"):
            patch.delenv(name, raising=False)
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        (place / "home").mkdir()
        patch.setenv("HOME", str(place / "home"))
        patch.setenv("TMPDIR", str(quick_folder))
        patch.setenv("PATH", os.pathsep.join([str(PROGRAMS), os.environ["PATH"]]))
        yield


def _run(*command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stderr
    return done


def _update(folder: Path) -> str:
    """Update a project to the newest version; return what was said."""
    return _run("copier", "update", "--defaults", "--trust", cwd=folder).stderr


def _changed(folder: Path) -> dict[str, str]:
    """Return the state of each file that differs from the last commit, as `git status` names it."""
    listed = git(folder, "status", "--porcelain", "-z", "--untracked-files=all").split("\0")[:-1]
    return {line[3:]: line[:2].strip() for line in listed}


def _recorded(folder: Path) -> tuple[str, str]:
    """Return where the updates of a project come from, and its version."""
    recorded = yaml.safe_load((folder / ".copier-answers.yml").read_text())
    return recorded["_src_path"], recorded["_commit"]


def _unpack(version: str, folder: Path) -> Path:
    """Write the templates of a published version into a folder."""
    return build_file_tree(folder, published(versions.BUNDLE, version))


@pytest.fixture(scope="module")
def make(place: Path) -> Make:
    """Make a project of a published version, and commit it.

    scaffold renders it as copier does, which test_render.py shows for the present
    templates, in a tenth of the time.
    """
    catalogs: dict[str, Catalog] = {}

    def make(version: str, starter: str, folder: Path) -> Path:
        if version not in catalogs:
            root = _unpack(version, place / version)
            catalogs[version] = Catalog(root, {"_commit": version, "_src_path": versions.SOURCE})
        answers = catalogs[version].resolve({"starter": UserInput(starter, "test")})
        write_project(folder, render(catalogs[version].starter(starter), answers))
        return commit(folder)

    return make


@pytest.fixture(scope="module")
def updated(make: Make, place: Path) -> Callable[[str, str], Updated]:
    """Make a project and update it, once for all tests that look at it."""
    done: dict[tuple[str, str], Updated] = {}

    def update(version: str, starter: str) -> Updated:
        if (version, starter) not in done:
            shop = make(version, starter, place / f"{version}-{starter}" / "shop")
            before = contents(shop)
            done[version, starter] = Updated(shop, before, _update(shop))
        return done[version, starter]

    return update


def _moved(content: bytes) -> bytes:
    """Return a user's file as the newest version has it."""
    taken = content.replace(b"from leansdk ", b"from leanengine.sdk ")
    return taken.replace(b"import leansdk as", b"import leanengine.sdk as")


def _old() -> list[tuple[str, str]]:
    """Return each starter of the old generation, and of later versions the first and the last
    in turn: the others share their files.
    """
    found = []
    for number, version in enumerate(versions.published()[:-1]):
        questions = yaml.safe_load(published(versions.BUNDLE, version)["copier.yml"])
        choices = questions["starter"]["choices"]
        if isinstance(choices, dict):
            named = choices.values()
            choices = [each["value"] if isinstance(each, dict) else each for each in named]
        one = choices[-(number % 2)]
        found += [(version, starter) for starter in (choices if version == OLD else [one])]
    return found


def test_copy(tmp_path: Path, catalog: Catalog) -> None:
    """`copier copy` of the newest version needs no trust and writes what
    scaffold makes, answers file included.
    """
    given = {"starter": "tornado", "cloud_functions": "false"}
    data = [part for key, value in given.items() for part in ("--data", f"{key}={value}")]
    _run("copier", "copy", "--quiet", "--defaults", *data, versions.SOURCE, "shop", cwd=tmp_path)
    answers = catalog.resolve({key: UserInput(value, "test") for key, value in given.items()})
    assert contents(tmp_path / "shop") == render(catalog.starter(str(answers["starter"])), answers)


@pytest.mark.parametrize(("version", "starter"), _old())
def test_an_untouched_project(
    version: str, starter: str, updated: Callable[[str, str], Updated]
) -> None:
    """What an earlier version made is brought to the newest without a conflict, and
    `scaffold check` finds no error.

    Between generations no name of the old platform is left; the user's own files are
    rewritten there, and only there.
    """
    shop, before, message = updated(version, starter)
    after = contents(shop)
    changed = _changed(shop)
    second = version.startswith("2.")
    gone = {"leanengine.py", "leansdk.py"} if second else set()
    assert gone <= {path for path, state in changed.items() if state == "D"}
    assert set(changed.values()) <= {"M", "??", "D"}, changed
    assert _recorded(shop) == (versions.SOURCE, versions.newest())
    assert [path for path, content in after.items() if PLATFORM.search(content)] == []
    assert {path: after[path] for path in THEIRS if path in before} == {
        path: before[path].replace(b"from leansdk ", b"from leanengine.sdk ")
        for path in THEIRS
        if path in before
    }
    if version == OLD:
        rewritten = {"flask": "app.py", "django": "settings.py"}[starter]
        assert changed[rewritten] == changed["start.sh"] == "M"
        assert f"  {rewritten}: " in message
        assert "  start.sh: " in message
    assert ("  cloud.py: " in message) == second
    _run("scaffold", "check", str(shop))


def test_a_second_update_changes_nothing(
    updated: Callable[[str, str], Updated], tmp_path: Path
) -> None:
    """After the update is committed, another one finds nothing to do, and
    the migration does not run again.
    """
    shop = tmp_path / "shop"
    shutil.copytree(updated(OLD, "flask").folder, shop, symlinks=True)
    commit(shop)
    before = contents(shop)
    assert "migrate" not in _update(shop)
    assert (_changed(shop), contents(shop)) == ({}, before)


def _edit(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text("utf-8")
    assert text.count(old) == 1
    (folder / path).write_text(text.replace(old, new), "utf-8")


def test_an_edited_project(make: Make, tmp_path: Path) -> None:
    """The user's files are rewritten too, Python 2 and CRLF included; their own
    LC_ names and their lines stay.

    A line of theirs in one of our files that is new throughout is a conflict, and the only one. A
    file that they deleted stays deleted.
    """
    shop = make(OLD, "flask", tmp_path / "shop")
    route = "@app.route('/')"
    _edit(
        shop,
        "app.py",
        route,
        f"SMS = os.environ['LC_SMS_KEY']\nID = os.environ['LC_APP_ID']\n\n\n{route}",
    )
    _edit(shop, "cloud.py", "    print('daily_report ran')", "    print(u'日报')")
    _edit(shop, "start.sh", "export LC_APP_ID=\n", "export LC_APP_ID=mine\nexport LC_ALL=C\n")
    _edit(shop, "requirements.txt", "gevent>=1.0.2\n", "gevent>=1.0.2\nredis==2.10.6\n")
    _edit(shop, ".gitignore", ".DS_Store\n", ".DS_Store\n*.log\n")
    _edit(
        shop,
        "wsgi.py",
        "application = engine\n",
        "application = engine\nMINE = os.environ['LC_APP_KEY']\n",
    )
    (shop / "templates" / "error.html").unlink()
    (shop / "tasks").mkdir()
    (shop / "tasks" / "clean.py").write_bytes(
        b"import os\r\nprint os.environ.get('LC_APP_MASTER_KEY')\r\n"
    )
    commit(shop)
    message = _update(shop)
    assert [path for path, state in _changed(shop).items() if state not in {"M", "??"}] == [
        "wsgi.py"
    ]
    merged = (shop / "wsgi.py").read_text()
    assert "MINE = os.environ['LEANCLOUD_APP_KEY']" in merged
    assert merged.count("<<<<<<< before updating\n") == 1
    app = (shop / "app.py").read_text()
    assert "SMS = os.environ['LC_SMS_KEY']\nID = os.environ['LEANCLOUD_APP_ID']\n" in app
    assert "os.environ.get('LEANCLOUD_APP_ENV') == 'production'" in app
    assert "print(u'日报')" in (shop / "cloud.py").read_text("utf-8")
    assert "export LEANCLOUD_APP_ID=mine\nexport LC_ALL=C\n" in (shop / "start.sh").read_text(
        "utf-8"
    )
    assert (shop / ".gitignore").read_text().endswith("*.log\n")
    assert not (shop / "templates" / "error.html").exists()
    task = (shop / "tasks" / "clean.py").read_bytes()
    assert task == b"import os\r\nprint os.environ.get('LEANCLOUD_APP_MASTER_KEY')\r\n"
    requirements = (shop / "requirements.txt").read_text().splitlines()
    assert "redis==2.10.6" in requirements
    assert (shop / "requirements.in").read_text().endswith("\nredis==2.10.6\n")
    assert "requirements.in too from now on: redis==2.10.6" in message
    assert not [line for line in requirements if line.startswith(("leancloud", "gevent", "Flask"))]
    assert "leancloud==" in (shop / "leanengine.yaml").read_text()
    for path in ("app.py", "start.sh", "tasks/clean.py", "wsgi.py"):
        assert path in message
    assert "cloud.py" not in message


def test_an_edited_project_of_version_2(make: Make, tmp_path: Path) -> None:
    """Imports move in all of the user's files, and only they change;
    variables that they declared are still there.
    """
    shop = make("2.0.1", "flask", tmp_path / "shop")
    (shop / "cloud.py").write_bytes(
        (shop / "cloud.py").read_bytes().replace(b"\n", b"\r\n") + b"# mine"
    )
    (shop / "lib").mkdir()
    gbk = "# coding: gbk\n# 数据\nimport os, leansdk\nleansdk.leancloud.User\n".encode("gbk")
    (shop / "lib" / "data.py").write_bytes(gbk)
    _edit(
        shop,
        "env.py",
        "    # Declare yours here: `SMTP",
        "    MINE: str = ''\n    # Declare yours here: `SMTP",
    )
    here = "or above, without a default, `SMTP_HOST: str`.\n"
    _edit(shop, "env.py", here, f"{here}    SMTP_PORT: int = 25  # 端口\n")
    _edit(
        shop,
        "app.py",
        "from env import env\n",
        "from env import env\nimport leansdk as sdk  # 我的\n",
    )
    commit(shop)
    before = contents(shop)
    _update(shop)
    assert set(_changed(shop).values()) == {"M", "??", "D"}
    assert (shop / "lib" / "data.py").read_bytes() == gbk.replace(
        b"os, leansdk", b"os, leanengine.sdk as leansdk"
    )
    for path in ("cloud.py", "app.py"):
        assert (shop / path).read_bytes() == _moved(before[path])
    environment = (shop / "env.py").read_text("utf-8")
    assert "    MINE: str = ''\n" in environment
    assert "    SMTP_PORT: int = 25  # 端口\n" in environment
    assert environment.endswith("env = Env.load()\n")


@pytest.mark.boot
@pytest.mark.usefixtures("byte_code")
@pytest.mark.parametrize(("version", "starter"), [(OLD, "django"), ("2.0.1", "flask")])
def test_an_updated_project_starts(
    version: str,
    starter: str,
    updated: Callable[[str, str], Updated],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What earlier versions made is ready to be deployed after the update,
    as it is; tests/update starts another.
    """
    shop = tmp_path / "shop"
    shutil.copytree(updated(version, starter).folder, shop, symlinks=True)
    # Another Python than the template's may run the tests; its pins are as
    # good for all that it knows.
    (shop / ".python-version").write_text("{}.{}".format(*sys.version_info))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # on the disk
    report = boot_project(shop, BootOptions())
    assert report.error is None, report.log


@pytest.fixture(scope="module")
def fork(place: Path) -> Path:
    """A repository with somebody's copy of the templates, which has two versions of its own."""
    folder = _unpack(versions.newest(), place / "fork" / "starters")
    project = folder / "templates" / "flask" / PROJECT_FOLDER
    for tag in ("8.2.0", "9.1.0"):
        for path in ("app.py", "wsgi.py", "static/style.css"):
            with (project / path).open("a", encoding="utf-8") as file:
                file.write(f"# {tag}\n")
        commit(folder, tag=tag)
    return folder


def test_a_fork_records_itself(fork: Path, tmp_path: Path) -> None:
    """Updates of a project from a clone of somebody's copy of the templates come
    from there, by its own versions.
    """
    _run("copier", "copy", "--quiet", "--defaults", str(fork), "shop", cwd=tmp_path)
    assert _recorded(tmp_path / "shop") == (str(fork), "9.1.0")


def test_a_later_update(fork: Path, tmp_path: Path) -> None:
    """An update within a generation needs no trust; it leaves the user's files
    alone, whatever is answered anew.

    What they deleted does not come back, cloud.py stays without cloud functions,
    another framework brings its files.
    """
    address = f"git+{fork.as_uri()}"
    shop = tmp_path / "shop"
    _run("copier", "copy", "--quiet", "--defaults", "--vcs-ref", "8.2.0", address, str(shop))
    assert _recorded(shop) == (address, "8.2.0")
    (shop / "static" / "style.css").unlink()
    commit(shop)
    before = contents(shop)
    _run("copier", "update", "--defaults", "--data", "cloud_functions=false", cwd=shop)
    assert (shop / "wsgi.py").read_text().endswith("# 8.2.0\n# 9.1.0\n")
    assert _recorded(shop) == (address, "9.1.0")
    assert not (shop / "static" / "style.css").exists()
    theirs = ("app.py", "cloud.py", "templates/index.html", "tests/test_app.py")
    assert [path for path in theirs if (shop / path).read_bytes() != before[path]] == []
    # The version says which of these there are.
    of_functions = {"leanengine/functions.py", "leanengine/sdk.py", "tests/test_security.py"}
    assert {
        path for path, state in _changed(shop).items() if state == "D"
    } == of_functions & before.keys()
    commit(shop)
    _run("copier", "update", "--defaults", "--data", "starter=django", cwd=shop)
    assert {"settings.py", "urls.py", "views.py"} <= {
        path for path, state in _changed(shop).items() if state == "??"
    }
    assert (shop / "app.py").read_bytes() == before["app.py"]


def test_a_checkout_records_what_is_published(tmp_path: Path, catalog: Catalog) -> None:
    """A checkout of scaffold has no tags: a project made from there is
    updated from what is published.
    """
    for name in ("copier.yml", "templates"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    commit(tmp_path)
    _run("copier", "copy", "--quiet", "--defaults", str(tmp_path), "shop", cwd=tmp_path)
    assert _recorded(tmp_path / "shop") == (catalog.origin["_src_path"], catalog.origin["_commit"])
