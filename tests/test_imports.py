"""Imports: what a start needs and no more, without circles, and downwards only."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.trees import build_file_tree
from tools.imports import LAYERS, UPWARDS, circle, graph, parts, upwards

if TYPE_CHECKING:
    from pathlib import Path

# Prints every module that a command line imports, as the last line on stderr; not what Python has
# imported by then, which on Debian is a `sitecustomize`.
IMPORTED = """
import sys
started = set(sys.modules)
from scaffold.__main__ import main
code = main()
imported = sorted(set(sys.modules) - started)
import json
print(json.dumps(imported), file=sys.stderr)
sys.exit(code)
"""
# What the help of any command needs.
HELP = {
    "scaffold",
    "scaffold.__main__",
    "scaffold.cli",
    "scaffold.click_i18n",
    "scaffold.errors",
    "scaffold.files",
    "scaffold.messages",
    "scaffold.output",
    "scaffold.printable",
}
# Packages and libraries that none of these starts may import.
NOT_AT_START = {
    "scaffold.adopt",
    "scaffold.checks",
    "scaffold.engine",
    "scaffold.git",
    "scaffold.migrate",
    "scaffold.prompts",
    "scaffold.requirements",
    "scaffold.store",
    "scaffold.timers",
    "scaffold.up",
    "scaffold.update",
    "scaffold.wizard",
}
# A checkout compiles its templates; an installed scaffold does not, see test_wheel.py.
LIBRARIES = {"click", "jinja2", "markupsafe", "yaml"}


def _imported(*arguments: str, folder: Path | None = None) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    names: list[str] = json.loads(done.stderr.splitlines()[-1])
    return set(names)


def _libraries(modules: set[str]) -> set[str]:
    """Return the distributions' modules among those of Python itself and ours."""
    tops = {name.partition(".")[0] for name in modules} - {"scaffold", "cython_runtime"}
    return {name for name in tops - sys.stdlib_module_names if not name.startswith("_")}


def test_the_version_imports_next_to_nothing() -> None:
    """`--version` imports neither click nor JSON nor paths."""
    modules = _imported("--version")
    assert {name for name in modules if name.startswith("scaffold")} == {
        "scaffold",
        "scaffold.__main__",
    }
    assert _libraries(modules) == set()
    assert modules & {"json", "pathlib", "subprocess"} == set()


def test_the_help_imports_the_command_line_only() -> None:
    """`--help` imports no command."""
    modules = _imported("--help")
    assert {name for name in modules if name.startswith("scaffold")} == HELP
    assert _libraries(modules) == {"click"}


@pytest.mark.parametrize("command", ["new", "list"])
def test_the_help_of_a_command_imports_little(command: str) -> None:
    """The help of a command reads no template."""
    modules = _imported(command, "--help")
    assert modules >= {*HELP, f"scaffold.commands.{command}"}
    assert modules & (NOT_AT_START | {"scaffold.template_compiler"}) == set()
    assert _libraries(modules) == {"click"}


def test_new_imports_what_it_uses(tmp_path: Path) -> None:
    """`new` imports none of the packages that belong to other commands."""
    modules = _imported("new", "shop", "--defaults", "--no-git", folder=tmp_path)
    assert modules & NOT_AT_START == set()
    assert _libraries(modules) <= LIBRARIES


def test_no_circles() -> None:
    """No module imports itself by way of others, lazy imports and those of types included."""
    modules = graph()
    assert len(modules) > 100
    assert circle(modules) == []


def test_layers() -> None:
    """Every part has a layer, and imports from lower layers only, but where a reason is given."""
    found = parts(graph())
    assert sorted(found) == sorted(name for layer in LAYERS for name in layer)
    assert upwards(found) == sorted(UPWARDS)


def test_what_the_graph_finds(tmp_path: Path) -> None:
    """Imports anywhere in a module count, circles are found, and so is what leads upwards."""
    sources = {
        "scaffold/__init__.py": "",
        "scaffold/errors.py": "def f():\n    from scaffold import commands\n",
        "scaffold/commands/__init__.py": "import scaffold.commands.one\n",
        "scaffold/commands/one.py": "if True:\n    from scaffold.errors import f\n",
    }
    modules = graph(build_file_tree(tmp_path, sources))
    assert modules["scaffold.errors"] == {"scaffold.commands"}
    assert modules["scaffold.commands"] == {"scaffold.commands.one"}
    assert circle(modules)[0] == circle(modules)[-1]
    assert set(circle(modules)) == {"scaffold.errors", "scaffold.commands", "scaffold.commands.one"}
    assert upwards(parts(modules)) == ["errors -> commands"]
    assert upwards({"unknown": {"errors"}}) == ["unknown -> errors"]


# One update, from the repository that it reads to the session that runs it.
UPDATE = [
    "repository",
    "index",
    "answers_file",
    "template",
    "decision",
    "copier_process",
    "working_copy",
    "runner",
    "plan",
    "user_edits",
    "obstacles",
    "journal",
    "apply",
    "session",
    "report",
]


def test_an_update_is_read_from_top_to_bottom() -> None:
    """Each module of scaffold.update imports only from those before it, types included."""
    package = "scaffold.update."
    found = {name.removeprefix(package): imported for name, imported in graph().items()}
    modules = {name: imported for name, imported in found.items() if name in UPDATE}
    assert sorted(modules) == sorted(UPDATE)
    wrong = [
        (name, other)
        for name, imported in modules.items()
        for other in (path.removeprefix(package) for path in imported)
        if other in UPDATE and UPDATE.index(other) >= UPDATE.index(name)
    ]
    assert wrong == []
