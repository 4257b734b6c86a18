"""What the app imports when it starts, and whether anything installs it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scaffold.checks.module import in_function
from scaffold.checks.project import ENTRY, NEW_SDK, REQUIREMENTS
from scaffold.checks.rule import Finding, Rule
from scaffold.requirements.dependencies import may_bring
from scaffold.requirements.distributions import NOT_PACKAGES, REMOVED, distribution, provides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.checks.module import Import, Module
    from scaffold.checks.project import Project

# The SDK has a rule of its own, LE046.
_KNOWN = NOT_PACKAGES | REMOVED | sys.stdlib_module_names | {NEW_SDK}
# What is under one of these may be meant to be missing.
_CONDITIONAL = frozenset(
    {"try_statement", "if_statement", "conditional_expression", "match_statement", "with_statement"}
)
_PYTHON_3 = (3,)


class NotRequired(Rule):
    """A module is imported that no requirement brings."""

    id = "LE057"
    severity = "error"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield the first import of each package that is missing.

        Only what is imported as soon as the app starts counts, and only where it is certain:
        not under a condition, and not what another package may bring.
        """
        if project.python and project.python < _PYTHON_3:
            return
        own = _own_names(project)
        seen: set[str] = set()
        for module in _started(project):
            for found in module.imports:
                name = found.module.partition(".")[0]
                if name in seen or name in own or not _counts(found, name):
                    continue
                seen.add(name)
                if not _is_installed(project, name):
                    yield self.at(
                        *module.place(found.node),
                        module=name,
                        package=distribution(name),
                        requirements=project.base + REQUIREMENTS,
                    )


def _counts(found: Import, name: str) -> bool:
    """Return whether an import surely runs when its module is imported, and is of a package."""
    if not name or name in _KNOWN or in_function(found.node):
        return False
    return not any(above.kind() in _CONDITIONAL for above in found.node.ancestors())


def _is_installed(project: Project, name: str) -> bool:
    package = distribution(name)
    if project.installs(package, name):
        return True
    packages = frozenset(line.name for line in project.all_requirements)
    return provides(packages, name) or may_bring(packages, package)


def _own_names(project: Project) -> set[str]:
    """Return the names of all files and folders of the project: each may be what is imported."""
    parts = (part for path in project.files for part in path.split("/"))
    return {part.partition(".")[0] for part in parts}


def _started(project: Project) -> list[Module]:
    """Return wsgi.py and the modules of the project that it imports, one after the other."""
    by_name = {module.dotted.removeprefix(project.base): module for module in project.modules}
    found: dict[str, Module] = {}
    waiting = [module for module in (project.module(project.base + ENTRY),) if module]
    while waiting:
        module = waiting.pop(0)
        if module.path not in found:
            found[module.path] = module
            waiting += [by_name[name] for name in _imported(module) if name in by_name]
    return list(found.values())


def _imported(module: Module) -> Iterator[str]:
    """Yield the dotted names that a module imports without a condition, packages included."""
    for found in module.imports:
        if in_function(found.node):
            continue
        parts = found.module.split(".")
        yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))
        yield f"{found.module}.{found.name}"
