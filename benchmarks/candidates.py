"""Which projects `apps.py` measures, and how they are written and built."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import distributions
from typing import TYPE_CHECKING

from report import ROOT, WORK

from scaffold.catalog import Catalog, combinations
from scaffold.engine import steps
from scaffold.engine.boot import LOG_LINES
from scaffold.engine.boot_run import BootRun
from scaffold.engine.request_steps import SkippedError
from scaffold.errors import FailedError
from scaffold.render import render
from scaffold.servers import packages_of
from scaffold.writer import write_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from scaffold.questions import Answers

OFFICIAL = ROOT / "benchmarks" / "official"
PROJECTS = WORK / "apps"
# The newest Python that both the current libraries and the SDK's pins run on.
PYTHON = "3.11"
# What differs between the apps; every other question has the answer given here, or its default.
VARIED = ("starter", "backend", "server")
FIXED: Answers = {"cloud_functions": True, "dependencies": "current", "python": PYTHON}
# The starter with a `backend` to choose is measured on each, with the
# server that is the default there.
MANY_BACKENDS = "utilmeta"
# Only the last of them may be skipped: the platform builds nothing for Python by default.
BUILD = (
    steps.read_manifest,
    steps.find_interpreter,
    steps.create_virtualenv,
    steps.install,
    steps.build_project,
)


class AppError(Exception):
    """An app cannot be built, started or measured; the text says why."""


@dataclass(frozen=True)
class Candidate:
    """A project that can be measured.

    Attributes:
        name: how tables and `--only` call it.
        counterpart: the name of the official set-up that it is compared with, its own if it is one.
        packages: the distributions with versions that are reported.
        is_default: whether it runs on the default server of its starter.
        answers: what it is rendered from; None for an official set-up, which is copied.
    """

    name: str
    counterpart: str
    packages: tuple[str, ...]
    is_default: bool = False
    answers: Answers | None = None

    def write(self, catalog: Catalog) -> Path:
        """Write the project; return its folder."""
        folder = PROJECTS / self.name
        shutil.rmtree(folder, ignore_errors=True)
        if self.answers is not None:
            write_project(
                folder, render(catalog.starter(str(self.answers["starter"])), self.answers)
            )
        else:
            shutil.copytree(OFFICIAL / self.name.removeprefix("official-"), folder)
            (folder / ".python-version").write_text(PYTHON, "utf-8")
        return folder


def every_candidate(catalog: Catalog) -> list[Candidate]:
    """Return every starter × server that copier.yml offers, the official set-ups last."""
    starters = catalog.questions["starter"].choices
    found = [
        _generated(catalog, each) for starter in starters for each in _measured(catalog, starter)
    ]
    return found + [
        Candidate(name, name, (framework, "gevent", "leancloud"))
        for framework in sorted(folder.name for folder in OFFICIAL.iterdir())
        for name in [f"official-{framework}"]
    ]


def chosen(candidates: Sequence[Candidate], only: Sequence[str]) -> list[Candidate]:
    """Return those with names that begin with one of `only`, whole words, and the official
    set-ups they are held against.

    Raises:
        AppError: one of `only` fits none.
    """
    for start in only:
        if not any(_begins(each, start) for each in candidates):
            raise AppError(
                f"nothing to measure: {start}; there is "
                f"{', '.join(each.name for each in candidates)}"
            )
    named = [each for each in candidates if not only or any(_begins(each, start) for start in only)]
    needed = {each.counterpart for each in named}
    return [each for each in candidates if each in named or each.name in needed]


def build(folder: Path, stack: ExitStack) -> BootRun:
    """Build a project in a virtualenv of its own; `stack` ends its processes and removes the build.

    Raises:
        AppError: it cannot be built.
    """
    run = BootRun(folder, "uv", {})
    stack.callback(run.clean_up, keep=False)
    run.make_folder()
    with explained(run), suppress(SkippedError):
        for step in BUILD:
            step(run)
    return run


@contextmanager
def explained(run: BootRun) -> Iterator[None]:
    """Turn the failure of a step into an AppError with the end of the log and the reason."""
    try:
        yield
    except FailedError as error:
        raise AppError("\n".join([*run.log(LOG_LINES), str(error)])) from error


def versions(candidate: Candidate, run: BootRun) -> str:
    """Return what an app's figures depend on, with versions."""
    packages = [str(folder) for folder in run.virtualenv.glob("lib/python*/site-packages")]
    found = {each.name.lower(): each.version for each in distributions(path=packages)}
    return ", ".join(f"{name} {found[name]}" for name in candidate.packages if name in found)


def _measured(catalog: Catalog, starter: str) -> Iterator[Answers]:
    for answers in combinations(catalog, starter):
        context = catalog.context(answers)
        others = [key for key in catalog.questions if key not in VARIED]
        usual = all(
            answers[key] == FIXED.get(key, catalog.questions[key].default_for(context))
            for key in others
        )
        if usual and (starter != MANY_BACKENDS or _on_default_server(catalog, answers)):
            yield answers


def _generated(catalog: Catalog, answers: Answers) -> Candidate:
    varied = [str(answers[key]) for key in VARIED]
    framework = "django" if answers["backend"] == "django" else "flask"
    packages = packages_of(answers)
    return Candidate(
        name="-".join(dict.fromkeys(varied)),
        counterpart=f"official-{framework}",
        packages=tuple(dict.fromkeys([*packages, "leancloud"])),
        is_default=_on_default_server(catalog, answers),
        answers=answers,
    )


def _on_default_server(catalog: Catalog, answers: Answers) -> bool:
    context = catalog.context(answers)
    return answers["server"] == catalog.questions["server"].default_for(context)


def _begins(candidate: Candidate, start: str) -> bool:
    return f"{candidate.name}-".startswith(f"{start}-")
