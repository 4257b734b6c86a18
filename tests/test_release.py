"""`make release`: a version is added and never changed, and the same
templates make the same bundle.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from scaffold import versions
from tests.conftest import ROOT
from tools import release as tool
from tools.bundle import published
from tools.release import BUNDLE, ReleaseError, release, templates, unpublished

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = "templates/mini/{{cookiecutter.project_slug}}"
# 1.0.0 as it was published. It never changes, and neither does any version after it.
FIRST = "16cd03cf9922e3957260c09044ae13c963670772"


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A small template, of which two files are links to one and one is no template's."""
    root = tmp_path / "template"
    project = root / PROJECT
    (project / "static").mkdir(parents=True)
    (project / "__pycache__").mkdir()
    (root / "templates" / "_shared").mkdir()
    (root / "LICENSE").write_text("MIT\n")
    (root / "templates" / "_shared" / "env.py").write_text("shared\n")
    (project / "env.py").symlink_to("../../_shared/env.py")
    (project / '{{ "a b" }}.py').symlink_to("../../_shared/env.py")
    (project / "static" / "云.css").write_bytes(b"a\r\n")
    (project / "__pycache__" / "env.pyc").write_bytes(b"\0")
    (project / "run.sh").write_text("#!/bin/sh\n")
    (project / "run.sh").chmod(0o755)
    _say(root, "1.0.0")
    return root


def _say(root: Path, version: str) -> None:
    (root / "copier.yml").write_text(
        f'# {version}\ntemplate_version: {{type: str, when: false, default: "{version}"}}\n'
    )


def _git(*arguments: object) -> str:
    return subprocess.run(
        ["git", *map(str, arguments)], check=True, capture_output=True, text=True
    ).stdout


def _released(template: Path, bundle: Path) -> Path:
    """Return a bundle of two versions of the template."""
    release(template, bundle, "1.0.0")
    (template / PROJECT / "new.py").write_text("new\n")
    _say(template, "1.10.0")
    release(template, bundle, "1.10.0")
    return bundle


def test_what_a_version_holds(template: Path, tmp_path: Path) -> None:
    """A version holds files in the place of links, all of one mode, and
    nothing that only lies around.
    """
    bundle = tmp_path / "releases" / "starters.bundle"
    release(template, bundle, "1.0.0")
    _git("clone", "--quiet", bundle, tmp_path / "clone")
    listed = _git(
        "-C", tmp_path / "clone", "-c", "core.quotePath=false", "ls-tree", "-r", "1.0.0"
    ).splitlines()
    assert {line.split()[0] for line in listed} == {"100644"}
    names = [line.partition("\t")[2].replace('\\"', '"').strip('"') for line in listed]
    files = ("env.py", "run.sh", "static/云.css", '{{ "a b" }}.py')
    assert sorted(names) == sorted(
        ["LICENSE", "copier.yml", *(f"{PROJECT}/{name}" for name in files)]
    )
    assert published(bundle, "1.0.0") == templates(template)
    assert published(bundle, "1.0.0")[f"{PROJECT}/env.py"] == b"shared\n"
    assert published(bundle, "1.0.0")[f"{PROJECT}/static/云.css"] == b"a\r\n"


def test_a_version_is_added(template: Path, tmp_path: Path) -> None:
    """The second version stands on the first, which stays what it was, to the commit."""
    bundle = tmp_path / "starters.bundle"
    release(template, bundle, "1.0.0")
    first = versions.references(bundle)["refs/tags/1.0.0"]
    found = versions.references(_released(template, tmp_path / "both.bundle"))
    assert found["refs/tags/1.0.0"] == first
    assert found["refs/tags/1.10.0"] == found["HEAD"] == found["refs/heads/main"]
    _git("clone", "--quiet", tmp_path / "both.bundle", tmp_path / "clone")
    assert _git("-C", tmp_path / "clone", "log", "--format=%s").splitlines() == [
        "Release 1.10.0",
        "Release 1.0.0",
    ]


def test_the_same_bytes_everywhere(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the time, nor the user, nor their settings, nor a repository around it leave
    a trace.
    """
    once = _released(template, tmp_path / "once.bundle").read_bytes()
    (template / PROJECT / "new.py").unlink()
    (template / PROJECT / "run.sh").chmod(0o644)
    _say(template, "1.0.0")
    config = tmp_path / "config"
    config.write_text(
        "[core]\nautocrlf = true\ncompression = 0\n[pack]\nthreads = 4\nwindow = 50\n"
        "[commit]\ngpgSign = true\n"
    )
    other = tmp_path / "other"
    _git("init", "--quiet", other)
    settings = {
        "GIT_CONFIG_GLOBAL": config,
        "GIT_DIR": other / ".git",
        "GIT_COMMITTER_NAME": "me",
        "TZ": "Asia/Shanghai",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))
    assert _released(template, tmp_path / "twice.bundle").read_bytes() == once


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("1.0.0", "1.0.0 is published; what is published never changes"),
        ("1.10.0", "1.10.0 is published; what is published never changes"),
        ("1.9.9", "1.9.9 is older than 1.10.0, which is published"),
        ("1.11.0", "copier.yml says template_version 1.10.0: make it 1.11.0"),
        *(
            (version, "is not a version of the form x.y.z")
            for version in ("", "2.0", "v2.0.0", "2.0.0rc1", "2.00.0", "2.0.0.0")
        ),
    ],
)
def test_refused(template: Path, tmp_path: Path, version: str, message: str) -> None:
    """A version that is taken, old or malformed, or that copier.yml does not say,
    changes nothing.
    """
    bundle = _released(template, tmp_path / "starters.bundle")
    before = bundle.read_bytes()
    with pytest.raises(ReleaseError) as caught:
        release(template, bundle, version)
    assert message in str(caught.value)
    assert bundle.read_bytes() == before


def test_nothing_new(template: Path, tmp_path: Path) -> None:
    """Another number alone is no reason for projects to update."""
    bundle = _released(template, tmp_path / "starters.bundle")
    (template / "copier.yml").write_text(
        (template / "copier.yml").read_text().replace('"1.10.0"', '"1.11.0"')
    )
    with pytest.raises(ReleaseError, match=r"^nothing has changed since 1\.10\.0$"):
        release(template, bundle, "1.11.0")


def test_command(
    template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`make release` says what it did and what is next, or in one line why it did nothing."""
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(tool, "BUNDLE", tmp_path / "releases" / "starters.bundle")
    template.rename(tmp_path / "moved")
    for entry in (tmp_path / "moved").iterdir():
        entry.rename(tmp_path / entry.name)
    assert tool.main(["1.0.0"]) == 0
    assert capsys.readouterr().out.endswith("newest 1.0.0; make pages, commit\n")
    assert tool.main(["1.0.0"]) == 1
    assert capsys.readouterr() == (
        "",
        "release: 1.0.0 is published; what is published never changes\n",
    )


def test_a_bundle_of_another_make(template: Path, tmp_path: Path) -> None:
    """What is read without git is only what `make release` writes: deltas are refused,
    not misread.
    """
    bundle = _released(template, tmp_path / "starters.bundle")
    header, _, pack = bundle.read_bytes().partition(b"\n\n")
    bundle.write_bytes(header + b"\n\n" + pack[:12] + bytes([0x60]) + pack[13:])
    with pytest.raises(ValueError, match=r"starters\.bundle"):
        published(bundle, "1.0.0")
    with pytest.raises(KeyError):
        published(_released_again(template, bundle), "9.9.9")


def _released_again(template: Path, bundle: Path) -> Path:
    bundle.unlink()
    release(template, bundle, "1.10.0")
    return bundle


def test_the_templates_are_published() -> None:
    """The templates of this checkout are the newest version: a change of theirs
    is published in the same commit.
    """
    assert unpublished(ROOT, BUNDLE) == [], (
        "change template_version in copier.yml, then run make release VERSION=…"
    )


def test_what_is_published_stays() -> None:
    """1.0.0 is the commit that it was."""
    assert versions.references(BUNDLE)["refs/tags/1.0.0"] == FIRST
