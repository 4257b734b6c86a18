"""The user's requirements, read from wherever they are, and written back with every line of theirs."""

from __future__ import annotations

import codecs
import re
import sys
from typing import TYPE_CHECKING, Any

from scaffold.checks.project import REQUIREMENTS
from scaffold.checks.requirements import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.adopt.draft import Draft
    from scaffold.adopt.pins import Pins
    from scaffold.checks.module import Module
    from scaffold.checks.project import Project

RANGES = "requirements.in"
# Packages whose name on the index is not what is imported.
_DISTRIBUTIONS = {
    "bs4": "beautifulsoup4",
    "Crypto": "pycryptodome",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "flask_cors": "flask-cors",
    "flask_sqlalchemy": "flask-sqlalchemy",
    "geventwebsocket": "gevent-websocket",
    "jwt": "pyjwt",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyopenssl",
    "PIL": "pillow",
    "psycopg2": "psycopg2-binary",
    "pymysql": "pymysql",
    "rest_framework": "djangorestframework",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
# Modules that are no packages of their own.
_NOT_PACKAGES = frozenset({"__future__", "pkg_resources", "setuptools", "wsgi", "uwsgi", "uwsgidecorators"})


def user_requirements(draft: Draft) -> tuple[str, list[str]]:
    """Return the user's requirements as text, and the packages that were only guessed from imports.

    They are in requirements.in where requirements.txt was made from it, else in requirements.txt, Pipfile or
    pyproject.toml; where there is none of these, the imports say what is needed.
    """
    for name in (RANGES, REQUIREMENTS):
        if (draft.folder / name).is_file():
            return _decoded((draft.folder / name).read_bytes()), []
    declared = _from_pipfile(draft) or _from_pyproject(draft)
    if declared:
        return "\n".join(declared) + "\n", []
    guessed = sorted(_imported(draft), key=str.lower)
    return "".join(f"{name}\n" for name in guessed), guessed


def _decoded(data: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace").replace("\r\n", "\n")
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n")


def _from_pipfile(draft: Draft) -> list[str]:
    table = _toml(draft, "Pipfile").get("packages")
    return [_of_table(name, value) for name, value in table.items()] if isinstance(table, dict) else []


def _of_table(name: str, value: object) -> str:
    version = value.get("version", "*") if isinstance(value, dict) else value
    return name if version in {"*", ""} else f"{name}{version}"


def _from_pyproject(draft: Draft) -> list[str]:
    content = _toml(draft, "pyproject.toml")
    listed = content.get("project", {}).get("dependencies")
    if isinstance(listed, list):
        return [str(line) for line in listed]
    table = content.get("tool", {}).get("poetry", {}).get("dependencies")
    if not isinstance(table, dict):
        return []
    # Poetry's caret has no twin: the lower bound is kept.
    found = [_of_table(name, value) for name, value in table.items() if name != "python"]
    return [re.sub(r"\^", ">=", line) for line in found]


def _toml(draft: Draft, name: str) -> dict[str, Any]:
    path = draft.folder / name
    if not path.is_file():
        return {}
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415 - most projects have no such file
    else:
        import tomli as tomllib  # noqa: PLC0415
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}
    return content


def _imported(draft: Draft) -> set[str]:
    project = draft.project
    modules = (module for module in project.modules if not module.is_test)
    return {package for module in modules for _, _, package in third_party(project, module)}


def third_party(project: Project, module: Module) -> Iterator[tuple[str, str, str]]:
    """Yield place, name and package of what a module imports that is neither the project's nor Python's.

    What stands in a `try` may be missing. The package's name is a guess where the table does not have it.
    """
    beside = {path.partition("/")[0].removesuffix(".py") for path in project.files if path.endswith(".py")}
    beside |= {path.rpartition("/")[2].removesuffix(".py") for path in project.files if path.endswith(".py")}
    for found in module.imports:
        name = found.module.partition(".")[0]
        if not name or name in beside | _NOT_PACKAGES | sys.stdlib_module_names:
            continue
        if not any(above.kind() == "try_statement" for above in found.node.ancestors()):
            file, line, _ = module.place(found.node)
            yield f"{file}:{line}", name, _DISTRIBUTIONS.get(name, name.replace("_", "-").lower())


def write_requirements(draft: Draft, pins: Pins) -> None:
    """Write the ranges to requirements.in and exact versions to requirements.txt, if that says more than there is.

    Where no versions were found, requirements.txt gets the additions alone.
    """
    target = draft.folder / REQUIREMENTS
    before = _decoded(target.read_bytes()) if target.is_file() else ""
    if not pins.pins:
        if pins.source != before:
            draft.write(REQUIREMENTS, pins.source.encode(), "requirements")
        return
    if _same(before, pins) and not (draft.folder / RANGES).is_file():
        return
    draft.write(RANGES, pins.source.encode(), "ranges")
    draft.write(REQUIREMENTS, _compiled(pins).encode(), "pinned", python=pins.python)


def _same(before: str, pins: Pins) -> bool:
    """Return whether requirements.txt holds just these versions already."""
    found = {line.name: line for line in parse("", before)[0]}
    if not before or found.keys() != pins.pins.keys():
        return False
    exact = {name: parse("", line)[0][0].specs for name, line in pins.pins.items()}
    return all(line.specs == exact[name] for name, line in found.items())


def _compiled(pins: Pins) -> str:
    head = f"# Every package, with its version, compiled from {RANGES} for Python {pins.python}:\n"
    if pins.python.startswith("2"):
        how = (
            "# versions that were measured to start together on Python 2.7, for which no resolver of today finds any.\n"
        )
    else:
        how = f"# uv pip compile {RANGES} -o {REQUIREMENTS} --python-version {pins.python}\n"
    return head + how + "\n".join(pins.pins.values()) + "\n"
