"""requirements.txt: what is installed, and whether it can live together. Measured in
November 2026.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.checks.project import NEW_SDK, OLD_SDK, REQUIREMENTS
from scaffold.checks.rule import Finding, Rule
from scaffold.requirements import is_absolute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.checks.project import Project
    from scaffold.requirements import Requirement, Version

# What leancloud 2.9.12 and 3.0.2 ask for: these versions and later ones stay out.
SDK_LIMITS: dict[str, Version] = {
    "flask": (2,),  # Flask 2 needs Werkzeug 2
    "gevent": (23,),
    "markupsafe": (2, 0, 2),
    "secure-cookie": (1,),
    "werkzeug": (2,),
}
# The first setuptools without pkg_resources, which gevent before 23 imports.
SETUPTOOLS_LIMIT = (82,)
# The first gevent with wheels for Python 3.9.
FIRST_FOR_PYTHON_39 = (20, 12)
# pip since 24.1, which needs Python 3.8, refuses versions that are none.
FIRST_STRICT_PYTHON = (3, 8)


@dataclass(frozen=True)
class Clash:
    """Two packages that install side by side and fail when they start.

    Attributes:
        old: the one, when it is below `below`.
        new: the other, when it is at least `least`.
        error: what is printed.
    """

    old: str
    below: Version
    new: str
    least: Version
    error: str


CLASHES = (
    Clash(
        "flask",
        (2,),
        "markupsafe",
        (2, 1),
        "ImportError: cannot import name 'soft_unicode' from 'markupsafe'",
    ),
    Clash(
        "jinja2",
        (3,),
        "markupsafe",
        (2, 1),
        "ImportError: cannot import name 'soft_unicode' from 'markupsafe'",
    ),
    Clash(
        "flask",
        (2,),
        "itsdangerous",
        (2, 1),
        "ImportError: cannot import name 'json' from 'itsdangerous'",
    ),
    Clash(
        "flask", (2,), "jinja2", (3, 1), "ImportError: cannot import name 'escape' from 'jinja2'"
    ),
    Clash(
        "flask",
        (2, 2),
        "werkzeug",
        (3,),
        "ImportError: cannot import name 'url_quote' from 'werkzeug.urls'",
    ),
    Clash(
        "gevent",
        (24, 10, 1),
        "gunicorn",
        (24,),
        "RuntimeError: gevent worker requires gevent 24.10.1 or higher",
    ),
)


class OldSdk(Rule):
    """`leancloud-sdk` is the dead predecessor of the SDK."""

    id = "LE040"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where it is asked for."""
        if old := project.requirement(OLD_SDK):
            yield self.at(old.file, old.line, source=old.source)


class Unbounded(Rule):
    """A requirement that lets every later major version in."""

    id = "LE041"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each, unless a file of constraints says the versions."""
        bounded = {"", OLD_SDK, *(line.name for line in project.requirements if line.is_bounded)}
        for line in project.requirements:
            # A line that pip refuses has a finding of its own.
            if line.name not in bounded and line.is_valid:
                yield self.at(line.file, line.line, source=line.source, name=line.name)


class DeadSockets(Rule):
    """Flask-Sockets is dead."""

    id = "LE042"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where it is asked for."""
        if line := project.requirement("flask-sockets"):
            yield self.at(line.file, line.line, source=line.source)


class GeventWithoutPkgResources(Rule):
    """gevent before 23 meets a setuptools without pkg_resources."""

    id = "LE043"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding on Python 3.9 and newer, where nothing keeps setuptools old."""
        found = old_gevent(project)
        if found and (project.python is None or project.python >= (3, 9)):
            yield self.at(found.file, found.line, source=found.source)


class AgainstSdk(Rule):
    """A requirement that the SDK's own pins exclude."""

    id = "LE044"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each."""
        sdk = project.requirement(NEW_SDK)
        for line in project.requirements if sdk else ():
            limit = SDK_LIMITS.get(line.name)
            if limit and line.lowest >= limit and line.applies(project.python):
                dotted = ".".join(map(str, limit))
                yield self.at(
                    line.file, line.line, source=line.source, name=line.name, limit=dotted
                )


class StartsNotTogether(Rule):
    """Two pinned packages that do not start together."""

    id = "LE045"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each pair."""
        for clash in CLASHES:
            old, new = project.requirement(clash.old), project.requirement(clash.new)
            if not old or not new or not old.is_below(clash.below) or new.lowest < clash.least:
                continue
            if clash.new == "gunicorn" and "gevent" not in project.run:
                continue
            yield self.at(
                new.file, new.line, source=new.source, other=old.source, error=clash.error
            )


class SdkNotInstalled(Rule):
    """The SDK is imported and not installed."""

    id = "LE046"
    severity = "error"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding at the first import."""
        if project.installs(NEW_SDK, OLD_SDK):
            return
        for module in project.modules_with(b"leancloud"):
            for found in module.imports_from(NEW_SDK):
                yield self.at(*module.place(found.node), requirements=project.base + REQUIREMENTS)
                return


class WerkzeugTooNew(Rule):
    """The SDK cannot be imported beside this Werkzeug."""

    id = "LE047"
    severity = "error"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where Werkzeug is new and nothing puts back what the SDK imports
        from it.
        """
        sdk_apart = not project.requirement(NEW_SDK) and any(
            NEW_SDK in line for line in project.install_lines
        )
        line = project.requirement("werkzeug")
        if (
            sdk_apart
            and line
            and line.lowest >= (2, 1)
            and project.uses_sdk
            and not project.mentions(b"safe_str_cmp")
        ):
            yield self.at(line.file, line.line, source=line.source)


class RefusedLine(Rule):
    """A line of a requirements file that pip cannot read."""

    id = "LE048"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each; the pip of an old Python is not as strict."""
        if project.python and project.python < FIRST_STRICT_PYTHON:
            return
        for file, found in project.requirements_files.items():
            for problem in found.problems:
                yield self.at(file, problem.line, source=problem.source)


class PathOfOneMachine(Rule):
    """A requirement that is a file on one machine."""

    id = "LE049"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each absolute path."""
        for line in project.requirements:
            if is_absolute(line.local_path):
                yield self.at(line.file, line.line, source=line.source, name=line.name)


def old_gevent(project: Project) -> Requirement | None:
    """Return what brings a gevent before 23 that the app uses, with a
    setuptools that it cannot live with.
    """
    gevent = project.requirement("gevent")
    setuptools = project.requirement("setuptools")
    if setuptools and (
        setuptools.is_below(SETUPTOOLS_LIMIT) or setuptools.applies(project.python) is None
    ):
        return None
    if gevent and gevent.is_below(FIRST_FOR_PYTHON_39):
        return None  # not even installed on the Pythons that this is about
    if gevent and gevent.is_below((23,)):
        bringing: Requirement | None = gevent
    else:
        # The SDK's own pins, unless a later gevent is asked for: then nothing
        # installs, which is another rule's.
        bringing = None if gevent and gevent.lowest >= (23,) else project.requirement(NEW_SDK)
    used = "gevent" in project.run or any(
        module.imports_from("gevent") for module in project.modules_with(b"gevent")
    )
    return bringing if used else None
