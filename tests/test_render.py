"""Every combination of answers, and every pair of those that only add files: sound. Every pair of
answers, or with `DOORS=all` all of that, rendered by scaffold, copier and cookiecutter: byte for
byte the same.
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import plumbum
import pytest
import yaml
from cookiecutter.main import cookiecutter

from scaffold.render import render
from tests.conftest import CATALOG, on_disk
from tests.pairs import projects, with_every_pair
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_copie.plugin import Copie

    from scaffold.questions import Answers

STARTERS = CATALOG.questions["starter"].choices
# What a key, a password in a URL or a private key looks like; what stands in
# generated projects must not.
SECRET = re.compile(
    rb"[A-Za-z0-9]{24}-(?:gzGzoHsz|MdYXbMMI)|BEGIN [A-Z ]*PRIVATE KEY"
    rb"|://(?!USER:PASSWORD@)[^/\s:@]+:(?!\$)[^/\s@]+@"
)
SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

pytestmark = pytest.mark.usefixtures("read_once", "rendered_once")
EVERYTHING = [answers for starter in STARTERS for answers in projects(CATALOG, starter)]
PAIRS = EVERYTHING if os.environ.get("DOORS") == "all" else with_every_pair(EVERYTHING)


def _groups(made: list[Answers]) -> dict[str, list[Answers]]:
    """Return projects in groups of a size that spreads well over processes."""
    groups: dict[str, list[Answers]] = defaultdict(list)
    for answers in made:
        groups["-".join(str(answers[key]) for key in ("starter", "backend", "server"))].append(
            answers
        )
    return groups


def by_group(made: list[Answers]) -> pytest.MarkDecorator:
    """Call a test with each group."""
    groups = _groups(made)
    return pytest.mark.parametrize("group", groups.values(), ids=groups)


@pytest.fixture
def no_git(tmp_path: Path) -> Iterator[None]:
    """A PATH on which copier finds no git: it asks it once a file, and here are
    neither repositories nor versions.
    """
    with plumbum.local.env(PATH=str(tmp_path)):
        yield


@by_group(PAIRS)
@pytest.mark.usefixtures("no_git")
def test_copier_writes_the_same_bytes(
    group: list[Answers], copie: Copie, template_folder: Path
) -> None:
    """A project made by copier, through pytest-copie, is the one that scaffold makes."""
    for answers in some(group):
        result = copie.copy(extra_answers=answers, template_dir=template_folder)
        assert result.exception is None
        assert result.project_dir is not None
        assert on_disk(result.project_dir) == render(
            CATALOG.starter(str(answers["starter"])), answers
        )


@by_group(PAIRS)
def test_cookiecutter_writes_the_same_bytes(
    group: list[Answers], tmp_path: Path, template_folder: Path
) -> None:
    """A project made by cookiecutter from the starter's folder is the one that scaffold makes."""
    config = tmp_path / "config.yml"
    config.write_text(
        f"replay_dir: {tmp_path / 'replay'}\ncookiecutters_dir: {tmp_path / 'cloned'}\n"
    )
    for number, answers in some(enumerate(group)):
        made: Any = cookiecutter(
            str(template_folder / "templates" / str(answers["starter"])),
            no_input=True,
            extra_context=dict(answers),
            output_dir=str(tmp_path / str(number)),
            config_file=str(config),
            accept_hooks=False,  # they cost more than the rest; tests/test_hooks.py has them
        )
        assert on_disk(Path(made)) == render(CATALOG.starter(str(answers["starter"])), answers)


@by_group(EVERYTHING)
def test_files_are_sound(group: list[Answers]) -> None:
    """Python, YAML and TOML parse, no mark of a template and no secret is
    left, and files end as they should.
    """
    for answers in group:
        for path, content in render(CATALOG.starter(str(answers["starter"])), answers).items():
            _check_file(path, content, str(answers["python"]))


@cache  # most files are the same in many projects
def _check_file(path: str, content: bytes, python: str) -> None:
    text = content.decode("utf-8")
    assert "cookiecutter" not in text, path
    assert not SECRET.search(content), path
    assert "\r" not in text, path
    assert not re.search(r"[ \t]$", text, re.MULTILINE), path
    if path == ".python-version":
        assert text == python
    else:
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
    if not path.endswith(".html"):
        assert "{%" not in text, path
        # `${{ … }}` is GitHub's own.
        assert not re.search(r"(?<!\$)\{\{", text), path
    if path.endswith(".py"):
        # 3.8 is the oldest Python that a project may be made for.
        ast.parse(text, path, feature_version=(3, int(python.partition(".")[2])))
        assert "\n\n\n\n" not in text, path
    elif path.endswith((".yml", ".yaml")):
        assert all(isinstance(part, dict) for part in yaml.safe_load_all(text)), path


@pytest.mark.parametrize("starter", STARTERS)
def test_answers_are_recorded(starter: str) -> None:
    """The answers file holds every answer that was asked for, as it was given."""
    for answers in some(projects(CATALOG, starter)):
        written = render(CATALOG.starter(starter), answers)[".copier-answers.yml"]
        recorded = yaml.load(written, Loader=SAFE)  # noqa: S506 - the safe one, in C where it is
        context = CATALOG.context(answers)
        asked = {
            key: answers[key]
            for key, question in CATALOG.questions.items()
            if question.applies(context)
        }
        assert {key: value for key, value in recorded.items() if not key.startswith("_")} == asked


def test_rendering_is_the_same_from_compiled_json() -> None:
    """A starter that went through the wheel's JSON renders to the same bytes."""
    for starter in STARTERS:
        compiled = CATALOG.starter(starter)
        answers = CATALOG.resolve({}) | {"starter": starter}
        assert render(json.loads(json.dumps(compiled)), answers) == render(compiled, answers)
