"""What a migration does not change and a person should: the rules of `scaffold
check` that old projects break.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.checks import findings
from scaffold.checks.project import Project
from scaffold.checks.rules import RULES

if TYPE_CHECKING:
    from scaffold.checks.rule import Finding
    from scaffold.migrate.plan import MigrationPlan

# Of the rules of `scaffold check`, those on what became of an old project's habits.
IDS = frozenset(
    {
        "LE001",  # wsgi.py only in a sub-folder
        "LE012",  # cmd
        "LE021",  # bind to localhost
        "LE035",  # runtime.txt
        "LE037",  # only Python 2 can read it
        "LE044",  # pins that exclude the SDK
        "LE050",
        "LE051",
        "LE056",  # gevent.wsgi, flask.ext, tornado.wsgi
        "LE073",  # gone from the SDK
        "LE080",  # hard-coded keys
        "LE081",
        "LE083",  # .leanignore
        "LE084",
    }
)


def find(made: MigrationPlan) -> list[Finding]:
    """Return what the rules find in a project as it is after the plan."""
    project = Project(
        made.folder, overlay={path: done.content for path, done in made.files.items()}
    )
    found = findings(project, (rule for rule in RULES if rule.id in IDS))
    return sorted(found, key=lambda f: (f.file, f.line, f.rule.id))
