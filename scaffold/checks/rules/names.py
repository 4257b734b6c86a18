"""The environment variables' old names, `LC_…`, where they name a variable of the platform."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from scaffold.checks.environment import environment_reads
from scaffold.checks.project import NEW_SDK, OLD_SDK
from scaffold.checks.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.checks.project import Project

WITHOUT_REPLACEMENT = "LC_APP_PROD"
# The SDK reads these itself, by one family of names only.
KEYS = ("LC_APP_ID", "LC_APP_KEY", "LC_APP_MASTER_KEY")


class Use(NamedTuple):
    """A place where a variable has its old name."""

    file: str
    line: int
    column: int
    name: str

    @property
    def is_python(self) -> bool:
        """Whether it is in Python source."""
        return self.file.endswith((".py", ".pyw"))


@lru_cache(maxsize=1)
def old_names(project: Project) -> list[Use]:
    """Return the places that `scaffold migrate` would rename, or asks a person
    about because of their values.
    """
    # A module that needs the parser and the rules of every kind of file;
    # most projects have no old name.
    from scaffold.migrate import rewrite, survey

    contents = {path: project.read(path) for path in project.files}
    if not any(b"LC_" in data for data in contents.values()):
        return []
    context = survey.context(contents)
    return [
        Use(path, *use)
        for path, data in contents.items()
        for use in rewrite.uses(path, data, context)
    ]


class OldName(Rule):
    """An old name of a variable in Python."""

    id = "LE090"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each."""
        for use in old_names(project):
            if use.is_python and use.name != WITHOUT_REPLACEMENT:
                yield self.at(use.file, use.line, use.column, name=use.name, new=new_name(use.name))


class OldNameElsewhere(Rule):
    """An old name of a variable in a script, a setting or a README."""

    id = "LE091"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each."""
        for use in old_names(project):
            if not use.is_python and use.name != WITHOUT_REPLACEMENT:
                yield self.at(use.file, use.line, use.column, name=use.name, new=new_name(use.name))


class NoReplacement(Rule):
    """LC_APP_PROD has no successor of the same values."""

    id = "LE092"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each."""
        for use in old_names(project):
            if use.name == WITHOUT_REPLACEMENT:
                yield self.at(use.file, use.line, use.column, name=use.name)


class MixedVariableNames(Rule):
    """The SDK reads the one family of names, the app the other."""

    id = "LE093"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding at the first key that is read by the name which the SDK does not read."""
        old = project.requirement(OLD_SDK)
        new = project.requirement(NEW_SDK) or (old if old and old.lowest >= (1, 13) else None)
        if new:
            for use in old_names(project):
                # Where both names are read, either will do.
                is_key = use.is_python and use.name in KEYS
                if is_key and not project.mentions(new_name(use.name).encode()):
                    yield self.at(
                        use.file,
                        use.line,
                        use.column,
                        name=use.name,
                        sdk=new.source,
                        family="LEANCLOUD_",
                    )
                    return
        elif old and old.is_below((1, 13)):
            new_names = {new_name(key) for key in KEYS}
            for module in project.modules_with(b"LEANCLOUD_APP_"):
                for node, name in environment_reads(module):
                    other = name.replace("LEANCLOUD_", "LC_").encode()
                    if name in new_names and not project.mentions(other):
                        yield self.at(*module.place(node), name=name, sdk=old.source, family="LC_")
                        return


def new_name(name: str) -> str:
    """Return what the platform calls a variable now."""
    return name.replace("LC_", "LEANCLOUD_", 1)
