"""The answers for a new version, and the versions of a template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scaffold import versions
from scaffold.catalog import INDEPENDENT, Catalog
from scaffold.errors import FailedError, UsageError
from scaffold.questions import UserInput
from scaffold.update.decision import decide
from scaffold.update.template import Template
from tests.conftest import CATALOG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.questions import Answer, Question


def _given(origin: str, answers: Mapping[str, object]) -> dict[str, UserInput]:
    return {key: UserInput(value, origin) for key, value in answers.items()}


BEFORE = {
    "project_name": "shop",
    "title": "Shop",
    "starter": "flask",
    "server": "gevent",
    "cloud_functions": True,
    "python": "3.12",
    # What only adds files has no part in these tests.
    **{key: CATALOG.resolve({})[key] for key in INDEPENDENT},
}


def test_answers_of_before_stay(catalog: Catalog) -> None:
    """What was answered stays, what is new gets its default, and copier need not be told
    of either.
    """
    decision = decide(catalog, _given("file", BEFORE), {})
    assert {key: decision.answers[key] for key in BEFORE} == BEFORE
    assert decision.data == {}
    new = [
        ("dependencies", None, "current"),
        ("sessions", None, False),
        ("https_redirect", None, False),
    ]
    assert list(decision.changed) == new


def test_answers_that_are_no_longer_offered(catalog: Catalog) -> None:
    """An answer that the new version does not take becomes the default, and that is reported."""
    decision = decide(catalog, _given("file", BEFORE | {"python": "2.7"}), {})
    assert ("python", "2.7", "3.11") in decision.changed


def test_wanted_answers(catalog: Catalog) -> None:
    """A wanted answer counts, and copier gets it in its own type;
    questions that no longer apply go.
    """
    before = BEFORE | {"dependencies": "current", "sessions": True, "https_redirect": False}
    decision = decide(catalog, _given("file", before), _given("-d", {"cloud_functions": "false"}))
    assert decision.data == {"cloud_functions": False}
    assert decision.changed == (("cloud_functions", True, False),)
    assert decision.answers["sessions"] is False


def test_clashes(catalog: Catalog) -> None:
    """A wanted answer that rules an earlier one out is refused, not settled in silence."""
    with pytest.raises(UsageError) as caught:
        decide(catalog, _given("file", BEFORE), _given("-d", {"dependencies": "sdk"}))
    assert caught.value.params["origin"] == "file"
    decision = decide(
        catalog, _given("file", BEFORE), _given("-d", {"dependencies": "sdk", "python": "3.11"})
    )
    assert decision.data == {"dependencies": "sdk", "python": "3.11"}


def test_asking(catalog: Catalog) -> None:
    """Asked is what is new or no longer offered, and nothing else."""
    asked = []

    def ask(question: Question, context: Mapping[str, Any]) -> Answer:
        asked.append(question.key)
        return question.default_for(context)

    decide(
        catalog, _given("file", BEFORE | {"python": "2.7"}), _given("-d", {"sessions": "true"}), ask
    )
    assert asked == ["dependencies", "python", "https_redirect"]


@pytest.mark.parametrize(
    ("source", "address"),
    [
        (versions.SOURCE, str(versions.BUNDLE)),
        ("gh:name/repository", "https://github.com/name/repository"),
        ("gl:/name/repository", "https://gitlab.com/name/repository"),
        ("git+https://example.com/a", "https://example.com/a"),
        ("git@example.com:a/b.git", "git@example.com:a/b.git"),
        ("tests", str(Path("tests").absolute())),
    ],
)
def test_addresses(source: str, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an answers file records is what copier understands; git needs it in full."""
    monkeypatch.chdir(Path(__file__).parents[2])
    expected = address if "/" not in address or source != "tests" else str(Path("tests").absolute())
    assert Template(source, Path()).address == expected


def test_order() -> None:
    """Versions are compared number by number."""
    assert sorted(["10.0", "v2.1", "2.0.9", "2.0.10"], key=versions.order) == [
        "2.0.9",
        "2.0.10",
        "v2.1",
        "10.0",
    ]


@pytest.mark.parametrize("kind", ["missing", "damaged"])
def test_a_bundle_that_cannot_be_read(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged installation is said to be one."""
    bundle = tmp_path / "starters.bundle"
    if kind == "damaged":
        bundle.write_bytes(b"nonsense\n")
    monkeypatch.setattr(versions, "BUNDLE", bundle)
    with pytest.raises(FailedError) as caught:
        _ = Template(versions.SOURCE, tmp_path).versions
    assert caught.value.key == "remote.error.broken"
