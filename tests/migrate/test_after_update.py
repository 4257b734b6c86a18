"""What `scaffold migrate --after-update` makes of what copier's merge left, with the
real copier.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scaffold.errors import FailedError
from scaffold.migrate import after_update
from tests.conftest import snapshot
from tests.repositories import commit, git
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository, Scaffold
    from tests.trees import Tree

ANSWERS = ".copier-answers.yml"
SHELL = "#!/bin/sh\nexport LC_APP_ID=x\nexport LC_APP_KEY=y\npython wsgi.py\n"
ODD = '名字 "q" file.sh'
OLD: dict[str, str | bytes] = {
    "wsgi.py": (
        'import os\n\nAPP_ID = os.environ["LC_APP_ID"]\nPORT = int(os.environ["LC_APP_PORT"])\n'
        "\nrun(APP_ID)\n"
    ),
    "conf.py": 'import os\n\nPORT = int(os.environ.get("LC_APP_PORT", 3000))\nA = 1\n',
    "stage.py": "import os\n\nDEBUG = os.environ.get('LC_APP_PROD') != '1'\n",
    "requirements.txt": "Flask\nleancloud-sdk>=1.0.9\n",
    "start.sh": SHELL,
    ODD: SHELL,
    "a folder/x.sh": SHELL,
    "gone.sh": SHELL,
    "dropped.sh": SHELL,
    "end.sh": "export LC_APP_ID=x",
    "logo.bin": b"\0LC_APP_ID\0",
}
NEW: dict[str, str | bytes | None] = {
    **{
        path: text.replace("LC_", "LEANCLOUD_")
        for path, text in OLD.items()
        if isinstance(text, str)
    },
    "conf.py": 'import os\n\nPORT = int(os.environ.get("LEANCLOUD_APP_PORT", 5000))\nA = 1\n',
    "stage.py": "import os\n\nDEBUG = os.environ.get('LEANCLOUD_APP_ENV') != 'production'\n",
    "requirements.txt": "Flask\nleancloud==3.0.2\n",
    "logo.bin": b"\0new\0",
    "both.sh": "export LEANCLOUD_APP_ID=template\n",
    "dropped.sh": None,
}
EDITS = {
    "wsgi.py": ("APP_ID = ", '# 我的\nMINE = os.environ["LC_APP_KEY"]\nAPP_ID = '),
    "conf.py": ("3000", "4000"),
    "stage.py": ("DEBUG", "HERE = 1\nDEBUG"),
    "requirements.txt": ("1.0.9\n", "1.0.9\nredis\n"),
    ODD: ("=x", "=mine"),
    "a folder/x.sh": ("=x", "=mine"),
    "end.sh": ("=x", "=mine"),
}
OWN: dict[str, str | bytes | None] = {
    "mine.py": "import os\n\nprint os.environ['LC_APP_ID']  # 中文\n",
    "both.sh": "export LC_APP_ID=user\n",
    ".env": "LC_APP_ID=x\n",
    ".gitignore": ".env\n",
    "gone.sh": None,
    "logo.bin": b"\0mine\0",
}


@dataclass(frozen=True)
class Updated:
    """A project after `copier update`: its folder, what was said, and what git says."""

    folder: Path
    message: str
    status: str


def _template(folder: Path) -> Path:
    command = f"[{sys.executable}, -m, scaffold, migrate, --after-update]"
    settings = (
        '_subdirectory: t\n_templates_suffix: ""\n_migrations:\n  - version: 2.0.0\n    '
        f"command: {command}\n"
    )
    answers = {"t/{{ _copier_conf.answers_file }}": "{{ _copier_answers | to_nice_yaml }}"}
    trees: tuple[Tree, ...] = (OLD, NEW)
    for number, tree in enumerate(trees, 1):
        build_file_tree(
            folder,
            {"copier.yml": settings},
            answers,
            {f"t/{path}": text for path, text in tree.items()},
        )
        for path in [path for path, text in tree.items() if text is None]:
            (folder / "t" / path).unlink()
        commit(folder, tag=f"{number}.0.0")
    return folder


def _copier(folder: Path, *arguments: str) -> str:
    environment = {
        **os.environ,
        "PYTHONPATH": os.getcwd(),  # noqa: PTH109 - where the tests run from, whatever a link
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        (sys.executable, "-m", "copier", *arguments),
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
    )
    message = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 0, message
    return message


@pytest.fixture(scope="module")
def updated(tmp_path_factory: pytest.TempPathFactory) -> Updated:
    """A project in a folder of a larger repository, edited in many places
    and then updated with copier.
    """
    place = tmp_path_factory.mktemp("update")
    template = _template(place / "template")
    repository = build_file_tree(
        place / "repository", {"other.py": "import os\nos.environ['LC_APP_ID']\n"}
    )
    folder = repository / "my app"
    _copier(
        place,
        "copy",
        "--defaults",
        "--quiet",
        "--vcs-ref",
        "1.0.0",
        f"git+file://{template}",
        str(folder),
    )
    commit(repository)
    for path, (old, new) in EDITS.items():
        text = (folder / path).read_text("utf-8")
        assert old in text
        (folder / path).write_text(text.replace(old, new), "utf-8")
    (folder / "start.sh").write_bytes(SHELL.replace("=x", "=mine").replace("\n", "\r\n").encode())
    build_file_tree(folder, OWN)
    (folder / "gone.sh").unlink()
    (folder / "link.py").symlink_to("../other.py")
    commit(repository)
    message = _copier(repository, "update", "--defaults", "--trust", str(folder))
    return Updated(
        folder, message, git(repository, "-c", "core.quotePath=false", "status", "--short")
    )


def test_only_lines_that_both_changed_conflict(updated: Updated) -> None:
    """Edits beside a name do not conflict; a line that both changed does, once and marked
    as ever.
    """
    conflicts = [
        line[3:].strip('"') for line in updated.status.splitlines() if line.startswith("UU")
    ]
    assert conflicts == ["my app/both.sh", "my app/conf.py"]
    assert (updated.folder / "conf.py").read_text() == (
        "import os\n\n"
        "<<<<<<< before updating\n"
        'PORT = int(os.environ.get("LEANCLOUD_APP_PORT", 4000))\n'
        "=======\n"
        'PORT = int(os.environ.get("LEANCLOUD_APP_PORT", 5000))\n'
        ">>>>>>> after updating\n"
        "A = 1\n"
    )
    stages = git(updated.folder, "ls-files", "--unmerged", "conf.py").split()
    assert stages[2::4] == ["1", "2", "3"]


def test_what_the_user_wrote_is_there(updated: Updated) -> None:
    """The user's lines are in the merged files, with new names, line ends
    and odd paths as they were.
    """

    def read(path: str) -> str:
        return (updated.folder / path).read_bytes().decode()

    assert (
        '# 我的\nMINE = os.environ["LEANCLOUD_APP_KEY"]\nAPP_ID = os.environ["LEANCLOUD_APP_ID"]\n'
        in read("wsgi.py")
    )
    assert read("stage.py") == "import os\n\nHERE = 1\n" + str(NEW["stage.py"])[11:]
    assert read("requirements.txt") == "Flask\nleancloud==3.0.2\nredis\n"
    mine = str(NEW["start.sh"]).replace("=x", "=mine")
    assert read("start.sh") == mine.replace("\n", "\r\n")
    assert (read(ODD), read("a folder/x.sh"), read("end.sh")) == (
        mine,
        mine,
        "export LEANCLOUD_APP_ID=mine",
    )
    assert read("mine.py") == str(OWN["mine.py"]).replace("LC_", "LEANCLOUD_")


def test_what_is_not_the_projects_stays(updated: Updated) -> None:
    """Nothing outside of the project, ignored, linked or deleted by the user
    is touched; nothing is staged.
    """
    assert "LC_APP_ID" in (updated.folder.parent / "other.py").read_text()
    assert (updated.folder / "link.py").is_symlink()
    assert (updated.folder / ".env").read_text() == OWN[".env"]
    assert not (updated.folder / "gone.sh").exists()
    assert "_commit: 2.0.0" in (updated.folder / ANSWERS).read_text()
    assert {line[0] for line in updated.status.splitlines()} == {" ", "U"}


def test_it_says_what_it_did(updated: Updated) -> None:
    """File by file: merged again, still in conflict, rewritten, taken away."""
    for path in ("wsgi.py", "start.sh", ODD, "a folder/x.sh"):
        assert f"merged again without conflict: {path}" in updated.message
    for path in ("conf.py", "both.sh"):
        assert f"still in conflict, both sides changed it: {path}" in updated.message
    assert "mine.py: 3" in updated.message
    assert "taken away by the update: dropped.sh" in updated.message
    assert "the template's version was taken: logo.bin" in updated.message


def test_a_second_run_changes_nothing(updated: Updated) -> None:
    """It may run again, conflicts resolved or not."""
    before = snapshot(updated.folder), git(updated.folder, "ls-files", "--stage")
    again = after_update.run(updated.folder)
    assert (snapshot(updated.folder), git(updated.folder, "ls-files", "--stage")) == before
    assert (again.merged, sorted(again.conflicts), again.rewritten) == (
        [],
        ["both.sh", "conf.py"],
        {},
    )


# Conflicts made by hand, as copier leaves them.


def conflict(
    folder: Path, path: str, base: bytes | None, ours: bytes, theirs: bytes | None
) -> None:
    """Leave a path unmerged in the index, with copier's markers in the work tree."""
    versions = {"1": base, "2": ours, "3": theirs}
    lines = [f"0 {'0' * 40}\t{path}"]
    for stage, content in versions.items():
        if content is not None:
            (folder / f"{stage}.tmp").write_bytes(content)
            sha = git(folder, "hash-object", "-w", "--no-filters", f"{stage}.tmp").strip()
            lines.append(f"100644 {sha} {stage}\t{path}")
        else:
            (folder / f"{stage}.tmp").write_bytes(b"")
    subprocess.run(
        ("git", "update-index", "--index-info"),
        cwd=folder,
        input="\n".join(lines),
        text=True,
        check=True,
    )
    labels = ("-L", "before updating", "-L", "last update", "-L", "after updating")
    merge = ("git", "merge-file", "-p", *labels, "2.tmp", "1.tmp", "3.tmp")
    done = subprocess.run(merge, cwd=folder, capture_output=True, check=False)
    (folder / path).write_bytes(done.stdout or ours)
    for stage in versions:
        (folder / f"{stage}.tmp").unlink()


BASE, OURS, THEIRS = (
    b"export LC_APP_ID=x\na\n",
    b"export LC_APP_ID=x\nmine\n",
    b"export LEANCLOUD_APP_ID=x\na\n",
)


def test_a_conflict_that_somebody_works_on(repository: Repository) -> None:
    """What the user has begun to resolve is not merged over."""
    folder = repository({"a.sh": OURS})
    conflict(folder, "a.sh", BASE, OURS, THEIRS)
    (folder / "a.sh").write_bytes(b"export LC_APP_ID=resolved\n")
    report = after_update.run(folder)
    assert (report.untouched, report.merged) == (["a.sh"], [])
    assert (folder / "a.sh").read_bytes() == b"export LC_APP_ID=resolved\n"


@pytest.mark.parametrize(("base", "theirs"), [(None, THEIRS), (BASE, None)])
def test_a_version_is_missing(
    repository: Repository, base: bytes | None, theirs: bytes | None
) -> None:
    """Where one side has no such file, what copier left stays, and is reported."""
    folder = repository({"a.sh": OURS})
    conflict(folder, "a.sh", base, OURS, theirs)
    before = (folder / "a.sh").read_bytes()
    assert after_update.run(folder).untouched == ["a.sh"]
    assert (folder / "a.sh").read_bytes() == before


def test_binary_files(repository: Repository) -> None:
    """What is no text cannot be merged and is left."""
    folder = repository({"a.bin": b"\0mine"})
    conflict(folder, "a.bin", b"\0base", b"\0mine", b"\0theirs")
    assert after_update.run(folder).untouched == ["a.bin"]
    assert (folder / "a.bin").read_bytes() == b"\0mine"


def test_line_ends_of_git(repository: Repository) -> None:
    """Where git gives files CRLF in the work tree, they keep it."""
    folder = repository({"a.sh": OURS, ".gitattributes": "* text eol=crlf\n"})
    conflict(folder, "a.sh", BASE, OURS, THEIRS)
    (folder / "a.sh").write_bytes((folder / "a.sh").read_bytes().replace(b"\n", b"\r\n"))
    assert after_update.run(folder).merged == ["a.sh"]
    assert (folder / "a.sh").read_bytes() == b"export LEANCLOUD_APP_ID=x\r\nmine\r\n"


def test_the_mode_stays(repository: Repository) -> None:
    """A script stays a script."""
    folder = repository({"a.sh": OURS})
    conflict(folder, "a.sh", BASE, OURS, THEIRS)
    (folder / "a.sh").chmod(0o755)
    after_update.run(folder)
    assert (folder / "a.sh").stat().st_mode & 0o777 == 0o755


def test_not_in_git(workspace: Path) -> None:
    """Without a repository there is nothing to merge."""
    with pytest.raises(FailedError) as caught:
        after_update.run(workspace)
    assert caught.value.key == "migrate.error.not-in-git"


def test_command(repository: Repository, scaffold: Scaffold) -> None:
    """The command that copier runs says what it did, in the user's
    language, and puts nothing on stdout.
    """
    folder = repository({"a.sh": OURS, "b.sh": "echo LC_APP_ID\n"})
    conflict(folder, "a.sh", BASE, OURS, THEIRS)
    result = scaffold("migrate", "--after-update", "--lang", "zh", str(folder))
    assert (result.code, result.out) == (0, "")
    assert "a.sh" in result.err
    assert "b.sh:1: LC_APP_ID" in result.err
