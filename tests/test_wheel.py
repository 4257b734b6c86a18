"""The wheel: an installed scaffold makes what the checkout makes, and starts
without what only a checkout needs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from scaffold import __version__
from scaffold.catalog import combinations
from scaffold.questions import UserInput
from scaffold.render import render
from scaffold.versions import SOURCE, published
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.catalog import Catalog
    from tests.conftest import SharedFolder
    from tools import dist

pytestmark = pytest.mark.boot

# Run by the installed Python: every combination of answers with its files,
# then what a command imported.
RENDER = """
import json, sys
from scaffold.render import render
from scaffold.catalog import Catalog, combinations
catalog = Catalog()
made = [
    [answers, {path: d.decode() for path, d in render(catalog.starter(name), answers).items()}]
    for name in catalog.questions["starter"].choices
    for answers in combinations(catalog, name)
]
json.dump(made, sys.stdout)
"""
IMPORTED = """
import sys
from scaffold.__main__ import main
code = main()
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
sys.exit(code)
"""
SLOW = {
    "yaml",
    "jinja2",
    "questionary",
    "prompt_toolkit",
    "rich",
    "copier",
    "cookiecutter",
    "tempfile",
    "shutil",
}
if sys.version_info >= (3, 11):  # before, click's `uuid` imports it
    SLOW.add("subprocess")


@pytest.fixture(scope="session")
def wheel(built: dist.Built) -> Path:
    """The wheel of this checkout."""
    return built.wheel


@pytest.fixture(scope="session")
def programs(wheel: Path, shared_folder: SharedFolder) -> Path:
    """The programs of a virtualenv in which nothing but the wheel and its
    dependencies are installed.
    """

    def fill(folder: Path) -> None:
        uv = [sys.executable, "-m", "uv", "--quiet"]
        subprocess.run([*uv, "venv", "--python", sys.executable, folder], check=True)
        subprocess.run([*uv, "pip", "install", "--python", folder, wheel], check=True, cwd=folder)

    return shared_folder("installed", fill) / ("Scripts" if os.name == "nt" else "bin")


@pytest.fixture(autouse=True)
def _only_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)


def _run(program: Path, *arguments: str) -> str:
    return subprocess.run(
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    ).stdout


def test_contents(wheel: Path, catalog: Catalog) -> None:
    """The wheel has the package, its messages and the compiled starters, and nothing else."""
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {
        "scaffold",
        "leanengine_scaffold",
    }
    compiled = {name for name in names if name.startswith("scaffold/compiled/")}
    starters = catalog.questions["starter"].choices
    assert compiled == {f"scaffold/compiled/{name}.json" for name in ("questions", *starters)}
    bundle = zipfile.ZipFile(wheel).read("scaffold/starters.bundle")
    assert bundle == (ROOT / "releases" / "starters.bundle").read_bytes()
    for path in (ROOT / "scaffold").rglob("*"):
        if path.suffix in {".py", ".json", ".html", ".css", ".js"}:
            assert path.relative_to(ROOT).as_posix() in names


def test_git_reads_the_versions(
    programs: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where scaffold is installed git reads the published versions, from what was installed."""
    del workspace
    monkeypatch.setenv("PATH", os.pathsep.join([str(programs), os.environ["PATH"]]))
    listed = subprocess.run(
        ["git", "ls-remote", "--tags", SOURCE], check=True, capture_output=True, text=True
    ).stdout
    assert [line.partition("refs/tags/")[2] for line in listed.splitlines()] == published()


def test_both_names(programs: Path, workspace: Path) -> None:
    """The program is there under both of its names, and as a module."""
    del workspace
    for command in (["scaffold"], ["lean-scaffold"], ["python", "-m", "scaffold"]):
        assert _run(programs / command[0], *command[1:], "--version") == f"scaffold {__version__}\n"


def test_every_combination_is_the_same(programs: Path, catalog: Catalog, workspace: Path) -> None:
    """For every combination of answers, the installed scaffold renders what the
    checkout renders.
    """
    del workspace
    made = json.loads(_run(programs / "python", "-c", RENDER))
    starters = {name: catalog.starter(name) for name in catalog.questions["starter"].choices}
    expected = [
        (a, render(starter, a))
        for name, starter in starters.items()
        for a in combinations(catalog, name)
    ]
    assert [answers for answers, _ in made] == [answers for answers, _ in expected]
    for (answers, files), (_, contents) in zip(made, expected, strict=True):
        assert {path: text.encode() for path, text in files.items()} == contents, answers


def test_a_project_is_the_same(programs: Path, catalog: Catalog, workspace: Path) -> None:
    """What is installed writes to the disk what the checkout renders."""
    _run(programs / "scaffold", "new", "shop", "--defaults", "--python", "3.11", "--no-git")
    shop = workspace / "shop"
    files = {
        p.relative_to(shop).as_posix(): p.read_bytes()
        for p in sorted(shop.rglob("*"))
        if p.is_file()
    }
    answers = catalog.resolve({"project_name": UserInput("shop", "test")})
    assert files == render(catalog.starter("flask"), answers)


@pytest.mark.parametrize(
    "command", [["new", "shop", "--defaults", "--no-git"], ["list"], ["list", "--json"]]
)
def test_nothing_slow_is_imported(programs: Path, workspace: Path, command: list[str]) -> None:
    """Without questions there are no prompts, no templates, no YAML and no tables to load."""
    done = subprocess.run(
        [programs / "python", "-c", IMPORTED, *command],
        cwd=workspace,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stderr.splitlines()[-1].split()) & SLOW == set()
