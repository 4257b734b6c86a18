"""What the answer `ci` brings, and this project's own workflows, as their validators see them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from scaffold.catalog import combinations
from scaffold.render import render
from tests.conftest import CATALOG, ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAMS = Path(sys.executable).parent
ACTION_VALIDATOR = ROOT / "build/npm/node_modules/.bin/action-validator"
NEEDS_NPM = pytest.mark.skipif(
    not ACTION_VALIDATOR.exists(), reason="`make npm` installs action-validator, and needs npm"
)
NEEDS_SH = pytest.mark.skipif(os.name != "posix", reason="the steps of CI are run by sh")
# What a step may do to this machine is written down here instead.
STAND_IN = '#!/bin/sh\necho "${0##*/} $*" >>"$LOG"\n'


def write(folder: Path, ci: str, **answers: str | bool) -> Path:
    """Write a project with the files for CI."""
    resolved = CATALOG.resolve({}) | {"ci": ci, **answers}
    for path, content in render(CATALOG.starter(str(resolved["starter"])), resolved).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def run(*command: str | Path, folder: Path = ROOT) -> str:
    """Run a validator of the virtualenv; return what it said, and fail if it was not content."""
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def check_schema(name: str, path: str, folder: Path) -> None:
    """Check a file against a schema that check-jsonschema brings."""
    transform = ["--data-transform", "gitlab-ci"] if name == "gitlab-ci" else []
    program = PROGRAMS / "check-jsonschema"
    run(program, "--builtin-schema", f"vendor.{name}", *transform, path, folder=folder)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_github(tmp_path: Path, language: str) -> None:
    """Workflows and Dependabot's file keep to their schemas, and zizmor finds nothing."""
    folder = write(tmp_path, "github", language=language)
    for name in ("ci", "update"):
        check_schema("github-workflows", f".github/workflows/{name}.yml", folder)
    check_schema("dependabot", ".github/dependabot.yml", folder)
    run(PROGRAMS / "zizmor", "--offline", "--no-progress", ".github", folder=folder)


def test_own_workflows() -> None:
    """Zizmor finds nothing in this project's own workflows."""
    run(PROGRAMS / "zizmor", "--offline", "--no-progress", ".github")


@NEEDS_NPM
def test_action_validator(tmp_path: Path) -> None:
    """action-validator finds nothing in the workflows of either."""
    folder = write(tmp_path, "github")
    own = sorted((ROOT / ".github/workflows").glob("*.yml"))
    for path in [*own, *sorted((folder / ".github/workflows").glob("*.yml"))]:
        run(ACTION_VALIDATOR, path, folder=path.parents[2])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_gitlab(tmp_path: Path, language: str) -> None:
    """GitLab's file and Renovate's keep to their schemas, and jobs refer to what is there."""
    folder = write(tmp_path, "gitlab", language=language)
    check_schema("gitlab-ci", ".gitlab-ci.yml", folder)
    check_schema("renovate", "renovate.json", folder)
    loaded = yaml.safe_load((folder / ".gitlab-ci.yml").read_text("utf-8"))
    jobs = {name: job for name, job in loaded.items() if isinstance(job, dict) and "script" in job}
    assert {job["stage"] for job in jobs.values()} == set(loaded["stages"])
    assert {job.get("extends") for job in jobs.values()} <= {None, *loaded}


def test_misspelt_keys_are_found(tmp_path: Path) -> None:
    """The validators above would find what is wrong."""
    folder = write(tmp_path, "github")
    path = folder / ".github/workflows/ci.yml"
    path.write_text(path.read_text("utf-8").replace("runs-on:", "run-on:"), "utf-8")
    with pytest.raises(AssertionError, match="run-on"):
        check_schema("github-workflows", ".github/workflows/ci.yml", folder)


def test_pins(tmp_path: Path) -> None:
    """Actions are pinned as in this project's own workflows, tools by hash."""
    folder = write(tmp_path, "github")
    own = set()
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        own |= set(re.findall(r"uses: (\S+ # v\S+)", path.read_text("utf-8")))
    for path in (folder / ".github/workflows").glob("*.yml"):
        text = path.read_text("utf-8")
        assert text.count("uses: ") == len(re.findall(r"uses: (\S+@[0-9a-f]{40} # v\S+)", text))
        assert set(re.findall(r"uses: (\S+ # v\S+)", text)) <= own
    requirements = (folder / ".ci/lint.txt").read_text("utf-8").split("\n")
    names = [line for line in requirements if re.match(r"[a-z]", line)]
    assert {"ruff", "mypy"} <= {name.partition("==")[0] for name in names}
    assert all(name.endswith("\\") for name in names)  # a hash follows


def test_steps_that_are_called_exist(tmp_path: Path) -> None:
    """Both systems call each step of steps.sh but `update` in their pipelines."""
    for ci, files in (("github", "ci update"), ("gitlab", "")):
        folder = write(tmp_path / ci, ci)
        paths = [folder / f".github/workflows/{name}.yml" for name in files.split()]
        text = "".join(path.read_text("utf-8") for path in paths or [folder / ".gitlab-ci.yml"])
        called = set(re.findall(r"\.ci/steps\.sh (\w+)", text))
        assert called == {"lint", "tests", "check", "boot", "image", "deploy", "update"}


@pytest.fixture
def programs(tmp_path: Path) -> Mapping[str, str]:
    """An environment in which nothing but stand-ins and sh's own tools is found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("docker", "ruff", "mypy", "kubectl", "flyctl", "gcloud"):
        (folder / name).write_text(STAND_IN, "utf-8")
        (folder / name).chmod(0o755)
    for name in ("sh", "mktemp", "rm", "cat"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return {"PATH": str(folder), "LOG": str(tmp_path / "log"), "HOME": str(tmp_path)}


def step(folder: Path, environ: Mapping[str, str], name: str) -> tuple[int, str, str]:
    """Run a step; return its exit code, what it said and what it called."""
    log = Path(environ["LOG"])
    log.write_text("", "utf-8")
    done = subprocess.run(
        ["sh", ".ci/steps.sh", name],
        cwd=folder,
        env=dict(environ),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr, log.read_text("utf-8")


@NEEDS_SH
def test_steps(tmp_path: Path, programs: Mapping[str, str]) -> None:
    """Each step calls what it should, skips what was not set up, and refuses other names."""
    folder = write(tmp_path / "p", "github", host="fly", kubernetes=True)
    code, _, called = step(folder, programs, "lint")
    assert code == 0
    assert called.splitlines()[0].startswith("ruff check")
    code, said, called = step(folder, programs, "check")
    assert (code, called) == (0, "")
    assert "SCAFFOLD" in said
    (folder / "Dockerfile").write_text("FROM scratch\n", "utf-8")
    pushing = {"IMAGE": "r/x:1", "PUSH": "true", "REGISTRY": "r", "REGISTRY_USER": "u"}
    code, _, called = step(folder, {**programs, **pushing, "REGISTRY_TOKEN": "t"}, "image")
    assert [line.split()[1] for line in called.splitlines()] == ["build", "login", "push"]
    assert " t" not in called
    code, said, called = step(folder, {**programs, "IMAGE": "r/x:1"}, "deploy")
    assert (code, called) == (0, "")
    token = {"IMAGE": "r/x:1", "DEPLOY_TOKEN": "secret"}
    code, said, called = step(folder, {**programs, **token}, "deploy")
    assert called.startswith("flyctl deploy")
    assert "set image deployment/web web=r/x:1" in called
    assert "secret" not in said + called
    assert step(folder, programs, "rm")[0] == 2


@pytest.mark.parametrize("starter", CATALOG.questions["starter"].choices)
def test_lint(tmp_path: Path, starter: str) -> None:
    """Every starter passes the lint of its own CI with ruff."""
    answers = next(combinations(CATALOG, starter))
    folder = write(tmp_path, **{**answers, "ci": "github"})  # type: ignore[arg-type]
    rules = re.search(r"ruff check (--select \S+)", (folder / ".ci/steps.sh").read_text("utf-8"))
    assert rules
    run(PROGRAMS / "ruff", "check", "--isolated", *rules[1].split(), ".", folder=folder)


def test_one_place_for_the_source(tmp_path: Path) -> None:
    """No name of a package that anybody could register is installed for scaffold."""
    for ci in ("github", "gitlab"):
        text = (write(tmp_path / ci, ci) / ".ci/steps.sh").read_text("utf-8")
        assert re.findall(r"pip\" install .*", text) == ['pip" install --quiet "$SCAFFOLD"']


def test_renovate_reads_the_pins(tmp_path: Path) -> None:
    """Renovate looks at the file of the lint tools, and at no list that scaffold compiles."""
    loaded: Any = json.loads((write(tmp_path, "gitlab") / "renovate.json").read_text("utf-8"))
    (pattern,) = loaded["pip_requirements"]["managerFilePatterns"]
    assert re.fullmatch(pattern.strip("/"), ".ci/lint.txt")
    assert loaded["ignorePaths"] == ["requirements*.txt"]
