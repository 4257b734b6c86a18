"""The workflows of GitHub Actions: pinned, with no more rights than they need, and
running what this project has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
# What may be given, and which file may give it.
RIGHTS = {
    "contents: read": {"docs", "nightly", "release", "tests"},
    "id-token: write": {"docs", "release"},
    "issues: write": {"nightly"},
    "pages: write": {"docs"},
}
by_file = pytest.mark.parametrize("name", [path.stem for path in FILES])


def _load(name: str) -> dict[str, Any]:
    loaded: dict[Any, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8"))
    # YAML 1.1 reads the key `on` as true.
    return {str(key).replace("True", "on"): value for key, value in loaded.items()}


def _steps(name: str) -> Iterator[dict[str, Any]]:
    for job in _load(name)["jobs"].values():
        yield from job["steps"]


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_there_is_one_for_each_task() -> None:
    """Tests, documentation, the nightly matrix and releases each have a workflow."""
    assert [path.stem for path in FILES] == ["docs", "nightly", "release", "tests"]


@by_file
def test_every_action_is_pinned(name: str) -> None:
    """Each action is named by a whole commit, with its version beside it,
    and comes from GitHub itself.
    """
    text = (FOLDER / f"{name}.yml").read_text("utf-8")
    used = [step["uses"] for step in _steps(name) if "uses" in step]
    lines = re.findall(r"uses: (\S+) # v\d+\.\d+\.\d+$", text, re.MULTILINE)
    assert used == lines
    assert [
        action for action in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action)
    ] == []


def test_one_action_has_one_pin() -> None:
    """No two workflows use different versions of an action."""
    used = {step["uses"] for path in FILES for step in _steps(path.stem) if "uses" in step}
    assert len({action.partition("@")[0] for action in used}) == len(used)


@by_file
def test_rights(name: str) -> None:
    """A workflow has no rights, each job those that it needs, and none that
    another workflow should have.
    """
    workflow = _load(name)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        for right, level in job["permissions"].items():
            assert name in RIGHTS[f"{right}: {level}"]


@by_file
def test_nobody_elses_text_is_run(name: str) -> None:
    """No workflow runs with rights on a stranger's change, and no expression stands in a script."""
    assert not set(_load(name)["on"]) & {"pull_request_target", "workflow_run", "issue_comment"}
    assert [step for step in _steps(name) if "${{" in step.get("run", "")] == []
    checkouts = [step for step in _steps(name) if "checkout" in step.get("uses", "")]
    assert all(step["with"] == {"persist-credentials": False} for step in checkouts)


@by_file
def test_jobs_end(name: str) -> None:
    """Each job says where it runs and when it is given up, and needs only jobs that are there."""
    workflow = _load(name)
    for job in some(workflow["jobs"].values()):
        assert isinstance(job["runs-on"], str)
        assert job["timeout-minutes"] <= 120
        assert {job.get("needs")} <= {None, *workflow["jobs"]}


@by_file
def test_what_is_run_is_there(name: str) -> None:
    """The targets of make, the scripts and the tools that workflows run exist."""
    scripts = "\n".join(step.get("run", "") for step in _steps(name))
    assert set(re.findall(r"\bmake ([a-z-]+)", scripts)) <= _targets()
    for path in re.findall(r"(?:^|\s)((?:\.ci|tools)/[\w./]+)", scripts):
        assert (ROOT / path).is_file(), path


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "README.md", "README.zh.md", "SECURITY.md"])
def test_what_contributors_read_is_there(page: str) -> None:
    """The targets of make, and the files and folders, that the pages for
    contributors and users name exist.
    """
    text = (ROOT / page).read_text("utf-8")
    assert set(re.findall(r"(?m)(?:`|^)make ([a-z-]+)", text)) <= _targets()
    for path in re.findall(r"\]\(((?!http)[^)#]+)", text) + re.findall(
        r"`((?:scaffold|tools|hooks|releases)/[\w./]*)`", text
    ):
        assert (ROOT / path).exists(), path


def test_every_starter_is_tried_at_night() -> None:
    """The nightly matrix has each starter, with the pins as they are and renewed."""
    copier = yaml.safe_load((ROOT / "copier.yml").read_text("utf-8"))
    matrix = _load("nightly")["jobs"]["matrix"]["strategy"]["matrix"]
    choices = copier["starter"]["choices"].values()
    assert matrix["starter"] == [choice["value"] for choice in choices]
    assert matrix["pins"] == ["kept", "renewed"]


def test_dependabot_renews_the_pins() -> None:
    """The pins of actions are renewed by Dependabot."""
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text("utf-8"))["updates"]
    assert [update["package-ecosystem"] for update in updates] == ["github-actions"]
