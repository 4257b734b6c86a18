"""What generated projects look like to mypy: every function has types, and they fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy import api

from scaffold.catalog import combinations
from scaffold.render import render
from tests.conftest import CATALOG
from tests.some import some
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

# Frameworks are not installed for this suite, so what comes from them is of any type.
OPTIONS = [
    "--disallow-untyped-defs",
    "--check-untyped-defs",
    "--disallow-any-generics",
    "--strict-equality",
    "--warn-redundant-casts",
    "--warn-unreachable",
    "--no-site-packages",
    "--ignore-missing-imports",
    "--exclude=^deploy/",
    "--no-error-summary",
]


def _different_projects() -> Iterator[dict[str, bytes]]:
    """Yield projects of all starters that together hold each Python file that any of them has."""
    seen: set[bytes] = set()
    for starter in CATALOG.questions["starter"].choices:
        compiled = CATALOG.starter(starter)
        made = [render(compiled, answers) for answers in combinations(CATALOG, starter)]
        modules = [_modules(files) for files in made]
        # Those with the most to check first, so that few are needed.
        while True:
            new = [len(each - seen) for each in modules]
            most = new.index(max(new))
            if not new[most]:
                break
            seen |= modules[most]
            yield made[most]


def _modules(files: dict[str, bytes]) -> set[bytes]:
    """Return what the Python files of a project hold."""
    return {content for path, content in files.items() if path.endswith(".py")}


def test_types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mypy finds nothing in any file of a project, whatever was answered."""
    for number, files in enumerate(some(_different_projects())):
        monkeypatch.chdir(build_file_tree(tmp_path / str(number), files))
        out, err, code = api.run([*OPTIONS, f"--cache-dir={tmp_path / 'cache'}", "."])
        assert code == 0, out + err
