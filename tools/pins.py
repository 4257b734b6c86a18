"""Compile tools/pins.yaml into the requirements files of every starter (`make pins`).

Each starter gets `requirements.in` (the ranges of the table), `requirements.txt` and `requirements-dev.txt` (every
package with its exact version). All are templates: which lines a project gets depends on its answers. uv finds the
versions. Projects of one starter, dependency set and Python are resolved together first, so that they differ in which
packages they have, not in their versions.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml
from uv import find_uv_bin

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "tools" / "pins.yaml"
NOTE = "{# Written by `make pins` from tools/pins.yaml; do not edit. #}\n"
OPTIONS = (
    *("--quiet", "--no-header", "--no-annotate", "--no-emit-index-url"),
    *("--no-python-downloads", "--python-platform", "linux"),
)


@dataclass(frozen=True, order=True)
class Case:
    """A kind of project within one starter and dependency set: what decides which packages it has."""

    server: str
    cloud_functions: bool


Packages = Mapping[Case, frozenset[str]]
"""What each kind of project has: requirements or pins."""

Section = tuple[str, str, str]
"""Dependency set, Python (empty: all of the set) and the text for them."""


def main() -> int:
    """Write the files of all starters and return the exit code."""
    table = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    for starter in table["starters"]:
        folder = ROOT / "templates" / starter / "{{cookiecutter.project_slug}}"
        for name, text in starter_files(table, starter).items():
            (folder / name).write_bytes(text.encode())
            print(f"wrote {starter}/{name}")
    return 0


def starter_files(table: Mapping[str, Any], starter: str) -> dict[str, str]:
    """Return the requirements files of a starter, by name."""
    app: list[Section] = []
    tests: list[Section] = []
    for name, chosen in table["sets"].items():
        wanted = requirements(table, starter, name)
        for python in chosen["pythons"]:
            print(f"resolving {starter}, {name}, Python {python}", file=sys.stderr)
            pins, added = resolve(wanted, chosen["tests"], python)
            app.append((name, python, lines(pins)))
            tests.append((name, python, lines(added)))
    head = "# Every package, with its version, compiled from requirements.in for Python {{ cookiecutter.python }}.\n"
    test_head = "# What `python -m pytest` needs.\n-r requirements.txt\n"
    return {
        "requirements.in": requirements_in(table, starter),
        "requirements.txt": NOTE + head + sections(app),
        "requirements-dev.txt": NOTE + test_head + sections(tests),
    }


def requirements_in(table: Mapping[str, Any], starter: str) -> str:
    """Return the template of a starter's requirements.in; needs no network."""
    ranges = [(name, "", lines(requirements(table, starter, name))) for name in table["sets"]]
    head = "# What this app imports, and its server. After a change compile requirements.txt:\n"
    command = "# uv pip compile --python-version {{ cookiecutter.python }} requirements.in -o requirements.txt\n"
    return NOTE + head + command + sections(ranges)


def requirements(table: Mapping[str, Any], starter: str, name: str) -> Packages:
    """Return what each kind of project asks for directly in the dependency set `name`."""
    chosen = table["sets"][name]
    # Without cloud functions there is no SDK to suit, and so only the set `current`.
    choices = (False, True) if name == "current" else (True,)
    return {
        Case(server, functions): frozenset(
            [*table["starters"][starter][name], *needed, *(chosen["cloud_functions"] if functions else [])]
        )
        for server, needed in chosen["servers"].items()
        for functions in choices
    }


def resolve(wanted: Packages, tests: Iterable[str], python: str) -> tuple[Packages, Packages]:
    """Return the pins of each kind of project, and those that its tests add.

    Raises:
        subprocess.CalledProcessError: no versions fit together; uv has said why.
    """
    together = compile_pins(frozenset(tests).union(*wanted.values()), frozenset(), python)
    pins = {case: compile_pins(needs, together, python) for case, needs in wanted.items()}
    added = {case: compile_pins(needs.union(tests), together, python) - pins[case] for case, needs in wanted.items()}
    return pins, added


def compile_pins(needs: frozenset[str], constraints: frozenset[str], python: str) -> frozenset[str]:
    """Return the exact versions that satisfy requirements on the platform's Linux."""
    with tempfile.TemporaryDirectory() as folder:
        constraint_file = Path(folder) / "constraints.txt"
        constraint_file.write_text("\n".join(constraints), encoding="utf-8")
        done = subprocess.run(
            [find_uv_bin(), "pip", "compile", *OPTIONS, "--python-version", python, "-c", constraint_file, "-"],
            input="\n".join(needs),
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    return frozenset(done.stdout.splitlines())


def sections(texts: Iterable[Section]) -> str:
    """Return the template that holds each text for its set and Python; Pythons with the same text share it."""
    shared: dict[tuple[str, str], list[str]] = {}
    for name, python, text in texts:
        shared.setdefault((name, text), []).append(python)
    result = ""
    for (name, text), pythons in shared.items():
        condition = f"cookiecutter.dependencies == '{name}'"
        if pythons != [""]:
            condition += f" and {one_of('cookiecutter.python', pythons)}"
        result += f"{{% {'elif' if result else 'if'} {condition} %}}\n{text}"
    return result + "{% endif %}\n"


def lines(packages: Packages) -> str:
    """Return the template lines of what some or all kinds of project have."""

    def condition(package: str) -> str:
        return condition_of([case for case, those in packages.items() if package in those], list(packages))

    result = ""
    for shared, neighbours in groupby(sorted(frozenset[str]().union(*packages.values()), key=by_name), condition):
        text = "".join(f"{package}\n" for package in neighbours)
        result += f"{{% if {shared} %}}\n{text}{{% endif %}}\n" if shared else text
    return result


def by_name(package: str) -> list[str]:
    """Return what sorts requirements and pins by the names of their packages."""
    return re.split(r"(?=[=<>;])", package)


def condition_of(having: Iterable[Case], cases: Iterable[Case]) -> str:
    """Return the Jinja condition that is true for `having` among `cases`; empty if it is true for all."""
    with_functions, all_with = servers(having, functions=True), servers(cases, functions=True)
    without, all_without = servers(having, functions=False), servers(cases, functions=False)
    if with_functions == without or not all_without:
        return "" if with_functions == all_with else one_of("cookiecutter.server", with_functions)
    choices = []
    if with_functions:
        everywhere = with_functions == all_with
        choices.append("cookiecutter.cloud_functions")
        choices[0] += "" if everywhere else f" and {one_of('cookiecutter.server', with_functions)}"
    if without:
        # Where all that have cloud functions are in, it does not matter who of the others has them.
        guard = "" if with_functions == all_with else "not cookiecutter.cloud_functions and "
        choices.append(
            "not cookiecutter.cloud_functions"
            if without == all_without
            else guard + one_of("cookiecutter.server", without)
        )
    return " or ".join(choices)


def servers(cases: Iterable[Case], *, functions: bool) -> list[str]:
    """Return the servers of those cases that have cloud functions, or of those that have none."""
    return sorted(case.server for case in cases if case.cloud_functions is functions)


def one_of(name: str, values: list[str]) -> str:
    """Return the Jinja condition that a variable has one of some values."""
    return f"{name} == '{values[0]}'" if len(values) == 1 else f"{name} in ({', '.join(map(repr, values))})"


if __name__ == "__main__":
    sys.exit(main())
