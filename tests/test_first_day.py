"""The first day with each starter, without keys: what is printed can be typed, and works.

A project is made in an empty home. Then each command that its README, a next step or the output
of another command prints is run, and has to succeed; no line of scaffold's is wider than a
terminal. `make first-day` plays every starter in both languages, with pip where the README says
pip; the suite plays each starter once, with uv in its place.
"""

from __future__ import annotations

import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from scaffold.engine import interpreter
from tests.conftest import CATALOG
from tests.docs.pages import Block
from tests.docs.shell import PAGE_PORT, Shell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.byte_code import ByteCode

ALL = "FIRST_DAY" in os.environ
STARTERS = tuple(map(str, CATALOG.questions["starter"].choices))
LOCALES = {"en": "C.UTF-8", "zh": "zh_CN.UTF-8"}
WIDTH = 80
PYTHON = "{}.{}".format(*sys.version_info)
# How this machine reaches a package index; nothing else is inherited.
INDEX_SETTINGS = ("UV_", "PIP_", "SSL_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
# Commands that go on until they are ended; answered with the health check once they serve.
SERVERS = ("python wsgi.py", "scaffold up", "meta run")
# Commands that are not run, by how they begin, and why.
NOT_RUN = {
    "lean ": "needs an app on the platform",
    "docker ": "needs Docker; tests/test_container.py builds the image",
    "SITE=": "needs Docker and a domain",
    "scaffold boot --container": "needs a builder; tests/test_container.py boots the image",
    "scaffold update": "changes the answers; tests/update does it",
    "copier update": "is `scaffold update` without scaffold; tests/test_copier_update.py does it",
    "pip-audit": "asks a service about vulnerabilities, which the sentence says it finds",
    "meta down": "the README says that it has nothing to do",
    "manage.py ": "is the end of a command that the generated tests run",
}
# What the suite does elsewhere; `make first-day` does it here too.
TESTED_ELSEWHERE = {"scaffold boot": "tests/test_boot_starters.py boots each starter"}
# What a newcomer types without reading, and what pages promise of every project.
HABITS = ("scaffold check", "scaffold pins --check")
IMPORT = 'python -c "import app"'
HABITS_OF = {"flask": (IMPORT, "flask routes"), "django": ("python manage.py check",)}
_SHELL_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PROGRAM = r"(?:cd|copier|docker|flask|git|lean|meta|pip|pip-audit|python|scaffold|uv)\b"
_CODE = re.compile(rf"`((?:SITE=\S+ )?(?:{_PROGRAM}|manage\.py) [^`\n]+)`")
_STEP = re.compile(rf"^ *(?:[^ `]*[:：] *)?({_PROGRAM} \S.*?)(?: {{3,}}.*)?$", re.MULTILINE)
_COMMENT = re.compile(r"(?:^|\s+)# .*$")
_OF_THE_APP = '"$DOCS_STATE/app.txt"'
_ASK = f"""python3 - <<'END' || {{ cat {_OF_THE_APP}; exit 1; }}
import time, urllib.request
for _ in range(300):
    try:
        urllib.request.urlopen("http://127.0.0.1:{PAGE_PORT}/__engine/1/ping").read()
        break
    except OSError:
        time.sleep(0.2)
else:
    raise SystemExit("no healthy answer")
END"""


@dataclass
class Day:
    """One project, and what was typed on its first day.

    Args:
        shell: the shell that it is typed in.
        state: where the shell keeps what commands print.
        typed: the commands that were run.
        left_out: those that were not.
        wide: lines of scaffold that are wider than the terminal.
    """

    shell: Shell
    state: Path
    typed: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)

    def type(self, command: str) -> None:
        """Run a command that was printed, then those that it prints."""
        command = _COMMENT.sub("", command).strip()
        if not command or command in (*self.typed, *self.left_out):
            return
        if not_run(command):
            self.left_out.append(command)
            return
        self.typed.append(command)
        # What the app prints, which may be as wide as it likes, is on stdout.
        code = f"{command} >{_OF_THE_APP}" if command == "scaffold up" else command
        log = self._run(code, until="\n" if command in SERVERS else "")
        if command in SERVERS:
            self._run(_ASK)
            self.shell.end()
        if command.startswith("scaffold "):
            printed = log.read_text("utf-8")
            self.wide += [line for line in printed.splitlines() if cell_len(line) > WIDTH]
            for each in commands(printed, _STEP):
                self.type(each)

    def _run(self, code: str, until: str = "") -> Path:
        """Run code in the shell, and return the file with what it prints."""
        self.shell.follow([Block("first day", "run", "sh", code, until=until)])
        return max(self.state.glob("*.log"), key=lambda log: int(log.stem))


def not_run(command: str) -> str:
    """Return why a command is not run, empty if it is."""
    reasons = NOT_RUN if ALL else {**NOT_RUN, **TESTED_ELSEWHERE}
    starts = [start for start in reasons if command.startswith(start)]
    return reasons[starts[0]] if starts else ""


def commands(text: str, *patterns: re.Pattern[str]) -> Iterator[str]:
    """Yield the commands in a text: those between backticks, and those that patterns find."""
    found = {
        match.start(): match[1]
        for pattern in (_CODE, *patterns)
        for match in pattern.finditer(text)
    }
    for _, code in sorted(found.items()):
        yield from code.splitlines()


def programs(folder: Path) -> None:
    """Fill a folder with the programs that a newcomer has: scaffold, uv and a Python."""
    folder.mkdir()
    uv = interpreter.uv_binary()
    assert uv
    (folder / "uv").symlink_to(uv)
    for name in ("scaffold", "git-remote-scaffold"):
        (folder / name).symlink_to(Path(sys.executable).with_name(name))
    base = shlex.quote(getattr(sys, "_base_executable", sys.executable))
    quick = f'[ "$1 $2" != "-m venv" ] || exec uv venv --quiet --allow-existing -p {base} "$3"\n'
    _script(folder / f"python{PYTHON}", f'{"" if ALL else quick}exec {base} "$@"')
    if not ALL:
        _script(folder / "pip", 'exec uv pip "$@"')


def _script(path: Path, code: str) -> None:
    path.write_text(f"#!/bin/sh\n{code}\n", "utf-8")
    path.chmod(0o755)


def environ(folder: Path, language: str) -> dict[str, str]:
    """Return the environment of a clean home: no keys, no settings, no git name."""
    home = folder / "home"
    home.mkdir()
    programs(folder / "bin")
    git = shutil.which("git")
    assert git
    uv = str(interpreter.uv_binary())
    cache = subprocess.run([uv, "cache", "dir"], capture_output=True, text=True, check=True)
    return {
        "UV_CACHE_DIR": cache.stdout.strip(),
        **{name: value for name, value in os.environ.items() if name.startswith(INDEX_SETTINGS)},
        "HOME": str(home),
        "LANG": LOCALES[language],
        "PATH": os.pathsep.join([str(folder / "bin"), str(Path(git).parent), os.defpath]),
        "COLUMNS": str(WIDTH),
    }


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short name, as a home has: widths of lines depend on it."""
    with tempfile.TemporaryDirectory(prefix="day", dir="/tmp") as name:
        yield Path(name)


def days() -> list[tuple[str, str]]:
    """Return the starters with their languages: in turn, or all with all."""
    if ALL:
        return list(itertools.product(STARTERS, LOCALES))
    return list(zip(STARTERS, itertools.cycle(LOCALES), strict=False))


@pytest.mark.boot
@pytest.mark.skipif(os.name != "posix", reason="what is printed is typed in bash")
@pytest.mark.parametrize(("starter", "language"), days(), ids=str)
def test_what_is_printed_can_be_typed(
    starter: str, language: str, folder: Path, byte_code: ByteCode
) -> None:
    """Next steps, the README and everyday commands succeed, and fit a terminal."""
    state, home = folder / "state", folder / "home"
    state.mkdir()
    variables = environ(folder, language)
    if not ALL:
        variables["PYTHONPYCACHEPREFIX"] = str(byte_code.folder)
        byte_code.share(home / "shop" / ".venv")
    shell = Shell(home, state, variables)
    day = Day(shell, state)
    try:
        shell.follow([Block("first day", "run", "sh", f"export PORT={PAGE_PORT}")])
        day.type(f"scaffold new shop --defaults --starter {starter} -d python={PYTHON}")
        readme = (home / "shop" / "README.md").read_text("utf-8")
        for command in (
            *commands(readme, _SHELL_BLOCK),
            *HABITS,
            *HABITS_OF.get(starter, (IMPORT,)),
        ):
            day.type(command)
    finally:
        shell.end()
    assert not day.wide
    expected = {"cd shop", "python wsgi.py", "scaffold up", "scaffold test", "python -m pytest"}
    assert expected <= set(day.typed)
