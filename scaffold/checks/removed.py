"""Modules and names that packages no longer have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.checks.project import NEW_SDK

if TYPE_CHECKING:
    from scaffold.checks.project import Project
    from scaffold.requirements import Version


@dataclass(frozen=True)
class Removed:
    """A module or a name in one.

    Attributes:
        name: as it is imported; what is below it is gone with it.
        instead: what to import; for a name that ends with a dot, what takes
            the place of that beginning.
        package: what it was a part of.
        since: the first version without it.
    """

    name: str
    instead: str
    package: str
    since: Version

    def covers(self, name: str) -> bool:
        """Return whether an imported name is this one or below it."""
        return f"{name}.".startswith(self.name if self.name.endswith(".") else f"{self.name}.")

    def replacement(self, name: str) -> str:
        """Return what to import instead of a name that this covers."""
        return (
            name.replace(self.name, self.instead, 1)
            if self.name.endswith(".") and name != self.name[:-1]
            else self.instead
        )

    def is_kept(self, project: Project) -> bool:
        """Return whether the requirements keep a version that still has it."""
        line = project.requirement(self.package)
        return line is not None and line.is_below(self.since)


# Source: each package's list of changes, and the SDK's own history.
REMOVED = (
    Removed("gevent.wsgi", "gevent.pywsgi", "gevent", (1, 3)),
    Removed("flask.ext.", "flask_", "flask", (1,)),
    Removed("tornado.wsgi.WSGIApplication", "tornado.web.Application", "tornado", (6,)),
)
REMOVED_FROM_SDK = (Removed("leancloud.cloudfunc", "leancloud.cloud", NEW_SDK, (2, 8)),)
# `Object.attributes` and `Engine.current_user`.
SDK_WITHOUT_OLD_MEMBERS: Version = (2,)
