"""What adopting a project comes to: every change, what was found, and what is left to do. Nothing is written here."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from scaffold.adopt import contract as contracts
from scaffold.adopt import era, python2, serving
from scaffold.adopt import pins as pinning
from scaffold.adopt.detect import Detected, detect
from scaffold.adopt.draft import Change, Draft
from scaffold.adopt.requirements import third_party, user_requirements, write_requirements
from scaffold.checks import check
from scaffold.checks.settings import Settings
from scaffold.starters import Catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.adopt.pins import Pins
    from scaffold.adopt.python2 import OldPlace
    from scaffold.checks.rule import Finding
    from scaffold.engine.boot import BootReport

PYTHON_2 = "2.7.18"
# Rules of `scaffold check` whose edits are made too: a renamed key, a line more in a list of what is not uploaded.
_MENDED = ("LE012", "LE030", "LE053", "LE083", "LE084", "LE085")
# What adopting has just decided is no news.
_SILENT = ("LE041", "LE034")


@dataclass(frozen=True)
class Options:
    """What the user chose.

    Attributes:
        python: the version to adopt it for; empty to choose.
        boot: take the first pins with which the app starts.
    """

    python: str = ""
    boot: bool = False


@dataclass(frozen=True)
class Left:
    """What migrating left as it is: a place and why, in the current language."""

    place: str
    text: str


@dataclass(frozen=True)
class Plan:
    """What is to be done.

    Attributes:
        folder: the project.
        found: what it is.
        python: the version it is adopted for.
        python_2: why it stays on Python 2; nothing for a project of today.
        old: what Python 3 would not take, for a project whose old Python is left behind too.
        changes: every file that changes.
        pins: its requirements; None where it has none that are known.
        absent: places that import modules of the app which are not there, with the module.
        unrequired: places that import packages of which no requirement has the name, with the name.
        findings: what is left to mend, by `scaffold check` of the result.
        left: what migrating left.
        managed: files that updates keep in step.
        boot: the rehearsal of the result, if one was asked for.
    """

    folder: Path
    found: Detected
    python: str
    old: tuple[OldPlace, ...]
    changes: tuple[Change, ...]
    pins: Pins
    guessed: tuple[str, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
    unrequired: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    left: tuple[Left, ...] = ()
    managed: tuple[str, ...] = ()
    boot: BootReport | None = None

    @property
    def is_python_2(self) -> bool:
        """Whether it stays on Python 2."""
        return self.python == PYTHON_2


@dataclass
class _Work:
    """What the steps hand on."""

    draft: Draft
    catalog: Catalog
    options: Options
    name: str
    left: list[Left] = field(default_factory=list)


@contextmanager
def made(folder: Path, options: Options, report: Callable[[str], None] = lambda _step: None) -> Iterator[Plan]:
    """Give the plan for a project; the copy that it was tried in is gone afterwards.

    Args:
        folder: the app's folder, which is only read.
        options: what the user chose.
        report: called with the name of each step that takes time.

    Raises:
        ScaffoldError: a tool is missing.
    """
    with TemporaryDirectory(prefix="scaffold-adopt-") as temporary:
        # The copy has the project's name, as some tools read it.
        draft = Draft(folder, Path(temporary, "project"))
        yield _plan(_Work(draft, Catalog(), options, folder.absolute().name), report)


def _plan(work: _Work, report: Callable[[str], None]) -> Plan:
    draft = work.draft
    report("migrate")
    work.left += _migrate(draft)
    report("detect")
    found = detect(draft.project)
    old = _old_places(draft, found)
    # First: it renames `cmd`, whose line is then corrected as `run`.
    _mend(draft)
    serving.correct(draft)
    text, guessed = user_requirements(draft)
    text = pinning.limited(text, found.starter.value, era.hints(draft.project))
    report("pins")
    chosen, boot = _choose(work, found, text, old, report)
    managed = _write(work, found, chosen)
    findings = tuple(f for f in check(draft.folder, Settings(ignore=_SILENT)).findings if f.rule.severity != "note")
    return Plan(
        folder=draft.origin,
        found=found,
        python=chosen.python,
        old=tuple(old),
        changes=draft.changes(),
        pins=chosen,
        guessed=tuple(guessed),
        absent=tuple(_absent(draft, found)),
        unrequired=tuple(_unrequired(draft, found, chosen)),
        findings=findings,
        # What migrating said of requirements is about lines that have been settled since.
        left=tuple(item for item in work.left if chosen.failure or not item.place.startswith("requirements")),
        managed=tuple(managed),
        boot=boot,
    )


def _old_places(draft: Draft, found: Detected) -> list[OldPlace]:
    """Return what keeps the app on Python 2."""
    project = draft.project
    entries = _entries(draft, found)
    everything = found.starter.value == "django" or found.entry is None
    return python2.old_places(project, entries, everything=everything)


def _entries(draft: Draft, found: Detected) -> list[str]:
    """Return the modules that are started, by their dotted names."""
    entries = ["wsgi", "manage", "app", *([found.entry.module] if found.entry else [])]
    return entries + [module.dotted for module in draft.project.scripts]


def _absent(draft: Draft, found: Detected) -> Iterator[tuple[str, str]]:
    """Yield where the app imports a module of one of its own packages that is not there: ignored, or never added."""
    project = draft.project
    for module in python2.reachable(project, _entries(draft, found)):
        yield from python2.missing_parts(project, module)


def _unrequired(draft: Draft, found: Detected, pins: Pins) -> Iterator[tuple[str, str]]:
    """Yield the first import of each package of which no requirement has the name."""
    if not pins.pins:
        return
    project = draft.project
    modules = python2.reachable(project, _entries(draft, found))
    seen: set[str] = set()
    for module in project.modules if found.starter.value == "django" else modules:
        for place, name, package in third_party(project, module):
            if name not in python2.MODULES and package not in pins.pins and name not in seen and not module.is_test:
                seen.add(name)
                yield place, name


def _mend(draft: Draft) -> None:
    """Make the edits of `scaffold check --fix` that concern the platform's contract."""
    for rule in _MENDED:
        for finding in check(draft.folder, Settings(select=(rule,))).findings:
            if finding.edits:
                draft.edit(finding.file, finding.edits, "mended", rule=rule)


def _choose(
    work: _Work, found: Detected, text: str, old: list[OldPlace], report: Callable[[str], None]
) -> tuple[Pins, BootReport | None]:
    """Return the requirements to adopt it with, proved by starting it if that was asked for."""
    fixed = work.options.python
    if (old and not fixed) or fixed.startswith("2"):
        additions = _additions(work, found, PYTHON_2)
        if "gunicorn" in additions:
            # Its threads come from a package of their own on Python 2.
            additions |= {"gunicorn": "gunicorn<20", "futures": "futures<4; python_version < '3'"}
        return pinning.for_python_2(text, additions), None
    wanted = pinning.Wanted(
        folder=work.draft.folder,
        text=text,
        additions=lambda python: _additions(work, found, python),
        pythons=pinning.order(found.python.value, sdk=found.uses_sdk, fixed=fixed),
    )
    choice = pinning.candidates(wanted)
    if not work.options.boot:
        return next(choice), None
    reports = []
    for pins in choice:
        report("boot")
        reports.append((pins, _rehearse(work, found, pins)))
        if reports[-1][1].error is None:
            break
    # What starts, else what at least becomes healthy, else the first.
    return next(
        ((p, r) for p, r in reports if r.error is None), next(((p, r) for p, r in reports if r.healthy), reports[0])
    )


def _rehearse(work: _Work, found: Detected, pins: Pins) -> BootReport:
    """Start the project with these requirements, in a copy of the copy."""
    from scaffold.engine.boot import BootOptions, rehearse  # noqa: PLC0415 - seldom needed

    with TemporaryDirectory(prefix="scaffold-adopt-boot-") as temporary:
        trial = Draft(work.draft.folder, Path(temporary, "project"))
        _write(_Work(trial, work.catalog, work.options, work.name), found, pins)
        return rehearse(trial.folder, BootOptions())


def _additions(work: _Work, found: Detected, python: str) -> dict[str, str]:
    """Return what the project needs beside its own requirements."""
    contract = contracts.Contract(work.catalog, found, python, work.name)
    # A server that leanengine.yaml of the user's starts is in their requirements, or LE027 says that it is not.
    own_run = bool(work.draft.project.run)
    added = {} if own_run else contract.server_packages()
    if own_run:
        added = _run_packages(work.draft)
    if found.uses_sdk:
        added["leancloud"] = "leancloud>=2.9.12,<4" if python != PYTHON_2 else "leancloud>=2.9.12,<3"
    if found.starter.value in {"flask", "django", "fastapi", "starlette", "sanic", "tornado", "utilmeta"}:
        added.setdefault(found.starter.value, found.starter.value)
    return added


def _run_packages(draft: Draft) -> dict[str, str]:
    """Return the packages of the servers that the user's `run` starts."""
    packages = {"gunicorn": "gunicorn", "uwsgi": "pyuwsgi", "uvicorn": "uvicorn", "granian": "granian"}
    project = draft.project
    programs = {command.program for command in project.commands}
    names = (packages[program] for program in sorted(programs & packages.keys()) if not project.installs(program))
    return {name: name for name in names if not project.installs(name)}


def _write(work: _Work, found: Detected, pins: Pins) -> list[str]:
    """Write what follows from the requirements and their Python; return the files that updates keep in step."""
    draft = work.draft
    write_requirements(draft, pins)
    contract = contracts.Contract(work.catalog, found, pins.python, work.name)
    contracts.set_python(draft, pins.python)
    managed = contracts.add_files(draft, contract, pins)
    # There is no template for Python 2, and none for an app that could not be found.
    if pins.python != PYTHON_2 and found.entry is not None:
        draft.write(contracts.ANSWERS, contracts.managed_answers(contract, managed), "answers")
    return managed


def _migrate(draft: Draft) -> list[Left]:
    """Rewrite the old names and the old SDK in the copy, and return what was left."""
    from scaffold.migrate.plan import plan  # noqa: PLC0415 - the parser is slow to import
    from scaffold.migrate.report import parts  # noqa: PLC0415 - as above

    made_plan = plan(draft.origin)
    for path, done in made_plan.files.items():
        draft.write(path, done.content, "migrated", count=str(len(done.changes)))
    return [
        Left(f"{path}:{item.line}", " ".join(filter(None, (item.name, *parts(item).values()))))
        for path, items in made_plan.left.items()
        for item in items
    ]
