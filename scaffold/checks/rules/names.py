"""The environment variables' old names, `LC_…`, where they name a variable of the platform."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.checks.module import environment_reads
from scaffold.checks.project import NEW_SDK, OLD_SDK
from scaffold.checks.rule import Finding, Rule
from scaffold.engine.environment import DEPRECATED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.checks.project import Project

WITHOUT_TWIN = "LC_APP_PROD"
# Renamed by what they are now called, not by their prefix alone.
KEYS = ("LC_APP_ID", "LC_APP_KEY", "LC_APP_MASTER_KEY")
# What is no Python and may set or use a variable; in ini files such names are keys of the user's own.
_OTHER_FILES = re.compile(
    r"(?:^|/)(?:[^/]*\.(?:sh|bash|zsh|fish|ps1|bat|cmd|ya?ml|md|rst|env)(?:\.[\w-]+)?"
    r"|(?:Docker|Make|Proc|Container)file[^/]*|\.env[^/]*|env_setup[^/]*)$"
)
_NAMES = "|".join(sorted(DEPRECATED))
# Only where it is set or used: `export X=`, `X=` or `X:` at the start of a line, `ENV X`, `$X`, `${X`, `%X%`.
_USED = re.compile(
    rf"(?:\b(?:export|setx?|env|ENV|ARG|unset|-x|-gx|-e)\s+|^\s*(?:-\s+)?[\"']?|[$%]\{{?|\$env:)({_NAMES})\b"
    r"(?=\s*[\"']?[=:]|\s*$|[}%]|\s+[\"'$\w])"
)
_DOLLAR = re.compile(rf"\$\{{?({_NAMES})\b")


def uses_in_python(project: Project) -> Iterator[tuple[tuple[str, int, int], str]]:
    """Yield place and name of each old name that names an environment variable in Python."""
    for module in project.modules_with(b"LC_AP", tests=True):
        for node, name in environment_reads(module):
            if name in DEPRECATED:
                yield module.place(node), name


def uses_elsewhere(project: Project) -> Iterator[tuple[tuple[str, int, int], str]]:
    """Yield place and name of each old name that shell scripts, YAML, READMEs and the like set or use."""
    for path in project.files:
        if not _OTHER_FILES.search(path) or path.endswith("~") or b"LC_AP" not in project.read(path):
            continue
        prose = path.endswith((".md", ".rst"))
        for number, line in enumerate(project.text(path).splitlines(), 1):
            if line.lstrip().startswith("#") and not prose:
                continue
            matches = {match.start(1): match[1] for pattern in (_USED, _DOLLAR) for match in pattern.finditer(line)}
            for start, name in sorted(matches.items()):
                if not prose or re.search(rf"(?:export|set|-x)\s+{name}|\$\{{?{name}", line):
                    yield (path, number, start + 1), name


class OldName(Rule):
    """An old name of a variable in Python."""

    id = "LE090"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each."""
        for place, name in uses_in_python(project):
            if name != WITHOUT_TWIN:
                yield self.at(*place, name=name, new=new_name(name))


class OldNameElsewhere(Rule):
    """An old name of a variable in a script, a setting or a README."""

    id = "LE091"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each."""
        for place, name in uses_elsewhere(project):
            if name != WITHOUT_TWIN:
                yield self.at(*place, name=name, new=new_name(name))


class NoTwin(Rule):
    """LC_APP_PROD has no successor of the same values."""

    id = "LE092"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each."""
        for place, name in (*uses_in_python(project), *uses_elsewhere(project)):
            if name == WITHOUT_TWIN:
                yield self.at(*place, name=name)


class HalfMoved(Rule):
    """The SDK reads the one family of names, the app the other."""

    id = "LE093"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding at the first key that is read by the name which the SDK does not read."""
        old = project.requirement(OLD_SDK)
        new = project.requirement(NEW_SDK) or (old if old and old.lowest >= (1, 13) else None)
        if new:
            for place, name in uses_in_python(project):
                # Where both names are read, either will do.
                if name in KEYS and not project.mentions(new_name(name).encode()):
                    yield self.at(*place, name=name, sdk=new.source, family="LEANCLOUD_")
                    return
        elif old and old.is_below((1, 13)):
            twins = {new_name(key) for key in KEYS}
            for module in project.modules_with(b"LEANCLOUD_APP_"):
                for node, name in environment_reads(module):
                    if name in twins and not project.mentions(name.replace("LEANCLOUD_", "LC_").encode()):
                        yield self.at(*module.place(node), name=name, sdk=old.source, family="LC_")
                        return


def new_name(name: str) -> str:
    """Return what the platform calls a variable now."""
    return name.replace("LC_", "LEANCLOUD_", 1)
