"""Compile tools/pins.yaml into the requirements files of the starters (`make pins`).

Each starter gets `requirements.in` (the ranges of the table), `requirements.txt` and
`requirements-dev.txt` (every package with its exact version). All are templates: which lines a
project gets depends on its answers. Which answers there are together, copier.yml says. uv finds
the versions. Projects of one framework, dependency set and Python are resolved together first, so
that they differ in which packages they have, not in their versions.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from uv import find_uv_bin

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scaffold.catalog import Catalog, combinations
from tools.conditions import Case, condition, one_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from scaffold.questions import Answers

TABLE = ROOT / "tools" / "pins.yaml"
NOTE = "{# Written by `make pins` from tools/pins.yaml; do not edit. #}\n"
OPTIONS = (
    *("--quiet", "--no-header", "--annotation-style", "line", "--no-emit-index-url"),
    *("--no-python-downloads", "--python-platform", "linux"),
)
# uv's work is mostly done by other computers.
THREADS = 4
# Found here, as finding it is not thread-safe.
UV = find_uv_bin()

Table: TypeAlias = "Mapping[str, Any]"
Packages: TypeAlias = "Mapping[Case, frozenset[str]]"
"""What each kind of project has: requirements or pins."""


class Place(NamedTuple):
    """What is resolved on its own."""

    starter: str
    dependencies: str
    python: str

    def __str__(self) -> str:
        """Return how errors name it."""
        return f"{self.starter}, dependencies {self.dependencies}, Python {self.python}"


class UnresolvableError(Exception):
    """No versions fit together; the text names the project and holds what uv says."""


def main(arguments: list[str]) -> int:
    """Write or check the files of some or all starters, and return the exit code."""
    table = load()
    parser = argparse.ArgumentParser(
        description="Compile tools/pins.yaml into the requirements files of the starters."
    )
    parser.add_argument("starters", nargs="*", metavar="STARTER", help="only these")
    parser.add_argument(
        "--check",
        action="store_true",
        help="only say which requirements.in differ; needs no network",
    )
    options = parser.parse_args(arguments)
    known = Catalog(ROOT).questions["starter"].choices
    starters = options.starters or list(known)
    if unknown := set(starters).difference(known):
        parser.error(f"not in copier.yml: {', '.join(sorted(unknown))}")
    if options.check:
        return check(table, starters)
    code = 0
    for starter in starters:
        try:
            files = starter_files(table, starter)
        except UnresolvableError as error:
            print(error, file=sys.stderr)
            code = 1
            continue
        for name, text in files.items():
            folder_of(starter).mkdir(parents=True, exist_ok=True)
            (folder_of(starter) / name).write_bytes(text.encode())
        print(f"wrote {starter}: {', '.join(files)}")
    return code


def load() -> Table:
    """Read the table."""
    table: Table = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return table


def folder_of(starter: str) -> Path:
    """Return the folder that holds a starter's files."""
    return ROOT / "templates" / starter / "{{cookiecutter.project_slug}}"


def check(table: Table, starters: Iterable[str]) -> int:
    """Print which requirements.in are not what the table says; return the exit code."""
    files = {
        folder_of(starter) / "requirements.in": requirements_in(table, starter)
        for starter in starters
    }
    stale = [
        path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text
    ]
    for path in stale:
        print(f"{path.relative_to(ROOT)}: not as in tools/pins.yaml; run `make pins`")
    return 1 if stale else 0


def starter_files(table: Table, starter: str) -> dict[str, str]:
    """Return the requirements files of a starter, by name.

    Raises:
        UnresolvableError: for some answers no versions fit together.
    """
    places = projects(starter)
    markers = table["markers"]
    with ThreadPoolExecutor(THREADS) as pool:
        resolved = list(pool.map(lambda place: resolve(table, place, places[place]), places))
    app = {place: lines(pins, markers) for place, (pins, _) in zip(places, resolved, strict=True)}
    tests = {
        place: lines(added, markers) for place, (_, added) in zip(places, resolved, strict=True)
    }
    return {
        "requirements.in": requirements_in(table, starter),
        "requirements.txt": f"{NOTE}{COMPILED_HEAD}\n{sections(app)}",
        "requirements-dev.txt": f"{NOTE}{TESTS_HEAD}\n-r requirements.txt\n{sections(tests)}",
    }


def _said(english: str, chinese: str) -> str:
    """Return a comment in the language of the project."""
    return f'# {{{{ "{chinese}" if cookiecutter.language == "zh" else "{english}" }}}}'


HEAD = _said(
    "What this app imports, and its server. After a change compile requirements.txt:",
    "本应用导入的包与服务器。修改后重新生成 requirements.txt：",
)
COMPILED_HEAD = (
    _said(
        "Every package, with its version, compiled from requirements.in for Python",
        "全部包及其版本，由 requirements.in 生成，适用于 Python",
    )
    + " {{ cookiecutter.python }}"
    + '{{ "。" if cookiecutter.language == "zh" else "." }}'
)
TESTS_HEAD = _said("What `python -m pytest` needs.", "`python -m pytest` 需要的包。")
# Between the template's lines and the user's, as a change of both on the same spot is a conflict.
TAIL = f"\n{_said('Your packages:', '你的包：')}\n# scaffold pins --add PACKAGE\n"


def requirements_in(table: Table, starter: str) -> str:
    """Return the template of a starter's requirements.in; needs no network."""
    found = {
        place: lines(
            {case: rows(table["packages"], answers) for case, answers in cases.items()},
            table["markers"],
        )
        for place, cases in projects(starter).items()
    }
    return f"{NOTE}{HEAD}\n# scaffold pins\n" + sections(found) + TAIL


def projects(starter: str) -> dict[Place, dict[Case, Answers]]:
    """Return every kind of project that copier.yml allows, by what is resolved on its own."""
    found: dict[Place, dict[Case, Answers]] = defaultdict(dict)
    catalog = Catalog(ROOT)
    for answers in combinations(catalog, starter):
        place = Place(starter, str(answers["dependencies"]), str(answers["python"]))
        case = Case(
            bool(answers["cloud_functions"]), str(answers["backend"]), str(answers["server"])
        )
        found[place].setdefault(case, catalog.context(answers))
    return dict(
        sorted(
            found.items(),
            key=lambda item: (item[0].dependencies, int(item[0].python.partition(".")[2])),
        )
    )


def rows(table_rows: Iterable[Mapping[str, Any]], answers: Mapping[str, Any]) -> frozenset[str]:
    """Return what a project asks for: the rows for its own answers,
    each with its reason as a comment.
    """
    found = set()
    for row in table_rows:
        wanted = {key: value for key, value in row.items() if key not in {"get", "why", "zh"}}
        # A wrong key is a KeyError here.
        if all(
            answers[key] in value if isinstance(value, list) else answers[key] == value
            for key, value in wanted.items()
        ):
            found.add(row["get"] + (f"  {_said(row['why'], row['zh'])}" if "why" in row else ""))
    return frozenset(found)


def resolve(table: Table, place: Place, cases: Mapping[Case, Answers]) -> tuple[Packages, Packages]:
    """Return the pins of each kind of project, and those that its tests add.

    Raises:
        UnresolvableError: no versions fit together.
    """
    needs = {case: rows(table["packages"], answers) for case, answers in cases.items()}
    with_tests = {
        case: needs[case] | rows(table["tests"], answers) for case, answers in cases.items()
    }
    pins, added = {}, {}
    for backend in sorted({case.backend for case in cases}):
        alike = [case for case in cases if case.backend == backend]
        resolution = compile_pins(
            place, frozenset[str]().union(*(with_tests[case] for case in alike))
        )
        for case in alike:
            pins[case] = resolution.part(needs[case])
            added[case] = resolution.part(with_tests[case]) - pins[case]
    print(f"resolved {place}", file=sys.stderr)
    return pins, added


@dataclass(frozen=True)
class Resolution:
    """Versions that fit together, by package, and which packages each one asks for."""

    pins: Mapping[str, str]
    asks_for: Mapping[str, Collection[str]]

    def part(self, requirements: Iterable[str]) -> frozenset[str]:
        """Return the pins of requirements and of all that they need."""
        found: set[str] = set()
        left = [name_of(requirement) for requirement in requirements]
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += self.asks_for.get(name, ())
        return frozenset(self.pins[name] for name in found)


def compile_pins(place: Place, needs: frozenset[str]) -> Resolution:
    """Return the exact versions that satisfy requirements on the platform's Linux.

    Raises:
        UnresolvableError: there are none.
    """
    done = subprocess.run(
        [UV, "pip", "compile", *OPTIONS, "--python-version", place.python, "-"],
        input="\n".join(sorted(needs)),
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        asked = ", ".join(sorted(line.partition("  #")[0] for line in needs))
        message = (
            f"tools/pins.yaml: no versions fit together for {place}\nasked for: {asked}\n"
            f"{done.stderr}"
        )
        raise UnresolvableError(message)
    pins: dict[str, str] = {}
    asks_for: dict[str, list[str]] = defaultdict(list)
    for line in done.stdout.splitlines():
        # Like `anyio==4.16.0  # via httpx, starlette`.
        pin, _, parents = line.partition("#")
        pins[name_of(pin)] = pin.strip()
        for parent in filter(None, parents.strip().removeprefix("via ").split(", ")):
            asks_for[parent].append(name_of(pin))
    return Resolution(pins, asks_for)


def name_of(requirement: str) -> str:
    """Return the normalized name of the package that a requirement or a pin is about."""
    return canonicalize_name(Requirement(requirement.partition("#")[0]).name)


def sections(texts: Mapping[Place, str]) -> str:
    """Return the template that holds each text for its set and Python;
    Pythons with the same text share it.
    """
    shared: dict[tuple[str, str], list[str]] = defaultdict(list)
    pythons_of: dict[str, list[str]] = defaultdict(list)
    for place, text in texts.items():
        shared[place.dependencies, text].append(place.python)
        pythons_of[place.dependencies].append(place.python)
    result = ""
    for (name, text), pythons in shared.items():
        where = one_of("dependencies", [name])
        if pythons != pythons_of[name]:
            where += " and " + one_of("python", pythons)
        result += f"{{% {'elif' if result else 'if'} {where} %}}\n{text}"
    return result + "{% endif %}\n"


def lines(packages: Packages, markers: Mapping[str, str]) -> str:
    """Return the template lines of what some or all kinds of project have."""

    def where(package: str) -> str:
        return condition([case for case, those in packages.items() if package in those], packages)

    result = ""
    for shared, neighbours in groupby(
        sorted(frozenset[str]().union(*packages.values()), key=by_name), where
    ):
        text = "".join(f"{marked(package, markers)}\n" for package in neighbours)
        result += f"{{% if {shared} %}}\n{text}{{% endif %}}\n" if shared else text
    return result


def marked(package: str, markers: Mapping[str, str]) -> str:
    """Return a requirement or a pin with its marker, if it has one, before its comment."""
    marker = markers.get(name_of(package))
    if not marker:
        return package
    requirement, gap, comment = package.partition("  #")
    return f"{requirement}; {marker}{gap}{comment}"


def by_name(package: str) -> list[str]:
    """Return what sorts requirements and pins by the names of their packages."""
    return re.split(r"(?=[=<>;])", package)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
