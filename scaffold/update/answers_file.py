"""What a project's answers file records: where it came from, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold import files, parsing
from scaffold.errors import UsageError
from scaffold.questions import UserInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.catalog import Catalog

FILE = ".copier-answers.yml"
# What `scaffold adopt` records: which files updates keep up to date, and the app that they wrap.
_NO_ANSWERS = ("adopted", "adopted_app")


@dataclass(frozen=True)
class AnswersFile:
    """The contents of an answers file.

    Attributes:
        source: the template's address.
        version: the template's version, a tag or a commit.
        answers: by question.
        adopted: the files that updates keep up to date, of a project that no template made.
        adopted_app: the app that its package leanengine/ wraps, if it has one.
    """

    source: str
    version: str
    answers: Mapping[str, object]
    adopted: tuple[str, ...] = ()
    adopted_app: str = ""

    @classmethod
    def of(cls, folder: Path) -> AnswersFile:
        """Return what is recorded in a project.

        Raises:
            UsageError: there is no such file, or it does not say what an update needs.
        """
        loaded = _load(folder)
        if not isinstance(loaded, dict):
            raise UsageError("update.error.answers-not-mapping", path=FILE)
        found = {str(key): value for key, value in loaded.items()}
        source, version = found.get("_src_path"), found.get("_commit")
        if not isinstance(source, str) or not source:
            raise UsageError("update.error.answers-no-source", path=FILE)
        if version is None or version == "":
            raise UsageError("update.error.answers-no-version", path=FILE, source=source)
        answers = {
            key: value
            for key, value in found.items()
            if not key.startswith("_") and key not in _NO_ANSWERS
        }
        # YAML reads an unquoted 1.0 as a number; 1.0.0 is text.
        adopted = tuple(map(str, found.get("adopted") or ()))
        return cls(source, str(version), answers, adopted, str(found.get("adopted_app") or ""))

    def given(self) -> dict[str, UserInput]:
        """Return the answers with their origin, as if a user had given them."""
        return {key: UserInput(value, FILE) for key, value in self.answers.items()}

    def check(self, catalog: Catalog) -> None:
        """Refuse answers that the template never recorded: copier would change them in silence.

        Args:
            catalog: the questions of the version that the project is at.

        Raises:
            UsageError: an unknown question, a wrong answer, or a missing one.
        """
        catalog.check_keys(list(self.answers), FILE)
        given = self.given()
        try:
            answers = catalog.resolve(given)
        except UsageError as error:
            parts = error.parts()
            raise UsageError(
                "update.error.answers-invalid", title=parts["title"], seen=parts["seen"]
            ) from error
        context = catalog.context(answers)
        missing = [
            q.key for q in catalog.questions.values() if q.key not in given and q.applies(context)
        ]
        if missing:
            lines = ", ".join(f"{key}: {_yaml(answers[key])}" for key in missing)
            raise UsageError(
                "update.error.answers-missing", path=FILE, keys=", ".join(missing), lines=lines
            )


def _yaml(answer: object) -> str:
    return f'"{answer}"' if isinstance(answer, str) else str(answer).lower()


def _load(folder: Path) -> Any:
    if (folder / FILE).is_symlink():
        # copier would put a file in its place.
        raise UsageError("update.error.answers-link", path=FILE, target=(folder / FILE).readlink())
    try:
        return parsing.load_yaml(files.read(folder / FILE, root=folder).decode("utf-8"))
    except FileNotFoundError:
        raise _missing(folder) from None
    except UnicodeDecodeError as error:
        reason, line = f"UTF-8: {error.reason}", 1
    except OSError as error:
        raise UsageError(
            "update.error.answers-unreadable", path=FILE, reason=error.strerror or error
        ) from error
    except parsing.ParseError as error:
        reason, line = error.reason, error.line
    raise UsageError("update.error.answers-not-yaml", path=FILE, line=line, reason=reason)


def _missing(folder: Path) -> UsageError:
    """Return what to say where there is no answers file: perhaps the project begins further up."""
    above = next((parent for parent in folder.resolve().parents if (parent / FILE).is_file()), None)
    if above is not None:
        return UsageError("update.error.answers-above", folder=folder, path=FILE, above=above)
    return UsageError("update.error.no-answers", folder=folder, path=FILE)
