"""Requirements with their includes: what a resolver is asked, and what stays as it is written."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest

from scaffold.adopt.flat_requirements import flatten, local_files
from scaffold.adopt.resolve import Unresolved, resolve
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trees import Tree

PYTHON = (3, 11)


def test_includes(tmp_path: Path) -> None:
    """Included files are read where they are, constraints limit and ask for
    nothing, options count once.
    """
    folder = build_file_tree(
        tmp_path / "project",
        {
            "lists/base.txt": (
                "-i https://index.example/simple\n--find-links wheels\nredis\n-c ../limits.txt\n"
            ),
            "limits.txt": "redis==3.5.3\n",
        },
    )
    flat = flatten(folder, "", "-i https://index.example/simple\n-r lists/base.txt\nflask\n")
    assert [line.name for line in flat.requirements] == ["flask", "redis"]
    assert flat.constraints == ["redis==3.5.3"]
    assert flat.options == ["-i https://index.example/simple", "--find-links lists/wheels"]
    assert not flat.missing


@pytest.mark.parametrize(
    "path", ["../base.txt", "none.txt", "https://example.com/base.txt", "/etc/passwd"]
)
def test_missing_include(tmp_path: Path, path: str) -> None:
    """What is not in the project is not read; the resolver is not asked, and
    the reason says which file it is.
    """
    (tmp_path / "base.txt").write_text("redis\n")
    folder = build_file_tree(tmp_path / "project", {"x.txt": ""})
    found = resolve(folder, f"-r {path}\nflask\n", "3.11")
    assert isinstance(found, Unresolved)
    assert (found.reason, found.name) == ("included", path)


@pytest.mark.parametrize(
    "line",
    [
        "-e .",
        "./lib",
        "-e git+https://github.com/somebody/thing.git@main#egg=thing",
        "thing @ git+https://github.com/somebody/thing.git",
        "https://example.com/thing-1.0.tar.gz",
    ],
)
def test_nothing_is_built(tmp_path: Path, line: str) -> None:
    """Folders, repositories and archives of sources are not given to a
    resolver, which would run their code.
    """
    flat = flatten(tmp_path, "", f"flask\n{line}\n")
    assert flat.for_resolver(PYTHON) == "flask\n"
    assert [found.source for found in flat.unbuilt()] == [line]


def test_official_sdk_from_its_repository(tmp_path: Path) -> None:
    """What the SDK needs is found by the package of the same version; the line itself stays."""
    flat = flatten(
        tmp_path, "", "-e git+https://github.com/leancloud/python-sdk.git@v3.0.2#egg=leancloud\n"
    )
    assert flat.for_resolver(PYTHON) == "leancloud==3.0.2\n"
    assert len(flat.unbuilt()) == 1


def test_markers(tmp_path: Path) -> None:
    """What is for another system stays for whoever has it; what is for the platform is
    asked for.
    """
    flat = flatten(tmp_path, "", "a; sys_platform == 'win32'\nb; python_version >= '3'\n")
    assert flat.for_resolver(PYTHON) == "b; python_version >= '3'\n"
    assert [line.source for line in flat.elsewhere(PYTHON)] == ["a; sys_platform == 'win32'"]


def test_local_files(tmp_path: Path) -> None:
    """Wheels and folders of the project that an installation needs are known."""
    folder = build_file_tree(
        tmp_path / "project", {"wheels/a-1.0-py3-none-any.whl": "x", "more/x": ""}
    )
    flat = flatten(folder, "", "--find-links ./more\n./wheels/a-1.0-py3-none-any.whl\n./gone.whl\n")
    assert local_files(folder, flat) == ["more", "wheels/a-1.0-py3-none-any.whl"]


# A build backend in the project's own folder, which needs nothing from an index.
PYPROJECT = "[build-system]\nrequires = []\nbuild-backend = 'evil'\nbackend-path = ['.']\n"


@pytest.mark.parametrize(
    "lines",
    ["-e .\n", "./evil-1.0\n", "--find-links ./index\nevil\n", "./index/evil-1.0.tar.gz\n"],
)
def test_no_code_of_the_project_runs(tmp_path: Path, lines: str) -> None:
    """Nothing of the project is built, nor of what its own list of packages leads to."""
    proof = tmp_path / "ran"
    package: Tree = {"pyproject.toml": PYPROJECT, "evil.py": f"open({str(proof)!r}, 'w')\n"}
    below: Tree = {f"evil-1.0/{path}": content for path, content in package.items()}
    folder = build_file_tree(tmp_path / "project", package, below, {"index/x": ""})
    with tarfile.open(folder / "index" / "evil-1.0.tar.gz", "w:gz") as archive:
        archive.add(folder / "evil-1.0", "evil-1.0")
    resolve(folder, f"--no-index\n{lines}", "3.11")
    assert not proof.exists()
