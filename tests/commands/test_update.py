"""`scaffold update` as a user meets it, with the real copier."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from scaffold import versions
from tests.conftest import snapshot
from tests.repositories import commit, contents, git

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Published, Scaffold

ENTER, DOWN = "\r", "\x1b[B"
PATIENCE = 120
SCAFFOLD = [sys.executable, "-m", "scaffold"]


def _project(workspace: Path, published: Published, version: str, **answers: object) -> Path:
    folder = workspace / "shop"
    folder.mkdir()
    commit(folder, published(version, project_name="shop", **answers))
    return folder


def test_another_answer(workspace: Path, published: Published, scaffold: Scaffold) -> None:
    """An answer is changed in the files and in the answers file, at the
    same version; moved projects too.
    """
    newest = versions.newest()
    folder = _project(workspace, published, newest, starter="flask", server="gunicorn").rename(
        workspace / "moved"
    )
    before = contents(folder)
    result = scaffold("update", "moved", "--json", "--diff", "-d", "server=granian")
    assert result.code == 0, result.err
    after = contents(folder)
    assert after == published(newest, project_name="shop", starter="flask", server="granian")
    lines = json.loads(result.out)
    changed = {path for path in before | after if before.get(path) != after.get(path)}
    assert {file["path"] for file in lines["files"]} == changed
    assert (lines["from"], lines["to"], lines["written"]) == (newest, newest, True)
    assert lines["changed_answers"] == [
        {"question": "server", "before": "gunicorn", "after": "granian"}
    ]
    assert '+server: "granian"' in lines["diff"]
    assert git(folder, "diff", "--cached") == ""


@pytest.mark.skipif(os.name == "nt", reason="this system has no pseudo-terminals")
def test_on_a_real_terminal(workspace: Path, published: Published) -> None:
    """New questions are asked, every file is shown, and it is done when the
    user says so; in Chinese.
    """
    import pexpect

    folder = _project(workspace, published, "1.0.0", starter="flask")
    child: pexpect.spawn[str] = pexpect.spawn(
        sys.executable,
        ["-m", "scaffold", "--lang", "zh", "update", "shop"],
        env={**os.environ, "TERM": "xterm", "PYTHONUTF8": "1", "PROMPT_TOOLKIT_NO_CPR": "1"},
        encoding="utf-8",
        dimensions=(60, 120),
        timeout=PATIENCE,
    )
    message = ""
    for question, keys in {
        "运行它的服务器": DOWN + ENTER,
        "云函数": "y",
        "依赖版本": ENTER,
        "Python 版本": ENTER,
        "登录状态": "y",
        "HTTPS": "n",
        "写入这 ": "y",
        "已将 shop 从 1.0.0 更新到": "",
    }.items():
        child.expect_exact(question)
        message += str(child.before)
        for key in (keys[:3], keys[3:]) if keys.startswith(DOWN) else (keys,):
            child.send(key)
    child.expect(pexpect.EOF)
    message += str(child.before)
    child.close()
    assert child.exitstatus == 0
    words = (
        "新增",
        "修改",
        "leanengine.yaml",
        "选项：server：",
        "scaffold boot",
        "clean -fdxq",
    )
    assert [word for word in words if word not in message] == []
    answers = contents(folder)[".copier-answers.yml"].decode()
    assert ("sessions: true" in answers, f'_commit: "{versions.newest()}"' in answers) == (
        True,
        True,
    )
    assert any(b"class SafeSessionCookie" in content for content in contents(folder).values())


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals of this kind")
def test_ctrl_c_while_copier_works(workspace: Path, published: Published) -> None:
    """Ctrl-C ends everything at once, and nothing of the project or in the folder
    of temporary files is left over.
    """
    folder = _project(workspace, published, "1.0.0", starter="flask")
    before = snapshot(folder)
    temporary = workspace / "temporary"
    temporary.mkdir()
    code = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    code += "from scaffold.cli import run; sys.exit(run(['update', 'shop', '--defaults']))"
    running = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    deadline = time.monotonic() + PATIENCE
    while not list(temporary.glob("scaffold-update-*/tmp")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGINT)
    _, message = running.communicate(timeout=PATIENCE)
    assert (running.returncode, b"Interrupted; nothing was left behind." in message) == (130, True)
    assert snapshot(folder) == before
    assert list(temporary.glob("scaffold-update-*")) == []


def _template(folder: Path) -> Path:
    """A template of somebody else, of two versions: the second has a new file, and a migration."""
    folder.mkdir()
    commit(
        folder,
        {
            "copier.yml": b"color:\n  type: str\n  default: red\n_skip_tasks: []\n",
            "{{ _copier_conf.answers_file }}.jinja": b"{{ _copier_answers|to_nice_yaml }}",
            "a.txt.jinja": b"one\ntwo\nthree\nfour\n{{ color }}\nsix\nseven\neight\n",
        },
    )
    git(folder, "tag", "v1.0.0")
    commit(
        folder,
        {
            "copier.yml": b"color:\n  type: str\n  default: red\nsize:\n  type: int\n  default: 3\n"
            b"_migrations:\n  - version: v2.0\n    command: echo migrated > ran.txt\n",
            "a.txt.jinja": b"ONE\ntwo\nthree\nfour\n{{ color }} {{ size }}\nsix\nseven\neight\n",
            "b.txt": b"new\n",
        },
    )
    git(folder, "tag", "v2.0")
    return folder


def test_a_template_of_somebody_else(workspace: Path, scaffold: Scaffold) -> None:
    """Its own code runs only for who says so; otherwise it is updated as ours is."""
    template = _template(workspace / "template")
    folder = workspace / "shop"
    folder.mkdir()
    answers = f"_commit: v1.0.0\n_src_path: {template}\ncolor: blue\n".encode()
    commit(
        folder,
        {
            ".copier-answers.yml": answers,
            "a.txt": b"one\ntwo\nthree\nfour\nblue\nsix\nseven\neight\nmine\n",
        },
    )
    assert scaffold("update", "shop", "--check").code == 1
    assert "no-such-version" in scaffold("update", "shop", "--to", "v3").err
    assert "unknown-key" in scaffold("update", "shop", "-d", "colour=red").err
    before = snapshot(folder)
    result = scaffold("update", "shop", "-d", "size=7")
    assert (result.code, "explain update-untrusted" in result.err, "migrations" in result.err) == (
        2,
        True,
        True,
    )
    assert snapshot(folder) == before
    result = scaffold("update", "shop", "-d", "size=7", "--trust")
    assert result.code == 0, result.err
    assert (
        folder / "a.txt"
    ).read_bytes() == b"ONE\ntwo\nthree\nfour\nblue 7\nsix\nseven\neight\nmine\n"
    assert (folder / "b.txt").read_bytes() == b"new\n"
    assert (folder / "ran.txt").read_bytes() == b"migrated\n"
    commit(folder)
    assert scaffold("update", "shop", "--check").code == 0


@pytest.mark.boot
@pytest.mark.usefixtures("byte_code")
@pytest.mark.parametrize(
    ("version", "change"), [("1.0.0", ()), ("2.0.0", ("-d", "server=granian"))]
)
def test_it_starts_afterwards(
    version: str,
    change: tuple[str, ...],
    workspace: Path,
    published: Published,
    scaffold: Scaffold,
) -> None:
    """After an update the project passes `scaffold check`, and starts in `scaffold boot`."""
    _project(workspace, published, version, starter="flask")
    for command in (("update", "shop", "--defaults", *change), ("check", "shop"), ("boot", "shop")):
        result = scaffold(*command)
        assert result.code == 0, result


SPOILT = {
    "commit.gpgSign": "true",
    "gpg.program": "/bin/false",
    "status.showUntrackedFiles": "no",
    "apply.whitespace": "error",
    "core.safecrlf": "true",
    "core.autocrlf": "input",
    "core.fsmonitor": "/bin/false",
}


def test_settings_that_would_lose_lines(
    workspace: Path, published: Published, scaffold: Scaffold
) -> None:
    """Hooks do not run, and settings of the user's own git with which plain
    copier drops changes do no harm.
    """
    folder = _project(workspace, published, "1.0.0", starter="flask")
    mine = (folder / ".gitignore").read_bytes() + b"\nmine/   \n"
    commit(
        folder,
        {
            ".gitignore": mine,
            "requirements.txt": b"# mine   \n" + (folder / "requirements.txt").read_bytes(),
        },
    )
    hooks = workspace / "hooks"
    hooks.mkdir()
    for name in (
        "pre-commit",
        "prepare-commit-msg",
        "post-commit",
        "post-checkout",
        "post-index-change",
    ):
        (hooks / name).write_text(f"#!/bin/sh\necho {name} >> {hooks}/ran\nexit 1\n", "utf-8")
        (hooks / name).chmod(0o755)
    for name, value in (
        SPOILT | {"core.hooksPath": str(hooks), "init.templateDir": str(hooks)}
    ).items():
        git(workspace, "config", "--global", name, value)
    result = scaffold("update", "shop")
    assert result.code in {0, 3}, result.err
    assert b"\nmine/   \n" in (folder / ".gitignore").read_bytes()
    assert b"# mine" in (folder / "requirements.txt").read_bytes()
    assert not (hooks / "ran").exists()
