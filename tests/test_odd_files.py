"""Every command on files of every odd kind: an answer or one clear error, within seconds."""

from __future__ import annotations

import os
import signal
from random import Random
from typing import TYPE_CHECKING

import pytest

from scaffold.adopt import pins, planning
from scaffold.adopt.resolve import Unresolved
from scaffold.engine import steps
from scaffold.errors import FailedError
from scaffold.up.supervisor import Supervisor
from tests.odd_files import NAMES, make
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.catalog import Catalog
    from tests.conftest import Scaffold
    from tests.trees import Tree

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the kinds of files are those of POSIX")

SOUND: Tree = {
    "wsgi.py": (
        "import os\nimport leancloud\nfrom app import app\n"
        "leancloud.init(os.environ['LC_APP_ID'], master_key='k')\n"
        "application = leancloud.Engine(app)\n"
    ),
    "app.py": "from flask import Flask\napp = Flask(__name__)\n",
    "requirements.txt": "Flask>=0.10.1\nleancloud-sdk>=1.0.9\n",
    "leanengine.yaml": "run: python wsgi.py\n",
    ".copier-answers.yml": "_src_path: scaffold://starters.git\n_commit: 2.0.0\nstarter: flask\n",
}
COMMANDS = (
    "check",
    "check --fix --force",
    "check --format json",
    "check --dry-run",
    "env",
    "env --format dotenv",
    "adopt --dry-run",
    "adopt --yes --force --no-branch",
    "migrate --dry-run",
    "migrate --force",
    "update --check",
    "update --dry-run --defaults",
    "update --defaults",
    "boot",
    "up",
    "new . --defaults",
)
SECONDS = 10
SEEDS = range(16)
ROUNDS = 12


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch, catalog: Catalog) -> Iterator[None]:
    """Ask no index and start no project; let nothing run longer than allowed."""

    def refuse(*_: object, **__: object) -> None:
        raise FailedError("boot.error.system", problem="enough")

    def unresolved(*_: object) -> Unresolved:
        return Unresolved("unknown", "x", "offline", ())

    def too_long(*_: object) -> None:
        pytest.fail(f"it took more than {SECONDS} s")

    monkeypatch.setattr(planning, "Catalog", lambda: catalog)
    monkeypatch.setattr(pins, "resolve", unresolved)
    first = {"manifest", "interpreter"}
    monkeypatch.setattr(
        steps, "STEPS", tuple((n, step if n in first else refuse) for n, step in steps.STEPS)
    )
    monkeypatch.setattr(Supervisor, "run", refuse)
    before = signal.signal(signal.SIGALRM, too_long)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("seed", SEEDS)
def test_odd_files(scaffold: Scaffold, workspace: Path, seed: int) -> None:
    """No traceback, no second error, no wait, and an exit code that is documented."""
    random = Random(seed)
    for number in range(ROUNDS):
        folder = workspace / str(number)
        folder.mkdir()
        build_file_tree(folder, SOUND)
        os.chdir(folder)
        names = random.sample(NAMES, random.choice((1, 1, 2, 4)))
        made = [f"{name}: {make(folder / name, random)}" for name in names]
        command = COMMANDS[(seed * ROUNDS + number) % len(COMMANDS)]
        signal.alarm(SECONDS)
        result = scaffold(*command.split())
        signal.alarm(0)
        context = (command, made, result.err[-3000:])
        assert result.code in {0, 1, 2, 3}, context
        assert "Traceback" not in result.err, context
        assert len(result.out) + len(result.err) < 500_000, context
