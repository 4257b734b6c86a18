"""leanengine.yaml, key by key. Source: LeanEngine docs, "leanengine.yaml reference"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold import messages
from scaffold.checks.project import REQUIREMENTS
from scaffold.checks.rule import Edit, Finding, Rule
from scaffold.engine.manifest import FILE, KEYS, SYSTEM_DEPENDENCIES, UseDefault, nearest_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.checks.project import Project

OLD_RUN = "cmd"
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
                yield self.at(FILE, project.manifest.lines[key], key=key, value=repr(value), expected=expected)


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
                    yield self.at(FILE, project.manifest.lines[key], key=key, step=repr(step), expected=expected)


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

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each file that a requirements file or an `install` command reads before it is there."""
        default = any(isinstance(step, UseDefault) for step in project.install_steps)
        reads_list = default or any(REQUIREMENTS in line for line in project.install_lines)
        for file, line, name in project.included_requirements if reads_list else ():
            if "://" not in name and not project.is_there_at_install(name):
                yield self.at(file, line, name=name)
        for command in project.install_lines:
            for name in re.findall(r"(?:-r|-c|--requirement|--constraint)[\s=]*([\w./-]+)", command):
                if not name.startswith("/") and not project.is_there_at_install(name):
                    yield self.at(FILE, project.manifest.lines["install"], name=name)


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
        if accepted and not default and not re.search(r"\b(pip\d?|uv|poetry|pipenv|pdm|conda|make|sh|bash)\b", words):
            yield self.at(FILE, project.manifest.lines["install"])
