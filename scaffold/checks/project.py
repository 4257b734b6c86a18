"""A project as its files say it is. Nothing of it is imported or started."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.checks import requirements, tree
from scaffold.checks.module import Module, callee, in_function
from scaffold.checks.shell import ShellCommand, split
from scaffold.engine.build import DEPENDENCY_LISTS
from scaffold.engine.interpreter import FILE as VERSION_FILE
from scaffold.engine.manifest import FILE as MANIFEST
from scaffold.engine.manifest import KEYS, Command, Require, UseDefault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ast_grep_py import SgNode

    from scaffold.checks.requirements import Requirement, Version

REQUIREMENTS = "requirements.txt"
ENTRY = "wsgi.py"
NEW_SDK = "leancloud"
OLD_SDK = "leancloud-sdk"
_VERSION = re.compile(r"(\d+)(?:\.(\d+))?(?:\.\d+)?")
_ENGINES = frozenset({"Engine", "leancloud.Engine", "leancloud.engine.Engine"})
# Tools that read other lists of dependencies than requirements files.
_OTHER_INSTALLERS = re.compile(r"\b(poetry|pipenv|pdm|uv sync|conda|setup\.py|pip3? install \.)")


@dataclass
class Manifest:
    """What leanengine.yaml says.

    Attributes:
        values: by key; a key without a value is left out.
        lines: where each key stands.
        problem: why it cannot be read, and on which line; empty if it can.
    """

    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    problem: str = ""
    problem_line: int = 1

    def accepted(self, key: str) -> Any:  # noqa: ANN401 - what the key's reader returns
        """Return a key's value as the platform reads it, None if it is absent or cannot be read."""
        try:
            return KEYS[key].read(self.values[key])
        except (KeyError, ValueError):
            return None


class Project:
    """The files of one project, read once and when asked for.

    Args:
        root: its folder.
        excluded: paths or names that are not read.
        overlay: files that are taken to have other contents than they have.
    """

    def __init__(self, root: Path, excluded: tuple[str, ...] = (), overlay: Mapping[str, bytes] | None = None) -> None:
        self.root = root
        self.files = tuple(tree.walk(root, excluded))
        self._known = frozenset(self.files)
        self._data: dict[str, bytes] = dict(overlay or {})
        self._containing: dict[bytes, frozenset[str]] = {}

    def read(self, path: str) -> bytes:
        """Return a file's bytes; none where it is absent or no text."""
        if path not in self._data:
            self._data[path] = tree.read(self.root / path) if path in self._known else b""
        return self._data[path]

    def text(self, path: str) -> str:
        """Return a file's text."""
        return self.read(path).decode("utf-8-sig", "replace")

    def has(self, path: str) -> bool:
        """Return whether there is such a file or folder, given from the project's root."""
        return path in self._known or (self.root / path).exists()

    @cached_property
    def base(self) -> str:
        """What paths in `buildRoot` start with: nothing, or `backend/`."""
        folder = str(self.manifest.accepted("buildRoot") or ".")
        return "" if folder == "." or not (self.root / folder).is_dir() else f"{folder}/"

    # leanengine.yaml

    @cached_property
    def manifest(self) -> Manifest:
        """What leanengine.yaml says; nothing where there is none."""
        return _read_manifest(self.read(MANIFEST)) if MANIFEST in self._known else Manifest()

    @property
    def run(self) -> str:
        """The line that starts the server, empty if there is none."""
        return str(self.manifest.accepted("run") or "")

    @cached_property
    def commands(self) -> list[ShellCommand]:
        """The commands of `run`."""
        return split(self.run)

    @cached_property
    def install_steps(self) -> tuple[Any, ...]:
        """The steps of `install`, the platform's own where there are none."""
        return self.manifest.accepted("install") or (UseDefault(),)

    @property
    def install_lines(self) -> list[str]:
        """The commands of `install`."""
        return [step.line for step in self.install_steps if isinstance(step, Command)]

    @property
    def required_files(self) -> tuple[str, ...]:
        """The files and folders that `install` asks for."""
        return tuple(name for step in self.install_steps if isinstance(step, Require) for name in step.files)

    def is_there_at_install(self, path: str) -> bool:
        """Return whether a file is in the build folder when packages are installed."""
        path = str(PurePosixPath(path))
        return path in DEPENDENCY_LISTS or any(
            path == asked or path.startswith(f"{asked}/") for asked in self.required_files
        )

    # .python-version

    @cached_property
    def python(self) -> Version | None:
        """The Python version that is asked for, as far as it is a version."""
        lines = [line.strip() for line in self.text(self.base + VERSION_FILE).splitlines()]
        names = [line for line in lines if line and not line.startswith("#")]
        match = _VERSION.fullmatch(names[0]) if names else None
        return tuple(int(part) for part in match.groups() if part) if match else None

    # requirements.txt

    @cached_property
    def requirements(self) -> list[Requirement]:
        """What requirements.txt and the files that it includes ask for, but for what another Python would get."""
        return [line for line in self.all_requirements if line.applies(self.python) is not False]

    @cached_property
    def all_requirements(self) -> list[Requirement]:
        """The same with what is for another Python."""
        return [line for found, _ in self._requirement_files.values() for line in found]

    @property
    def included_requirements(self) -> Iterator[tuple[str, int, str]]:
        """File, line and path of every file that requirements.txt and the like include."""
        for file, (_, included) in self._requirement_files.items():
            for line, name in included:
                yield file, line, name

    @cached_property
    def _requirement_files(self) -> dict[str, tuple[list[Requirement], list[tuple[int, str]]]]:
        found: dict[str, tuple[list[Requirement], list[tuple[int, str]]]] = {}
        waiting = [self.base + REQUIREMENTS]
        for line in self.install_lines:
            waiting += [self.base + name for name in re.findall(r"(?:-r|--requirement)[\s=]*(\S+)", line)]
        while waiting:
            path = str(PurePosixPath(waiting.pop(0)))
            if path not in found and path in self._known:
                found[path] = requirements.parse(path, self.text(path))
                waiting += [str(PurePosixPath(path).parent / name) for _, name in found[path][1]]
        return found

    def requirement(self, *names: str) -> Requirement | None:
        """Return the first line that asks for one of these packages."""
        return next((line for line in self.requirements if line.name in names), None)

    def installs(self, *names: str) -> bool:
        """Return whether one of these packages is installed, or whether it cannot be told."""
        build = self.manifest.accepted("build") or ()
        lines = "\n".join([*self.install_lines, *(step.line for step in build if isinstance(step, Command))])
        if self.requirement(*names) or _OTHER_INSTALLERS.search(lines):
            return True
        if self.base + REQUIREMENTS not in self._known:
            return True
        return any(re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", lines, re.IGNORECASE) for name in names)

    # Python source

    @cached_property
    def modules(self) -> list[Module]:
        """The project's Python files that are not empty."""
        paths = (path for path in self.files if path.endswith(".py"))
        return [Module(path, self.read(path)) for path in paths if self.read(path)]

    def modules_with(self, *needles: bytes, beside: bytes = b"", tests: bool = False) -> Iterator[Module]:
        """Yield the modules that contain one of these words; looking for a word is cheap, parsing is not.

        Args:
            needles: the words.
            beside: a word that must be there too.
            tests: yield the project's tests as well.
        """
        for needle in needles:
            if needle not in self._containing:
                self._containing[needle] = frozenset(m.path for m in self.modules if needle in m.data)
        paths = frozenset[str]().union(*(self._containing[needle] for needle in needles))
        for module in self.modules if paths else ():
            if module.path in paths and beside in module.data and (tests or not module.is_test):
                yield module

    def mentions(self, *needles: bytes) -> bool:
        """Return whether a module but for the tests contains one of these words."""
        return next(self.modules_with(*needles), None) is not None

    def module(self, path: str) -> Module | None:
        """Return the module of a file."""
        return next((module for module in self.modules if module.path == path), None)

    @cached_property
    def entry(self) -> Module | None:
        """wsgi.py."""
        return self.module(self.base + ENTRY)

    @cached_property
    def scripts(self) -> list[Module]:
        """The modules that `run` starts with Python."""
        paths = [self.base + str(PurePosixPath(command.script)) for command in self.commands if command.script]
        return [module for path in paths if (module := self.module(path))]

    @property
    def servers(self) -> list[Module]:
        """The modules that may start a server: what `run` starts, and wsgi.py, which the vendor's CLI starts."""
        return list({module.path: module for module in (*self.scripts, self.entry) if module}.values())

    # The SDK

    @cached_property
    def uses_sdk(self) -> bool:
        """Whether the app imports the SDK."""
        return any(module.imports_from(NEW_SDK) for module in self.modules_with(b"leancloud"))

    @cached_property
    def engines(self) -> list[tuple[Module, SgNode, str]]:
        """Where an `Engine` of the SDK is made: module, call, and the name that it is given, or ''."""
        found = []
        for module in self.modules_with(b"Engine(", beside=b"leancloud"):
            if not module.imports_from(NEW_SDK) and not _imports_leancloud(module):
                continue
            for call in module.calls("Engine"):
                if callee(call) in _ENGINES:
                    parent = call.parent()
                    target = parent.field("left") if parent is not None and parent.kind() == "assignment" else None
                    found.append((module, call, target.text() if target is not None else ""))
        return found

    @cached_property
    def engine_names(self) -> frozenset[str]:
        """The names that engines are given."""
        return frozenset(name for _, _, name in self.engines if name)

    def is_engine(self, module: Module, node: SgNode | None, depth: int = 0) -> bool:
        """Return whether an expression is an engine of the SDK: its call, `.wrap(…)` of one, or a name for either."""
        if node is None or depth > 5:  # noqa: PLR2004 - names for names for names are nobody's code
            return False
        if node.kind() == "call":
            owner, _, method = callee(node).rpartition(".")
            if method == "wrap":
                return owner in self.engine_names
            return callee(node) in _ENGINES and bool(self.engines)
        if node.kind() != "identifier":
            return False
        values = [value for value in module.assignments.get(node.text(), ()) if not in_function(value)]
        before = [value for value in values if value.range().end.index <= node.range().start.index] or values
        if before:
            return self.is_engine(module, before[-1], depth + 1)
        return node.text() in self.engine_names and any(i.bound == node.text() for i in module.imports)

    def served(self, module: Module) -> SgNode | None:
        """Return what a module's `application` is in the end."""
        values = [value for value in module.assignments.get("application", ()) if not in_function(value)]
        return values[0] if values else None


def _imports_leancloud(module: Module) -> bool:
    return any("leancloud" in i.bound or i.name == "leancloud" for i in module.imports)


def _read_manifest(data: bytes) -> Manifest:
    import yaml  # noqa: PLC0415 - slow to import, and a project may have no manifest

    try:
        node = yaml.compose(data, Loader=yaml.SafeLoader)
        content = yaml.safe_load(data)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        return Manifest(problem=" ".join(reason.split()), problem_line=mark.line + 1 if mark else 1)
    if node is None or content is None:
        return Manifest()
    if not isinstance(content, dict) or not isinstance(node, yaml.MappingNode):
        return Manifest(problem=type(content).__name__)
    lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
    return Manifest({str(key): value for key, value in content.items() if value is not None}, lines)
