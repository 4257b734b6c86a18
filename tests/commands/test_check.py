"""`scaffold check`: formats, settings, exit codes, mending, and projects that are hard to read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.checks import check, fixes
from scaffold.checks.rules import RULES
from scaffold.checks.settings import CheckSettings
from scaffold.commands.check import FORMATS
from tests.checks.conftest import SOUND, WITH_SDK, Build, build, findings, ids
from tests.conftest import ROOT, snapshot
from tests.repositories import commit
from tests.trees import build_file_tree
from tools import check_pages

if TYPE_CHECKING:
    from tests.conftest import Scaffold
    from tests.trees import Tree

# One error, one warning with a fix, one note.
FAULTY: Tree = {
    **SOUND,
    "leanengine.yaml": "cmd: python wsgi.py\n",
    "wsgi.py": "application = 1\n",
    ".python-version": "3.11\n",
}


# Exit codes and formats.


def test_nothing_found(scaffold: Scaffold, build: Build) -> None:
    """Without a finding there is no data, one sentence is said, and the exit code is 0."""
    result = scaffold("check", str(build(SOUND)))
    assert (result.code, result.out, result.err) == (0, "", "Nothing found in 5 files.\n")


def test_text(scaffold: Scaffold, build: Build) -> None:
    """A finding says where, what, why and what to change; the sum, and
    where to read more, go to stderr.
    """
    result = scaffold("check", str(build(FAULTY)))
    assert result.code == 1
    assert result.err == (
        "\n1 errors, 1 warnings, 1 notes; 5 files.\n"
        "More about a finding, for example: scaffold explain LE030\n"
    )
    blocks = result.out.rstrip().split("\n\n")
    assert [block.split(": ")[0] for block in blocks] == [
        ".python-version:1:1",
        "leanengine.yaml:1:1",
        "wsgi.py:1:1",
    ]
    assert blocks[1].splitlines() == [
        "leanengine.yaml:1:1: error LE012 `cmd` is now called `run`",
        "  seen: `cmd:`",
        "  why:  The platform of today reads `run`; `cmd` is its old name.",
        "  fix:  Rename the key to `run` (`--fix` does it).",
    ]


def test_warnings_are_no_failure(scaffold: Scaffold, build: Build) -> None:
    """Warnings and notes alone leave the exit code at 0."""
    assert scaffold("check", str(build(SOUND, {"runtime.txt": "python-3.6"}))).code == 0


def test_chinese(scaffold: Scaffold, build: Build) -> None:
    """Findings speak the language that is asked for."""
    result = scaffold("check", "--lang", "zh", str(build(FAULTY)))
    assert "leanengine.yaml:1:1: 错误 LE012 `cmd` 已改名为 `run`\n" in result.out
    assert "scaffold explain LE030" in result.err


def test_json(scaffold: Scaffold, build: Build) -> None:
    """JSON has each finding with its parts."""
    result = scaffold("check", "--format", "json", str(build(FAULTY)))
    document = json.loads(result.out)
    assert document["files"] == 5
    found = {
        (f["id"], f["severity"], f["file"], f["line"], f["column"], f["fixable"])
        for f in document["findings"]
    }
    assert ("LE012", "error", "leanengine.yaml", 1, 1, True) in found
    assert {"title", "seen", "why", "fix"} < set(document["findings"][0])


def test_github(scaffold: Scaffold, build: Build) -> None:
    """GitHub's commands keep what has a meaning in them escaped."""
    result = scaffold(
        "check", "--format", "github", str(build(FAULTY, {"a,b:c%.py": "print 'x'\n"}))
    )
    lines = result.out.splitlines()
    assert [line.split(" ")[0] for line in lines] == [
        "::warning",
        "::warning",
        "::error",
        "::notice",
    ]
    assert "file=a%2Cb%3Ac%25.py,line=1,col=1,title=LE037 " in lines[1]


def test_sarif(scaffold: Scaffold, build: Build) -> None:
    """SARIF lists all rules, and each result names one of them."""
    folder = build(FAULTY, {"a b.py": "print 'x'\n"})
    document: dict[str, Any] = json.loads(scaffold("check", "--format", "sarif", str(folder)).out)
    run = document["runs"][0]
    assert document["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.id for rule in RULES]
    assert {result["ruleId"] for result in run["results"]} == {"LE004", "LE012", "LE030", "LE037"}
    places = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in run["results"]
    ]
    assert "a%20b.py" in places
    assert {result["level"] for result in run["results"]} == {"error", "warning", "note"}


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_in_every_format(scaffold: Scaffold, build: Build, form: str) -> None:
    """A sound project is a valid document in every format."""
    result = scaffold("check", "--format", form, str(build(SOUND)))
    assert result.code == 0
    if form in {"json", "sarif"}:
        json.loads(result.out)


# CheckSettings.


@pytest.mark.parametrize(
    ("arguments", "files", "expected"),
    [
        (["--select", "LE012"], {}, {"LE012"}),
        (["--select", "le01,LE03"], {}, {"LE012", "LE030"}),
        (["--ignore", "LE01"], {}, {"LE004", "LE030"}),
        (["--select", "LE0", "--ignore", "LE03"], {}, {"LE004", "LE012"}),
        (["--select", "LE030", "--ignore", "LE0"], {}, {"LE030"}),
        ([], {"pyproject.toml": '[tool.scaffold.check]\nignore = ["LE012"]\n'}, {"LE004", "LE030"}),
        ([], {".scaffold.toml": '[check]\nselect = ["LE012"]\n'}, {"LE012"}),
        ([], {".scaffold.toml": '[check]\nexclude = ["wsgi.py"]\n'}, {"LE012", "LE030"}),
        (
            ["--ignore", "LE004"],
            {".scaffold.toml": '[check]\nignore = ["LE012"]\n'},
            {"LE012", "LE030"},
        ),
    ],
)
def test_settings(
    scaffold: Scaffold, build: Build, arguments: list[str], files: Tree, expected: set[str]
) -> None:
    """Rules are chosen by the beginnings of their ids; the command line counts more than a file."""
    document = json.loads(
        scaffold("check", "--format", "json", *arguments, str(build(FAULTY, files))).out
    )
    assert {finding["id"] for finding in document["findings"]} == expected


@pytest.mark.parametrize(
    ("arguments", "files", "title"),
    [
        (["--select", "LE999"], {}, "No rule has this id"),
        (["--format", "xml"], {}, "--format takes one of a few values"),
        ([], {".scaffold.toml": "[check]\nselct = []\n"}, "There is no such setting"),
        (
            [],
            {".scaffold.toml": '[check]\nselect = "LE012"\n'},
            "The setting must be a list of strings",
        ),
        ([], {".scaffold.toml": "[check\n"}, "The settings file cannot be read"),
    ],
)
def test_wrong_usage(
    scaffold: Scaffold, build: Build, arguments: list[str], files: Tree, title: str
) -> None:
    """What cannot be meant is refused with exit code 2."""
    result = scaffold("check", *arguments, str(build(SOUND, files)))
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"Error: {title}\n")


def test_no_such_folder(scaffold: Scaffold) -> None:
    """A folder that is not there is wrong usage."""
    assert scaffold("check", "nowhere").code == 2


# Mending.


def test_fix(scaffold: Scaffold, build: Build) -> None:
    """What can be fixed is fixed, everything else stays byte for byte, and a second run
    changes nothing.
    """
    source = b"\xef\xbb\xbf# \xc4\xe3\r\nimport os\r\n\tx = os.environ[ 'LEANCLOUD_APP_ENV' ]\r\n"
    source += b"y = os.environ['LEANCLOUD_APP_ENV']"
    folder = commit(
        build(FAULTY, {"a.py": source, ".leanignore": b"*.pyc\r\n.git", ".env": "A=1\n"})
    )
    before = snapshot(folder)
    result = scaffold("check", "--fix", str(folder))
    after = snapshot(folder)
    assert "Fixed: " in result.err
    changed = {
        path: after[path]
        for path in after
        if not path.startswith(".git/") and after[path] != before[path]
    }
    assert changed == {
        ".leanignore": b"*.pyc\r\n.git\r\n.env\r\n.venv/",
        ".python-version": b"3.11",
        "a.py": source.replace(
            b"y = os.environ['LEANCLOUD_APP_ENV']",
            b"y = os.environ.get('LEANCLOUD_APP_ENV', 'development')",
        ),
        "leanengine.yaml": b"run: python wsgi.py\n",
    }
    assert "Fixed" not in scaffold("check", "--fix", "--force", str(folder)).err
    assert snapshot(folder) == after


@pytest.mark.parametrize("option", ["--dry-run", "--diff"])
def test_diff(scaffold: Scaffold, build: Build, option: str) -> None:
    """The diff is data on stdout, and nothing is written."""
    folder = build(FAULTY)
    before = snapshot(folder)
    result = scaffold("check", "--fix", option, str(folder))
    assert (result.code, result.err) == (1, "--fix would change 2 files.\n")
    assert (
        "--- a/leanengine.yaml\n+++ b/leanengine.yaml\n@@ -1 +1 @@\n-cmd: python wsgi.py\n"
        "+run: python wsgi.py"
    ) in result.out
    assert snapshot(folder) == before
    assert scaffold("check", option, str(build_file_tree(folder.parent / "sound", SOUND))).code == 0


@pytest.mark.parametrize(
    ("committed", "title"), [(False, "is not in a git repository"), (True, "uncommitted changes")]
)
def test_fix_needs_a_clean_tree(
    scaffold: Scaffold,
    build: Build,
    committed: bool,
    title: str,
) -> None:
    """Without a commit to go back to nothing is changed, unless forced."""
    folder = build(FAULTY)
    if committed:
        commit(folder)
        (folder / "new.txt").write_text("mine")
    before = snapshot(folder)
    result = scaffold("check", "--fix", str(folder))
    assert (result.code, result.out) == (2, "")
    assert title in result.err.splitlines()[0]
    assert snapshot(folder) == before
    assert "Fixed" in scaffold("check", "--fix", "--force", str(folder)).err


def test_an_interrupted_fix_leaves_whole_files(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the second file cannot be put in place, the first is new, the second
    old, and nothing else is there.
    """
    folder = build(FAULTY)
    changed = fixes.fixed(folder, findings(folder))
    before, replace = snapshot(folder), Path.replace
    done: list[Path] = []

    def interrupt(self: Path, target: Path) -> Path:
        if done:
            raise KeyboardInterrupt
        done.append(target)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fixes.write(folder, changed)
    after = snapshot(folder)
    assert list(after) == list(before)
    assert [path for path in after if after[path] != before[path]] == [
        done[0].relative_to(folder).as_posix()
    ]


def test_fix_keeps_mode_and_link(build: Build) -> None:
    """A fixed file keeps its permissions; of a link, what it leads to is fixed."""
    folder = build(FAULTY, {"real.yaml": FAULTY["leanengine.yaml"], "leanengine.yaml": None})
    (folder / "real.yaml").chmod(0o750)
    (folder / "leanengine.yaml").symlink_to("real.yaml")
    fixes.write(folder, fixes.fixed(folder, findings(folder)))
    assert (folder / "leanengine.yaml").is_symlink()
    assert (folder / "real.yaml").read_text() == "run: python wsgi.py\n"
    assert (folder / "real.yaml").stat().st_mode & 0o777 == 0o750


def test_fix_that_cannot_be_written(
    scaffold: Scaffold, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal of the system is an error of ours."""

    def refuse(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.chdir(build(FAULTY))
    monkeypatch.setattr(Path, "replace", refuse)
    result = scaffold("check", "--fix", "--force")
    assert result.code == 1
    assert "Permission denied" in result.err


# Projects that are hard to read.


def test_unreadable_files(build: Build) -> None:
    """Broken encodings, binary and huge files, links in circles or out of the
    project: read past, never fatal.
    """
    folder = build(
        WITH_SDK,
        {
            "gbk.py": b"# -*- coding: gbk -*-\nname = '\xc4\xe3\xba\xc3'\n\xc4\xe3 = 1\n",
            "broken.py": b"import leancloud\ndef f(:\n  x = = 1\n\xff\xfe leancloud.init(((\n",
            "utf16.py": "import os\nos.environ['LC_APP_ID']\n".encode("utf-16"),
            "binary.py": b"\0\1\2leancloud",
            "huge.py": b"x = 1\n" * 200_000 + b"import os\nos.environ['LC_APP_ID']\n",
            "empty.py": "",
            "latin.sh": b"export LC_ALL=\xff\n",
        },
    )
    (folder / "loop").symlink_to(folder)
    (folder / "self.py").symlink_to("self.py")
    (folder / "gone.py").symlink_to("nowhere.py")
    outside = folder.parent / "outside.py"
    outside.write_text("import os\nos.environ['LC_APP_ID']\n")
    (folder / "out.py").symlink_to(outside)
    os.mkfifo(folder / "pipe.py")
    assert ids(folder) == set()


@pytest.mark.parametrize("name", sorted(WITH_SDK))
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf",
        b"[",
        b"a: b: c",
        b"\t\n\r",
        b"{}",
        b"- 1\n- 2\n",
        b"'" * 99,
        b"((((((" * 99,
    ],
)
def test_every_file_may_hold_anything(build: Build, name: str, content: bytes) -> None:
    """Whatever a file holds, a check comes to an end."""
    check(build(WITH_SDK, {name: content}), CheckSettings())


@pytest.mark.parametrize(
    "value",
    ["1", "[]", "{}", "null", "[1, {a: b}]", "'a b ( '", '"\'"', "true", "2026-01-01", "[[]]"],
)
@pytest.mark.parametrize(
    "key",
    [
        "run",
        "install",
        "build",
        "systemDependencies",
        "buildRoot",
        "runtime",
        "startupTimeout",
        "1",
    ],
)
def test_every_value_may_be_anything(build: Build, key: str, value: str) -> None:
    """Whatever leanengine.yaml holds, a check comes to an end."""
    check(build(WITH_SDK, {"leanengine.yaml": f"{key}: {value}\n"}), CheckSettings())


def test_nothing_is_imported_or_written(build: Build) -> None:
    """A check only reads."""
    folder = build(WITH_SDK, {"app.py": "raise SystemExit(9)\n", "cloud.py": "open('made', 'w')\n"})
    before = snapshot(folder)
    findings(folder)
    assert snapshot(folder) == before


# Around it.


@pytest.mark.parametrize("language", check_pages.PAGES)
def test_pages_are_up_to_date(language: str) -> None:
    """The pages of checks say what the rules say (`make pages` writes them)."""
    name = check_pages.PAGES[language][0]
    assert (ROOT / "docs" / name).read_text("utf-8") == check_pages.page(language)


def test_pre_commit_hook() -> None:
    """The hook runs a command that exists."""
    hook = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    assert "entry: scaffold check\n" in hook


@pytest.mark.parametrize("files", [{"README.md": "x"}, {"a.py": "x = 1\n"}])
def test_no_project(scaffold: Scaffold, build: Build, files: Tree) -> None:
    """A folder with nothing that the platform looks for is no project, as `boot` says too."""
    folder = str(build(files))
    result = scaffold("check", folder)
    assert (result.code, result.out) == (2, "")
    assert result.err == scaffold("boot", folder).err
