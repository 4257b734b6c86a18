"""What a project's answers file records: where it came from, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.errors import UsageError
from scaffold.starters import Given

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.starters import Catalog

FILE = ".copier-answers.yml"


@dataclass(frozen=True)
class Recorded:
    """The contents of an answers file.

    Attributes:
        source: the template's address.
        version: the template's version, a tag or a commit.
        answers: by question.
    """

    source: str
    version: str
    answers: Mapping[str, object]

    @classmethod
    def of(cls, folder: Path) -> Recorded:
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
        # `adopted` is no answer: `scaffold adopt` lists there which files updates keep in step.
        answers = {key: value for key, value in found.items() if not key.startswith("_") and key != "adopted"}
        # YAML reads an unquoted 1.0 as a number; 1.0.0 is text.
        return cls(source, str(version), answers)

    def given(self) -> dict[str, Given]:
        """Return the answers with their origin, as if a user had given them."""
        return {key: Given(value, FILE) for key, value in self.answers.items()}

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
            raise UsageError("update.error.answers-invalid", title=parts["title"], seen=parts["seen"]) from error
        context = {**catalog.constants, **answers}
        missing = [q.key for q in catalog.questions.values() if q.key not in given and q.applies(context)]
        if missing:
            lines = ", ".join(f"{key}: {_yaml(answers[key])}" for key in missing)
            raise UsageError("update.error.answers-missing", path=FILE, keys=", ".join(missing), lines=lines)


def _yaml(answer: object) -> str:
    return f'"{answer}"' if isinstance(answer, str) else str(answer).lower()


def _load(folder: Path) -> Any:  # noqa: ANN401 - YAML may hold anything
    import yaml  # noqa: PLC0415 - slow

    try:
        source = (folder / FILE).read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise _missing(folder) from None
    except UnicodeDecodeError as error:
        reason = f"UTF-8: {error.reason}"
        raise UsageError("update.error.answers-not-yaml", path=FILE, line=1, reason=reason) from error
    except OSError as error:
        raise UsageError("update.error.answers-unreadable", path=FILE, reason=error.strerror or error) from error
    try:
        return yaml.safe_load(source)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error).partition("\n")[0]
        line = mark.line + 1 if mark else 1
        raise UsageError("update.error.answers-not-yaml", path=FILE, line=line, reason=reason) from error


def _missing(folder: Path) -> UsageError:
    """Return what to say where there is no answers file: perhaps the project begins further up."""
    above = next((parent for parent in folder.resolve().parents if (parent / FILE).is_file()), None)
    if above is not None:
        return UsageError("update.error.answers-above", folder=folder, path=FILE, above=above)
    return UsageError("update.error.no-answers", folder=folder, path=FILE)
