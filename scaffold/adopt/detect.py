"""What a project is: framework, entry point, server, Python, SDK, each with the place that says so. Nothing is run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.adopt.entry import Entry, find_entry
from scaffold.checks.project import NEW_SDK, OLD_SDK, REQUIREMENTS
from scaffold.checks.shell import SERVERS, ShellCommand, split
from scaffold.engine.interpreter import FILE as VERSION_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.checks.module import Module
    from scaffold.checks.project import Project

# What makes an app, by framework: of two that an app imports, the first is what it is.
_MAKERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("utilmeta", "utilmeta", ("UtilMeta",)),
    ("django", "django", ("get_wsgi_application", "get_asgi_application", "WSGIHandler", "execute_from_command_line")),
    ("fastapi", "fastapi", ("FastAPI",)),
    ("sanic", "sanic", ("Sanic",)),
    ("starlette", "starlette", ("Starlette",)),
    ("flask", "flask", ("Flask",)),
    ("tornado", "tornado", ("Application",)),
)
MAKERS = {name: makers for name, _, makers in _MAKERS}
ASGI = frozenset({"fastapi", "starlette"})
OWN_SERVERS = frozenset({"sanic", "tornado"})
WSGI = frozenset({"flask", "django", "wsgi"})
_VERSION = re.compile(r"(?<![\d.])([23])\.(\d{1,2})(?:\.\d+)?(?!\d)")
# Files that name a Python version, in the order in which they count, with what the version follows.
_VERSION_FILES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (VERSION_FILE, re.compile(r"^\s*(?:cpython-?)?(?=\d)", re.IGNORECASE)),
    ("runtime.txt", re.compile(r"^\s*python-?", re.IGNORECASE)),
    ("Pipfile", re.compile(r"^\s*python_(?:full_)?version\s*=\s*[\"']")),
    ("pyproject.toml", re.compile(r"^\s*(?:requires-python|python)\s*=\s*[\"'][~^>=]*\s*")),
    ("Dockerfile", re.compile(r"^\s*FROM\s+(?:\S*/)?python:", re.IGNORECASE)),
)
# Where a line that starts the server stands beside leanengine.yaml, and what it follows there.
_COMMAND_FILES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (re.compile(r"(?:^|/)Procfile$"), re.compile(r"^\s*web:\s*(.+)$")),
    (
        re.compile(r"(?:^|/)(?:supervis\w*|[\w.-]*supervisor[\w.-]*)\.(?:conf|ini)$"),
        re.compile(r"^\s*command\s*=(.+)$"),
    ),
    (re.compile(r"(?:^|/)Dockerfile$"), re.compile(r"^\s*(?:CMD|ENTRYPOINT)\s+(.+)$")),
)
# What a server's name in the code or on a command line stands for among our answers.
_ANSWERS = {
    "gevent": ("geventwebsocket", "gevent.pywsgi", "gevent.wsgi"),
    "uwsgi": ("uwsgi",),
    "granian": ("granian",),
    "uvicorn": ("uvicorn",),
    "gunicorn": ("gunicorn",),
}


@dataclass(frozen=True)
class Fact:
    """One thing that was found out.

    Attributes:
        value: what.
        place: the file and line that say so, empty where nothing does and the value is our choice.
    """

    value: str
    place: str = ""


@dataclass(frozen=True)
class Detected:
    """What a project is.

    Attributes:
        starter: the starter it is nearest to.
        entry: the app that is served, None if it could not be told for certain.
        server: the server it is started by now.
        python: the version that its files ask for, `2.7` or `3.8.10`; empty if none does.
        sdk: how it uses the SDK: `functions`, `data` or `none`.
        monkey: whether gevent patches the standard library, which only gevent's servers live with.
        websockets: whether gevent-websocket serves it.
    """

    starter: Fact
    entry: Entry | None
    server: Fact
    python: Fact
    sdk: Fact
    monkey: bool
    websockets: bool

    @property
    def uses_sdk(self) -> bool:
        """Whether the SDK is imported."""
        return self.sdk.value != "none"

    @property
    def has_functions(self) -> bool:
        """Whether an engine of the SDK serves cloud functions."""
        return self.sdk.value == "functions"


def detect(project: Project) -> Detected:
    """Return what a project is."""
    starter = _starter(project)
    entry = find_entry(project, starter.value, MAKERS.get(starter.value, ()))
    return Detected(
        starter=starter,
        entry=entry,
        server=_server(project),
        python=_python(project),
        sdk=_sdk(project),
        monkey=any(True for _ in _patches(project)),
        websockets=project.mentions(b"geventwebsocket"),
    )


def place(module: Module, node: object) -> str:
    """Return `file:line` of a node."""
    file, line, _ = module.place(node)  # type: ignore[arg-type]
    return f"{file}:{line}"


def _starter(project: Project) -> Fact:
    for name, package, makers in _MAKERS:
        for module in project.modules_with(package.encode()):
            if not module.imports_from(package):
                continue
            for call in module.calls(*makers):
                return Fact(name, place(module, call))
    for name, package, _ in _MAKERS:
        if line := project.requirement(package):
            return Fact(name, f"{line.file}:{line.line}")
    return Fact("wsgi")


def _sdk(project: Project) -> Fact:
    if project.engines:
        module, call, _ = project.engines[0]
        return Fact("functions", place(module, call))
    for module in project.modules_with(b"leancloud"):
        for found in module.imports_from(NEW_SDK):
            return Fact("data", place(module, found.node))
    if line := project.requirement(NEW_SDK, OLD_SDK):
        return Fact("data", f"{line.file}:{line.line}")
    return Fact("none")


def _patches(project: Project) -> Iterator[Module]:
    for module in project.modules_with(b"patch_all", beside=b"gevent"):
        if module.imports_from("gevent"):
            yield module


def start_commands(project: Project) -> Iterator[tuple[str, ShellCommand]]:
    """Yield place and command of every line that starts something: leanengine.yaml, Procfile, supervisor, Docker."""
    manifest = project.manifest
    for key in ("run", "cmd"):
        if isinstance(manifest.values.get(key), str):
            for command in split(manifest.values[key]):
                yield f"leanengine.yaml:{manifest.lines[key]}", command
    for file_pattern, line_pattern in _COMMAND_FILES:
        for path in project.files:
            if not file_pattern.search(path):
                continue
            for number, line in enumerate(project.text(path).splitlines(), 1):
                if match := line_pattern.match(line):
                    # Docker's list form: `["gunicorn", "wsgi"]`.
                    said = re.sub(r"[\[\]\",]+", " ", match[1]) if match[1].lstrip().startswith("[") else match[1]
                    for command in split(said.strip()):
                        yield f"{path}:{number}", command


def _server(project: Project) -> Fact:
    for where, command in start_commands(project):
        if command.program in SERVERS:
            return Fact(command.program, where)
    for answer, packages in _ANSWERS.items():
        for package in packages:
            root = package.partition(".")[0]
            for module in project.modules_with(root.encode()):
                for found in module.imports:
                    full = f"{found.module}.{found.name}" if found.name else found.module
                    if full.startswith(package):
                        return Fact(answer, place(module, found.node))
    for module in project.servers:
        for call in module.calls("make_server", "run_simple", "run", "serve"):
            return Fact("development", place(module, call))
    return Fact("none")


def _python(project: Project) -> Fact:
    for path, pattern in _VERSION_FILES:
        for number, line in enumerate(project.text(project.base + path).splitlines(), 1):
            match = pattern.match(line)
            version = _VERSION.match(line, match.end()) if match else None
            if version:
                return Fact(version[0], f"{project.base}{path}:{number}")
    return Fact("")


def requirement_files(project: Project) -> list[str]:
    """Return the requirements files in the project's root."""
    names = (REQUIREMENTS, "requirements.in", "Pipfile", "pyproject.toml")
    return [name for name in names if project.has(name)]
