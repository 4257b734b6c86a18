"""Plan an adoption: try every change in a copy of the project. Nothing of the user's is written."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scaffold import temporary
from scaffold.adopt import pins as pinning
from scaffold.adopt import platform_files, python2, remaining, serving
from scaffold.adopt.additions import additional_packages
from scaffold.adopt.age_hints import age_hints
from scaffold.adopt.contract import ANSWERS, Contract
from scaffold.adopt.detect import detect
from scaffold.adopt.draft import Draft
from scaffold.adopt.flat_requirements import flatten
from scaffold.adopt.ignoring import correct_ignores
from scaffold.adopt.migration import MigrationNote, migrate
from scaffold.adopt.optional_files import asked_answers
from scaffold.adopt.pins_python2 import for_python_2
from scaffold.adopt.plan import PYTHON_2, AdoptionPlan
from scaffold.adopt.renames import rename
from scaffold.adopt.requirements import user_requirements, with_guesses, write_requirements
from scaffold.adopt.third_party import Imports
from scaffold.catalog import Catalog
from scaffold.checks import check
from scaffold.checks.project import NEW_SDK
from scaffold.checks.settings import CheckSettings
from scaffold.engine.boot import BootOptions, boot_project
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from scaffold.adopt.detect import Detected
    from scaffold.adopt.pins import Pins
    from scaffold.adopt.python2 import OldPlace
    from scaffold.adopt.third_party import Imported
    from scaffold.engine.boot import BootReport
    from scaffold.questions import UserInput

_NOT_VERIFIED = "boot.error.not-verified"
# Rules of `scaffold check` with fixes that are applied: a renamed key, more lines in .leanignore.
_FIXED_RULES = ("LE012", "LE030", "LE053", "LE083", "LE084", "LE085")


@dataclass(frozen=True)
class PlanOptions:
    """What the user chose.

    Attributes:
        python: the version to adopt it for; empty to choose one.
        boot: take the first pins with which the app starts.
        accept_guesses: asked whether to require packages that are only guessed from imports.
        pairs: `KEY=VALUE` of each `-d`: the files to add.
    """

    python: str = ""
    boot: bool = False
    accept_guesses: Callable[[Sequence[Imported]], bool] = lambda _guesses: False
    pairs: tuple[str, ...] = ()


@dataclass
class _PlanState:
    """What one step of planning passes to the next.

    Attributes:
        draft: the copy.
        catalog: our starters.
        options: what the user chose.
        name: the name of the user's folder.
        report: called with the name of each step that takes time.
        asked: answers of the user's own.
        notes: what is left of the migration, and files that git ignores.
        renamed: packages of the modules that were renamed.
    """

    draft: Draft
    catalog: Catalog
    options: PlanOptions
    name: str
    report: Callable[[str], None]
    asked: Mapping[str, UserInput]
    notes: list[MigrationNote] = field(default_factory=list)
    renamed: set[str] = field(default_factory=set)


def _silent(_step: str) -> None:
    """Report no step."""


@contextmanager
def plan_adoption(
    folder: Path, options: PlanOptions, report: Callable[[str], None] = _silent
) -> Iterator[AdoptionPlan]:
    """Yield the plan for a project; the copy is removed afterwards.

    Args:
        folder: the app's folder, which is only read.
        options: what the user chose.
        report: called with the name of each step that takes time.

    Raises:
        ScaffoldError: a tool is missing, or the user asked for what the project cannot have.
    """
    catalog = Catalog()
    asked = asked_answers(catalog, options.pairs)
    with temporary.folder("adopt") as workdir:
        # The copy has the project's name, as some tools read it.
        draft = Draft(folder, workdir / "project")
        yield _plan(_PlanState(draft, catalog, options, folder.absolute().name, report, asked))


def _plan(state: _PlanState) -> AdoptionPlan:
    draft = state.draft
    state.report("migrate")
    state.notes += migrate(draft)
    state.renamed = rename(draft)
    state.report("detect")
    found = detect(draft.project)
    old = _old_places(draft, found)
    # Before `serving`: this renames the key `cmd`, so that its value is corrected as `run`.
    _apply_fixes(draft)
    serving.correct(draft)
    imports = Imports(draft.project, draft.origin)
    listed, guesses, accepted = _requirements(state, imports, found)
    state.report("pins")
    pins, boot = _choose_pins(state, found, listed, old)
    managed = _write(state, found, pins)
    for path in correct_ignores(draft):
        state.notes.append(MigrationNote(path, text("adopt.step.ignored")))
    return AdoptionPlan(
        folder=draft.origin,
        found=found,
        python=pins.python,
        old=tuple(old),
        changes=draft.changes(),
        pins=pins,
        guesses=tuple(guesses),
        accepted=accepted,
        unbuilt=tuple(line.source for line in flatten(draft.folder, "", pins.source).unbuilt()),
        missing=tuple(remaining.missing(draft, found, pins, imports)),
        findings=tuple(remaining.findings(draft)),
        left=tuple(_relevant(state.notes, pins)),
        managed=tuple(managed),
        prefix=draft.prefix,
        boot=boot,
    )


def _relevant(notes: list[MigrationNote], pins: Pins) -> Iterator[MigrationNote]:
    """Yield the notes that still apply: pins have replaced the lines of requirements."""
    for note in notes:
        if pins.failure or not note.place.startswith("requirements"):
            yield note


def _requirements(
    state: _PlanState, imports: Imports, found: Detected
) -> tuple[str, list[Imported], bool]:
    """Return the user's requirements, the guesses, and whether these were accepted."""
    draft, framework = state.draft, found.starter.value
    listed = user_requirements(draft)
    # The framework that was found and the SDK are no guesses.
    certain = {framework, NEW_SDK}
    guesses = []
    if not listed.is_stated:
        guesses = [guess for guess in imports.guesses() if guess.package not in certain]
    accepted = bool(guesses) and state.options.accept_guesses(guesses)
    lines = with_guesses(listed.text, guesses, accepted=accepted)
    hints = age_hints(draft.project)
    return pinning.limited(lines, framework, hints, draft.folder), guesses, accepted


def _old_places(draft: Draft, found: Detected) -> list[OldPlace]:
    """Return what keeps the app on Python 2."""
    entries = remaining.entries(draft, found)
    # In a project that says it is for Python 2, every file that only Python 2 reads counts.
    stated = found.python.value.startswith("2")
    everything = found.starter.value == "django" or found.entry is None or stated
    return python2.old_places(draft.project, entries, everything=everything, tests=stated)


def _apply_fixes(draft: Draft) -> None:
    """Apply the fixes of `scaffold check` that concern the platform's contract."""
    for rule in _FIXED_RULES:
        for finding in check(draft.folder, CheckSettings(select=(rule,))).findings:
            if finding.edits:
                draft.edit(finding.file, finding.edits, "fixed", rule=rule)


def _choose_pins(
    state: _PlanState, found: Detected, listed: str, old: list[OldPlace]
) -> tuple[Pins, BootReport | None]:
    """Return the pins, and the rehearsal with them if there was to be one."""
    fixed = state.options.python
    if (old and not fixed) or fixed.startswith("2"):
        added = _additions(state, found, PYTHON_2)
        pins = for_python_2(listed, added, state.draft.folder)
        return pins, _rehearse_python_2(state, found, pins) if state.options.boot else None
    request = pinning.ResolutionRequest(
        folder=state.draft.folder,
        text=listed,
        additions=lambda python: _additions(state, found, python),
        pythons=pinning.order(found.python.value, sdk=found.uses_sdk, fixed=fixed),
    )
    candidates = pinning.candidates(request)
    return (
        _first_that_starts(state, found, candidates)
        if state.options.boot
        else (next(candidates), None)
    )


def _first_that_starts(
    state: _PlanState, found: Detected, candidates: Iterator[Pins]
) -> tuple[Pins, BootReport]:
    """Return the first pins that pass, otherwise the first that become healthy, or the first."""
    tried: list[tuple[Pins, BootReport]] = []
    for pins in candidates:
        state.report("boot")
        tried.append((pins, _rehearse(state, found, pins)))
        if tried[-1][1].error is None:
            return tried[-1]
    return next((result for result in tried if result[1].healthy), tried[0])


def _rehearse_python_2(state: _PlanState, found: Detected, pins: Pins) -> BootReport | None:
    """Start the project on Python 2; return None where this machine has none."""
    state.report("boot")
    report = _rehearse(state, found, pins)
    return report if is_verified(report) else None


def is_verified(report: BootReport) -> bool:
    """Return whether a rehearsal says anything: there may be no Python 2 on this machine."""
    return report.error is None or report.error.key != _NOT_VERIFIED


def _rehearse(state: _PlanState, found: Detected, pins: Pins) -> BootReport:
    """Start the project with these pins, in a copy of the copy."""
    with temporary.folder("adopt-boot") as workdir:
        trial = Draft(state.draft.folder, workdir / "project")
        _write(replace(state, draft=trial), found, pins)
        return boot_project(trial.folder, BootOptions())


def _contract(state: _PlanState, found: Detected, python: str) -> Contract:
    contract = Contract(state.catalog, state.draft.project, found, python, state.name)
    contract.asked = state.asked
    return contract


def _additions(state: _PlanState, found: Detected, python: str) -> dict[str, str]:
    contract = _contract(state, found, python)
    return additional_packages(state.draft.project, contract, state.renamed)


def _write(state: _PlanState, found: Detected, pins: Pins) -> list[str]:
    """Write the files that depend on the pins; return those that updates keep up to date."""
    draft = state.draft
    contract = _contract(state, found, pins.python)
    write_requirements(draft, pins)
    platform_files.set_python(draft, pins.python)
    managed = platform_files.add_files(draft, contract, pins)
    # There is no template for Python 2, and none for an app that could not be found.
    if pins.python != PYTHON_2 and found.entry is not None:
        answers = platform_files.managed_answers(contract, managed)
        draft.write(ANSWERS, answers, "answers")
    return managed
