"""A project as its files say it is. Nothing of it is imported or started."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold import files, parsing, requirements
from scaffold.checks.manifest_values import ManifestValues, read_manifest
from scaffold.checks.module import Module, callee, in_function
from scaffold.checks.project_files import ProjectFiles
from scaffold.checks.shell import ShellCommand, split
from scaffold.engine.build import DEPENDENCY_LISTS
from scaffold.engine.interpreter import FILE as VERSION_FILE
from scaffold.engine.manifest import FILE as MANIFEST
from scaffold.engine.manifest import Command, Require, UseDefault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.hosts import Host
    from scaffold.requirements import Include, Requirement, RequirementsFile, Version

REQUIREMENTS = "requirements.txt"
# What requirements.txt is compiled from.
RANGES = "requirements.in"
ENTRY = "wsgi.py"
OLD_RUN = "cmd"
NEW_SDK = "leancloud"
OLD_SDK = "leancloud-sdk"
_VERSION = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?(?:\.\d{1,3})?", re.ASCII)
# How many names that stand for other names are followed.
_DEPTH = 5
_ENGINES = frozenset({"Engine", "leancloud.Engine", "leancloud.engine.Engine"})
# Tools that read other lists of dependencies than requirements files.
_OTHER_INSTALLERS = re.compile(r"\b(poetry|pipenv|pdm|uv sync|conda|setup\.py|pip3? install \.)")


class Project(ProjectFiles):
    """What the files of one project say.

    Attributes:
        host: where it is to run instead of the platform, if that was asked.
    """

    host: Host | None = None

    @cached_property
    def base(self) -> str:
        """What paths in `buildRoot` start with: nothing, or `backend/`."""
        folder = str(self.manifest.accepted("buildRoot") or ".")
        return "" if folder == "." or not files.is_folder(self.root / folder) else f"{folder}/"

    # leanengine.yaml

    @cached_property
    def manifest(self) -> ManifestValues:
        """What leanengine.yaml says; nothing where there is none."""
        try:
            overlaid = self._data.get(MANIFEST)
            data = (
                files.read(self.root / MANIFEST, root=self.root) if overlaid is None else overlaid
            )
            return read_manifest(data)
        except FileNotFoundError:
            return ManifestValues()
        except files.UnreadableError as error:
            return ManifestValues(problem=str(error.strerror))
        except parsing.ParseError as error:
            return ManifestValues(problem=error.reason, problem_line=error.line)

    @property
    def run(self) -> str:
        """The line that starts the server, under its old key `cmd` too; empty if there is none."""
        old = self.manifest.values.get(OLD_RUN)
        return str(self.manifest.accepted("run") or (old if isinstance(old, str) else ""))

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
        return tuple(
            name for step in self.install_steps if isinstance(step, Require) for name in step.files
        )

    def is_there_at_install(self, path: str) -> bool:
        """Return whether a file is in the build folder when packages are installed."""
        path = str(PurePosixPath(path))
        asked = {str(PurePosixPath(name)) for name in self.required_files}
        if path in DEPENDENCY_LISTS or "." in asked:
            return True
        return any(path == name or path.startswith(f"{name}/") for name in asked)

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
        """What requirements.txt and the files that it includes ask for, but for
        what another Python would get.
        """
        return [line for line in self.all_requirements if line.applies(self.python) is not False]

    @cached_property
    def all_requirements(self) -> list[Requirement]:
        """The same with what is for another Python."""
        return [line for found in self.requirements_files.values() for line in found.requirements]

    @property
    def included_requirements(self) -> Iterator[Include]:
        """The files that requirements.txt and the files that it includes name with `-r`
        and `-c`.
        """
        for found in self.requirements_files.values():
            yield from found.includes

    @cached_property
    def requirements_files(self) -> dict[str, RequirementsFile]:
        """requirements.txt, what the commands of `install` read, and what
        these include, each of them once.
        """
        found: dict[str, RequirementsFile] = {}
        waiting = [requirements.Include(MANIFEST, 1, REQUIREMENTS)]
        for line in self.install_lines:
            waiting += requirements.included_by(line, MANIFEST)
        for include in waiting:
            # What a command reads is meant from buildRoot, what a file includes from that file.
            path = self.base + include.resolved if include.file == MANIFEST else include.resolved
            if path not in found and path in self._known:
                found[path] = requirements.parse(
                    path, self.text(path), is_constraint=include.is_constraint
                )
                waiting += found[path].includes
        return found

    @cached_property
    def _by_package(self) -> dict[str, list[Requirement]]:
        found: dict[str, list[Requirement]] = {}
        for line in self.requirements:
            found.setdefault(line.name, []).append(line)
        return found

    def requirements_of(self, package: str) -> list[Requirement]:
        """Return the lines about a package, those in files of constraints among them."""
        return self._by_package.get(package, [])

    def requirement(self, *names: str) -> Requirement | None:
        """Return the first line about one of these packages, with the versions
        that all lines about it leave.
        """
        for line in self.requirements:
            if line.name in names:
                specs = [spec for other in self.requirements_of(line.name) for spec in other.specs]
                return replace(line, specs=tuple(specs))
        return None

    def installs(self, *names: str) -> bool:
        """Return whether one of these packages is installed, or whether that is not known."""
        if self.manifest.problem or self.manifest.is_refused("install", "build"):
            return True
        build = self.manifest.accepted("build") or ()
        lines = "\n".join(
            [*self.install_lines, *(step.line for step in build if isinstance(step, Command))]
        )
        asked = [line for line in self.requirements if not line.is_constraint]
        # A folder of the project's own may ask for anything in its setup.py.
        if any(line.name in names or line.is_folder for line in asked) or _OTHER_INSTALLERS.search(
            lines
        ):
            return True
        if self.base + REQUIREMENTS not in self._known:
            return True
        return any(
            re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", lines, re.IGNORECASE)
            for name in names
        )

    # Python source

    @cached_property
    def entry(self) -> Module | None:
        """wsgi.py."""
        return self.module(self.base + ENTRY)

    @cached_property
    def scripts(self) -> list[Module]:
        """The modules that `run` starts with Python."""
        paths = [
            self.base + str(PurePosixPath(command.script))
            for command in self.commands
            if command.script
        ]
        return [module for path in paths if (module := self.module(path))]

    @property
    def servers(self) -> list[Module]:
        """The modules that may start a server: what `run` starts, and wsgi.py,
        which the vendor's CLI starts.
        """
        return list(
            {module.path: module for module in (*self.scripts, self.entry) if module}.values()
        )

    # The SDK

    @cached_property
    def uses_sdk(self) -> bool:
        """Whether the app imports the SDK."""
        return any(module.imports_from(NEW_SDK) for module in self.modules_with(b"leancloud"))

    @cached_property
    def engines(self) -> list[tuple[Module, SgNode, str]]:
        """Where an `Engine` of the SDK is made: module, call, and the name that it is given,
        or ''.
        """
        found = []
        for module in self.modules_with(b"Engine(", also=b"leancloud"):
            if not module.imports_from(NEW_SDK) and not _imports_leancloud(module):
                continue
            for call in module.calls("Engine"):
                if callee(call) in _ENGINES:
                    parent = call.parent()
                    target = (
                        parent.field("left")
                        if parent is not None and parent.kind() == "assignment"
                        else None
                    )
                    found.append((module, call, target.text() if target is not None else ""))
        return found

    @cached_property
    def engine_names(self) -> frozenset[str]:
        """The names that engines are given."""
        return frozenset(name for _, _, name in self.engines if name)

    def is_engine(self, module: Module, node: SgNode | None, depth: int = 0) -> bool:
        """Return whether an expression is an engine of the SDK: its call,
        `.wrap(…)` of one, or a name for either.
        """
        if node is None or depth > _DEPTH:
            return False
        if node.kind() == "call":
            owner, _, method = callee(node).rpartition(".")
            if method == "wrap":
                return owner in self.engine_names
            return callee(node) in _ENGINES and bool(self.engines)
        if node.kind() != "identifier":
            return False
        values = [
            value for value in module.assignments.get(node.text(), ()) if not in_function(value)
        ]
        before = [
            value for value in values if value.range().end.index <= node.range().start.index
        ] or values
        if before:
            return self.is_engine(module, before[-1], depth + 1)
        return node.text() in self.engine_names and any(
            i.bound == node.text() for i in module.imports
        )

    def served(self, module: Module) -> SgNode | None:
        """Return what a module's `application` is in the end."""
        values = [
            value for value in module.assignments.get("application", ()) if not in_function(value)
        ]
        return values[0] if values else None


def _imports_leancloud(module: Module) -> bool:
    return any("leancloud" in i.bound or i.name == "leancloud" for i in module.imports)
