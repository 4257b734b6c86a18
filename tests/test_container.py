"""What the README of a project says of containers: they run what leanengine.yaml runs on the platform."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from scaffold.render import render
from scaffold.starters import Answers, Catalog, combinations
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CATALOG = Catalog(ROOT)
READMES = ("README.md", "README.zh.md")
DOCKERFILE = re.compile(r"^```dockerfile\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# It stands in for every server, and says what it was told.
ECHO = '#!/bin/sh\nfor each in "${0##*/}" "$@"; do printf "%s\\n" "$each"; done\n'
VARIABLES = {"LEANCLOUD_APP_PORT": "3000", "LEANCLOUD_AVAILABLE_CPUS": "2"}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="containers are Linux, and their commands are run by sh")


def _one_each() -> dict[str, Answers]:
    """Return one combination for each run line: starter, server and set of dependencies."""
    found: dict[str, Answers] = {}
    for starter in CATALOG.questions["starter"].choices:
        for answers in combinations(CATALOG, starter):
            names = (starter, answers["backend"], answers["server"], answers["dependencies"])
            found.setdefault("-".join(dict.fromkeys(map(str, names))), answers)
    return found


CASES = _one_each()


def _dockerfile(files: dict[str, bytes], readme: str) -> str:
    (text,) = DOCKERFILE.findall(files[readme].decode("utf-8"))
    return str(text)


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with a stand-in for every server, and the tools that an image of Debian has."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("gunicorn", "uwsgi", "granian", "uvicorn", "python"):
        (folder / name).write_text(ECHO)
        (folder / name).chmod(0o755)
    for name in ("sh", "sed", "tr"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


@pytest.mark.parametrize("answers", CASES.values(), ids=CASES.keys())
def test_the_command(answers: Answers, programs: Path, tmp_path: Path) -> None:
    """The last line of the Dockerfile starts the server with the very arguments of the platform."""
    files = render(CATALOG.starter(str(answers["starter"])), answers)
    (tmp_path / "leanengine.yaml").write_bytes(files["leanengine.yaml"])

    def run(line: str) -> list[str]:
        environ = {**VARIABLES, "PATH": str(programs)}
        done = subprocess.run(["sh", "-c", line], cwd=tmp_path, env=environ, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    platform = run(yaml.safe_load(files["leanengine.yaml"])["run"])
    assert len(platform) > 1
    for readme in READMES:
        *_, last = _dockerfile(files, readme).splitlines()
        assert last.startswith("CMD ")
        assert run(last.removeprefix("CMD ")) == platform


@pytest.mark.parametrize("answers", CASES.values(), ids=CASES.keys())
def test_the_packages(answers: Answers) -> None:
    """The image installs what the platform installs, and runs without the rights of root."""
    files = render(CATALOG.starter(str(answers["starter"])), answers)
    install = yaml.safe_load(files["leanengine.yaml"]).get("install", ["pip install -r requirements.txt"])
    lines = [each if isinstance(each, str) else "pip install -r requirements.txt" for each in install]
    for readme in READMES:
        said = _dockerfile(files, readme).replace(" --no-cache-dir", "").splitlines()
        assert said[0] == f"FROM python:{answers['python']}-slim"
        assert f"RUN {' && '.join(lines)}" in said
        assert said.index("USER app") < next(n for n, line in enumerate(said) if line.startswith("CMD "))
