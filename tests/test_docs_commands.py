r"""What the pages tell their readers to type works: every block is tried, or says why it is not.

How to write a page
-------------------
A page is docs/<section>/NAME.md in English and NAME.zh.md in Chinese: the same headings, the same
blocks; the texts, and the comments in the code, are each language's own. Marks are HTML comments
in the line above a block, on the English page only. A page starts in an empty folder and runs in
one shell (bash) from top to bottom: `cd` and `export` last.

- ```sh: runs, and has to end with exit code 0. `<!-- exit 1 -->`: with this one.
  `<!-- background until: healthy -->`: goes on running, and the page goes on when its output
  holds this text. `<!-- not run: it needs an app on the platform -->`: is not run; the
  reason is for the next writer.
- ```text: all that the block before printed, stdout and stderr. `…` stands for anything, also for
  several lines; seconds (`0.29 s`), sizes (`46 MB`) and numbers of files may differ.
- ```python title="jobs.py" (or yaml, ini, html, …): is written to this file. `<!-- append -->`: at
  its end. `<!-- change -->`: each function, class, variable, YAML or INI key takes the place of
  the one of its name; imports go to the imports, what is new to the end. `<!-- after: some text
  -->`: below the first line that holds this text. `<!-- not run: … -->` here too. A block that has
  neither a file nor a reason is an error: show no code that is not tried.
- What readers need not see (making the project that the page is about, trying what
  it changed) is a hidden block:

      <!-- run
      scaffold new myapp --defaults
      cd myapp
      -->
      <!-- background until: Running on
      eval "$(scaffold env --env LEANCLOUD_APP_PORT=3000)"
      python wsgi.py
      -->
      <!-- stop -->

  The last one ends what runs in the background; the end of the page does too.

- On PATH are this checkout's `scaffold` and `uv`, and a virtualenv with the packages of all
  starters, pytest and the SDK: `python`, `gunicorn`, `pytest` are that one's. Call the app rather
  than boot it: a boot takes three seconds.
- /home/you stands for the folder that a page starts in, port 3000 for a free port, at which
  `scaffold up` starts too, and 3.11 for the Python that runs the tests. `127.0.0.1:3600` and
  `--port 3600` stand for another free port, as does each number from 3600 to 3699.
- Where the Chinese page shows Chinese output, the page is run once more in Chinese: do
  so where it helps only. Blocks marked `<!-- once -->`, and hidden ones that begin
  `<!-- run once`, are left out then.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.engine import build, environment, interpreter
from tests.conftest import ROOT
from tests.docs import pages
from tests.docs.shell import Shell

if TYPE_CHECKING:
    from tests.conftest import SharedFolder

SECTIONS = ("tutorial", "recipes", "explanation")
PAGES = {
    path.relative_to(ROOT / "docs").with_suffix("").as_posix(): path
    for section in SECTIONS
    for path in sorted((ROOT / "docs" / section).glob("**/*.md"))
    if not path.name.endswith(".zh.md")
}
# What the virtualenv of the pages holds: the packages of these.
STARTERS = ("flask", "django", "fastapi", "tornado", "sanic")
SERVERS = ("uwsgi", "gunicorn", "granian")
_HEADING = re.compile(r"^(#+) ", re.MULTILINE)
_NOT_TEXT = re.compile(r"^ *```.*?^ *```$|<!--.*?-->", re.MULTILINE | re.DOTALL)


def chinese(path: Path) -> Path:
    """Return the Chinese page of an English one."""
    return path.with_suffix(".zh.md")


def runs() -> list[tuple[str, str]]:
    """Return the pages that have something to try, each with its language;
    both where the outputs differ.
    """
    found = []
    for name, path in PAGES.items():
        blocks = pages.read(path)
        if all(block.fate == "not run" for block in blocks):
            continue
        found.append((name, "en"))
        outputs = [
            [
                block.code
                for block in pages.visible(pages.read(each, marked=each is path))
                if block.language == pages.OUTPUT
            ]
            for each in (path, chinese(path))
            if each.exists()
        ]
        if outputs[0] != outputs[-1]:
            found.append((name, "zh"))
    return found


@pytest.fixture(scope="session")
def path_folders(shared_folder: SharedFolder) -> str:
    """Make the folders that come first on the PATH of a page: this
    checkout's program, and a virtualenv.
    """
    folder = shared_folder("docs-path", _install_programs)
    return f"{folder / 'bin'}{os.pathsep}{folder / 'venv' / 'bin'}"


def _install_programs(folder: Path) -> None:
    programs, virtualenv = folder / "bin", folder / "venv"
    programs.mkdir(parents=True)
    uv = str(interpreter.uv_binary())
    for name in ("uv", "uvx"):
        (programs / name).symlink_to(Path(uv).with_name(name))
    scaffold = Path(sys.executable).with_name("scaffold")
    for name in ("scaffold", "lean-scaffold", "git-remote-scaffold"):
        (programs / name).symlink_to(scaffold.with_name(name))
    lists = [name for starter in STARTERS for name in _requirements(scaffold, folder, starter)]
    subprocess.run(build.virtualenv_command(Path(sys.executable), virtualenv, "uv"), check=True)
    install = [uv, "pip", "install", "--quiet", "--python", str(virtualenv)]
    subprocess.run([*install, *lists], check=True)
    subprocess.run([*install, "--no-deps", "leancloud==3.0.2"], check=True)


def _requirements(scaffold: Path, folder: Path, starter: str) -> list[str]:
    """Return the options that install what a starter needs."""
    servers = SERVERS if starter == "flask" else (None,)
    options = []
    for server in servers:
        project = folder / f"{starter}_{server}_project"
        chosen = ["--server", server] if server else []
        command = [
            str(scaffold),
            "--quiet",
            "new",
            str(project),
            "--defaults",
            "--no-git",
            "--starter",
            starter,
            *chosen,
        ]
        subprocess.run(command, check=True)
        options += ["--requirement", str(project / "requirements-dev.txt")]
    return options


@pytest.mark.boot
@pytest.mark.skipif(os.name != "posix", reason="pages are run by bash")
@pytest.mark.parametrize(("name", "language"), runs(), ids=str)
def test_a_page_is_true(name: str, language: str, path_folders: str, tmp_path: Path) -> None:
    """Its commands run, print what the page says, and its code does what the page says."""
    blocks = pages.read(PAGES[name])
    if language == "zh":
        blocks = pages.translated(blocks, pages.read(chinese(PAGES[name]), marked=False))
    work, state = tmp_path / "work", tmp_path / "state"
    work.mkdir()
    state.mkdir()
    shell = Shell(work, state, _environ(path_folders, tmp_path, language))
    try:
        shell.follow(blocks)
    finally:
        shell.end()


def _environ(path_folders: str, folder: Path, language: str) -> dict[str, str]:
    """Return the environment of a reader who has a name in git and no keys of the platform's."""
    settings = folder / "gitconfig"
    settings.write_text(
        "[user]\nname = Reader\nemail = reader@example.com\n[init]\ndefaultBranch = main\n", "utf-8"
    )
    inherited = environment.inherited(os.environ)
    return {
        **{
            name: value
            for name, value in inherited.items()
            if not name.startswith(("GIT_", "LC_")) and name != "COLUMNS"
        },
        "PATH": f"{path_folders}{os.pathsep}{inherited['PATH']}",
        "GIT_CONFIG_GLOBAL": str(settings),
        "GIT_CEILING_DIRECTORIES": str(folder),
        "LANG": {"en": "C.UTF-8", "zh": "zh_CN.UTF-8"}[language],
        "NO_COLOR": "1",
    }


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_the_same_in_chinese(name: str) -> None:
    """Same headings, same blocks but for comments; so what was tried on the
    English page was tried for both.
    """
    english = PAGES[name]
    ours = [block.essence for block in pages.visible(pages.read(english))]
    theirs = [block.essence for block in pages.read(chinese(english), marked=False)]
    assert theirs == ours
    assert _headings(chinese(english)) == _headings(english)


def _headings(path: Path) -> list[str]:
    return _HEADING.findall(_NOT_TEXT.sub("", path.read_text("utf-8")))
