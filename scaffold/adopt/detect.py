"""Detect framework, app, server, Python and SDK, each with its place. Nothing is executed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.adopt.entry_point import EntryPoint, find_entry_point
from scaffold.checks.module import callee, in_function
from scaffold.checks.project import NEW_SDK, OLD_SDK
from scaffold.checks.shell import ShellCommand, split
from scaffold.engine.interpreter import FILE as VERSION_FILE
from scaffold.frameworks import FRAMEWORKS
from scaffold.servers import ANSWERS, PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.module import Module
    from scaffold.checks.project import Project

# What makes a WSGI object in or of a framework that has a server of its own, or is ASGI.
_WSGI_MAKERS = {
    "ASGIMiddleware",
    "Engine",
    *(name for each in FRAMEWORKS.values() for name in each.wsgi_makers),
}
_NAMES_DEEP = 3
_VERSION = re.compile(r"(?<![\d.])([23])\.(\d{1,2})(?:\.\d+)?(?!\d)")
# Files that name a Python version, in the order in which they count, with what the version follows.
_VERSION_FILES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (VERSION_FILE, re.compile(r"^\s*(?:cpython-?)?(?=\d)", re.IGNORECASE)),
    ("runtime.txt", re.compile(r"^\s*python-?", re.IGNORECASE)),
    ("Pipfile", re.compile(r"^\s*python_(?:full_)?version\s*=\s*[\"']")),
    ("pyproject.toml", re.compile(r"^\s*(?:requires-python|python)\s*=\s*[\"'][~^>=]*\s*")),
    ("Dockerfile", re.compile(r"^\s*FROM\s+(?:\S*/)?python:", re.IGNORECASE)),
)
# Other files with a line that starts the server, and what comes before the command there.
_COMMAND_FILES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (re.compile(r"(?:^|/)Procfile$"), re.compile(r"^\s*web:\s*(.+)$")),
    (
        re.compile(r"(?:^|/)(?:supervis\w*|[\w.-]*supervisor[\w.-]*)\.(?:conf|ini)$"),
        re.compile(r"^\s*command\s*=(.+)$"),
    ),
    (re.compile(r"(?:^|/)Dockerfile$"), re.compile(r"^\s*(?:CMD|ENTRYPOINT)\s+(.+)$")),
)


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
        entry: the app that is served, None if that is not certain.
        server: the server it is started by now.
        python: the version that its files ask for, `2.7` or `3.8.10`; empty if none does.
        sdk: how it uses the SDK: `functions`, `data` or `none`.
        monkey: whether gevent patches the standard library, which only gevent's servers live with.
        websockets: whether gevent-websocket serves it.
    """

    starter: Fact
    entry: EntryPoint | None
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
    if FRAMEWORKS[starter.value].interface in {"asgi", "own"} and (served := _wsgi_object(project)):
        starter = Fact("wsgi", served)
    entry = find_entry_point(project, starter.value, FRAMEWORKS[starter.value].makers)
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
    packaged = [framework for framework in FRAMEWORKS.values() if framework.packaged]
    for framework in packaged:
        for module in project.modules_with(framework.name.encode()):
            if not module.imports_from(framework.name):
                continue
            for call in module.calls(*framework.makers):
                return Fact(framework.name, place(module, call))
    for framework in packaged:
        if line := project.requirement(framework.name):
            return Fact(framework.name, f"{line.file}:{line.line}")
    return Fact("wsgi")


def _wsgi_object(project: Project) -> str:
    """Return where wsgi.py makes its `application` a WSGI object, '' if it is none."""
    module = project.entry
    if module is None:
        return ""
    for node in module.assignments.get("application", ()):
        if not in_function(node) and _is_wsgi_object(project, module, node):
            return place(module, node)
    for found in module.imports:
        if found.bound == "application" and found.name in project.engine_names:
            return place(module, found.node)
    return ""


def _is_wsgi_object(project: Project, module: Module, node: SgNode) -> bool:
    made = node
    for _ in range(_NAMES_DEEP):
        given = module.assignments.get(made.text(), []) if made.kind() == "identifier" else []
        made = given[0] if given else made
    is_made = made.kind() == "call" and callee(made).rpartition(".")[2] in _WSGI_MAKERS
    return is_made or project.is_engine(module, node)


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
    for module in project.modules_with(b"patch_all", also=b"gevent"):
        if module.imports_from("gevent"):
            yield module


def start_commands(project: Project) -> Iterator[tuple[str, ShellCommand]]:
    """Yield place and command of the lines that start something, as in a Procfile."""
    for where, line in _start_lines(project):
        for command in split(line):
            yield where, command


def _start_lines(project: Project) -> Iterator[tuple[str, str]]:
    manifest = project.manifest
    for key in ("run", "cmd"):
        if isinstance(manifest.values.get(key), str):
            yield f"leanengine.yaml:{manifest.lines[key]}", manifest.values[key]
    for file_pattern, line_pattern in _COMMAND_FILES:
        for path in filter(file_pattern.search, project.files):
            for number, line in enumerate(project.text(path).splitlines(), 1):
                if match := line_pattern.match(line):
                    yield f"{path}:{number}", _shell_form(match[1].strip())


def _shell_form(command: str) -> str:
    """Return a command of a Dockerfile as shell; its list form is `["gunicorn", "wsgi"]`."""
    return re.sub(r"[\[\]\",]+", " ", command).strip() if command.startswith("[") else command


def _server(project: Project) -> Fact:
    for where, command in start_commands(project):
        if command.program in PROGRAMS:
            return Fact(command.program, where)
    for answer, server in ANSWERS.items():
        for package in server.imports:
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
