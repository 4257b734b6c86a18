"""leanengine.yaml, key by key. Source: LeanEngine docs, "leanengine.yaml reference"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold import messages, parsing
from scaffold.checks.project import OLD_RUN, REQUIREMENTS
from scaffold.checks.rule import Finding, Rule
from scaffold.edits import Edit
from scaffold.engine.manifest import FILE, KEYS, SYSTEM_DEPENDENCIES, UseDefault, nearest_keys
from scaffold.requirements import included_by, is_absolute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.checks.project import Project

# Their values have rules of their own.
_APART = frozenset({"systemDependencies", "install", "build"})
_OLD_KEY = re.compile(rb"^cmd(?=[ \t]*:)", re.MULTILINE)


class Unreadable(Rule):
    """leanengine.yaml cannot be read."""

    id = "LE010"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where the file is no YAML, or holds no keys."""
        if problem := project.manifest.problem:
            yield self.at(FILE, project.manifest.problem_line, problem=problem)


class UnknownKey(Rule):
    """A key that the platform does not know."""

    id = "LE011"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each."""
        for key, line in project.manifest.lines.items():
            if key not in KEYS and key != OLD_RUN:
                yield self.at(FILE, line, key=key, nearest=nearest_keys(key))


class OldRunKey(Rule):
    """`cmd` is now `run`."""

    id = "LE012"
    severity = "error"
    fixable = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding; the key can be renamed where `run` is not there too."""
        if OLD_RUN not in project.manifest.lines:
            return
        match = _OLD_KEY.search(project.read(FILE))
        renamed = match is not None and "run" not in project.manifest.lines
        edits = (Edit(*match.span(), b"run"),) if match and renamed else ()
        yield Finding(type(self), FILE, project.manifest.lines[OLD_RUN], edits=edits)


class BadValue(Rule):
    """A value that the platform does not understand: type, range or choice."""

    id = "LE013"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each."""
        for key, value in project.manifest.values.items():
            if key in KEYS and key not in _APART and project.manifest.accepted(key) is None:
                rule = KEYS[key]
                expected = messages.text(rule.expected, **rule.params)
                yield self.at(
                    FILE,
                    project.manifest.lines[key],
                    key=key,
                    value=parsing.shown(value),
                    expected=expected,
                )


class UnknownSystemDependency(Rule):
    """A system dependency that the platform does not have."""

    id = "LE015"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each."""
        key = "systemDependencies"
        asked = project.manifest.values.get(key)
        for name in asked if isinstance(asked, list) else [] if asked is None else [asked]:
            if name not in SYSTEM_DEPENDENCIES:
                known = ", ".join(SYSTEM_DEPENDENCIES)
                yield self.at(FILE, project.manifest.lines[key], name=name, known=known)


class BadStep(Rule):
    """`install` or `build` holds something that is no step."""

    id = "LE016"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each step that is not understood."""
        for key in ("install", "build"):
            asked = project.manifest.values.get(key)
            for step in asked if isinstance(asked, list) else [] if asked is None else [asked]:
                if not _is_step(key, step):
                    expected = messages.text(KEYS[key].expected)
                    yield self.at(
                        FILE,
                        project.manifest.lines[key],
                        key=key,
                        step=parsing.shown(step),
                        expected=expected,
                    )


def _is_step(key: str, step: object) -> bool:
    try:
        KEYS[key].read([step])
    except ValueError:
        return False
    return True


class RequiredIsMissing(Rule):
    """`require` names a file that is not there."""

    id = "LE017"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each."""
        for name in project.required_files:
            if not project.has(project.base + name):
                yield self.at(FILE, project.manifest.lines["install"], name=name)


class NodeKey(Rule):
    """`installDevDependencies` is for Node.js."""

    id = "LE018"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where it is set."""
        key = "installDevDependencies"
        if key in project.manifest.values:
            yield self.at(FILE, project.manifest.lines[key])


class NoBuildRoot(Rule):
    """`buildRoot` is not a folder."""

    id = "LE019"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where it leads nowhere."""
        folder = project.manifest.accepted("buildRoot")
        if folder and not (project.root / folder).is_dir():
            yield self.at(FILE, project.manifest.lines["buildRoot"], folder=folder)


class NotThereAtInstall(Rule):
    """Installing needs a file that is not in the build folder yet."""

    id = "LE028"
    severity = "error"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each file that a requirements file or an `install`
        command reads before it is there.
        """
        if project.manifest.is_refused("install"):
            return
        default = any(isinstance(step, UseDefault) for step in project.install_steps)
        reads_list = default or any(REQUIREMENTS in line for line in project.install_lines)
        for file, line, path in _read_while_installing(project) if reads_list else ():
            if not project.is_there_at_install(path):
                yield self.at(file, line, name=path)
        for command in project.install_lines:
            for included in included_by(command, FILE):
                if included.resolved and not project.is_there_at_install(included.resolved):
                    yield self.at(FILE, project.manifest.lines["install"], name=included.path)


def _read_while_installing(project: Project) -> Iterator[tuple[str, int, str]]:
    """Yield file, line and path, from buildRoot, of the project's files
    that requirements files name.

    Absolute paths are another rule's.
    """
    for included in project.included_requirements:
        if included.resolved:
            yield included.file, included.line, included.resolved.removeprefix(project.base)
    for file, found in project.requirements_files.items():
        # pip looks for these from where it runs, not from the file that names them.
        paths = [
            (line.line, line.local_path)
            for line in found.requirements
            if line.applies(project.python)
        ]
        paths += [(option.line, folder) for option in found.options for folder in option.folders]
        for line, path in paths:
            if path and not is_absolute(path):
                yield file, line, path


class InstallsNothing(Rule):
    """`install` replaces the default and installs no packages."""

    id = "LE029"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where requirements.txt asks for packages and no step installs any."""
        if "install" not in project.manifest.lines or not project.requirements:
            return
        default = any(isinstance(step, UseDefault) for step in project.install_steps)
        words = " ".join(project.install_lines)
        accepted = project.manifest.accepted("install")
        if (
            accepted
            and not default
            and not re.search(r"\b(pip\d?|uv|poetry|pipenv|pdm|conda|make|sh|bash)\b", words)
        ):
            yield self.at(FILE, project.manifest.lines["install"])
