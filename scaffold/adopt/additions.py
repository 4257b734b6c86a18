"""Packages that a project needs in addition to its own requirements: server, SDK, framework."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.frameworks import FRAMEWORKS
from scaffold.servers import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.adopt.contract import Contract
    from scaffold.checks.project import Project


def additional_packages(
    project: Project, contract: Contract, renamed: Iterable[str]
) -> dict[str, str]:
    """Return requirements by package; they count where the user has none of that package.

    Args:
        project: the files.
        contract: what our template says of such a project.
        renamed: packages of modules that were renamed.
    """
    found, is_python_2 = contract.found, contract.is_python_2
    # The server of the user's own `run` line is a requirement of theirs, unless it is missing.
    keeps_run = project.run and not contract.app
    added = _of_run_line(project) if keeps_run else contract.server_requirements()
    added |= contract.package_requirements()
    if found.uses_sdk:
        added["leancloud"] = "leancloud>=2.9.12,<3" if is_python_2 else "leancloud>=2.9.12,<4"
    if FRAMEWORKS[found.starter.value].packaged:
        added.setdefault(found.starter.value, found.starter.value)
    if is_python_2 and "gunicorn" in added:
        # Its threads come from a package of their own on Python 2.
        added |= {"gunicorn": "gunicorn<20", "futures": "futures<4; python_version < '3'"}
        added.pop("packaging", None)
    return {**added, **{package: package for package in sorted(renamed)}}


def _of_run_line(project: Project) -> dict[str, str]:
    """Return the packages of the servers that `run` starts and that are not installed."""
    started = {command.program for command in project.commands}
    servers = [PROGRAMS[program] for program in sorted(started & PROGRAMS.keys())]
    missing = [
        server.packages[0]
        for server in servers
        if not project.installs(server.packages[0], *server.brought_by)
    ]
    return {package: package for package in missing}
