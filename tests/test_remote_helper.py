"""`scaffold://starters.git` for git: read in every way that git and copier read, and
never written.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold import remote_helper, versions
from scaffold.errors import FailedError, UsageError

SOURCE = versions.SOURCE


@pytest.fixture(autouse=True)
def _installed(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git finds the helper as it does where scaffold is installed, and may use
    no other way to fetch anything.
    """
    del workspace
    monkeypatch.setenv(
        "PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    )
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "scaffold")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def _git(*arguments: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    assert bool(done.returncode) == fails, done.stderr
    return done


def _tags(folder: str = ".") -> list[str]:
    return _git("-C", folder, "tag", "--sort=version:refname").stdout.split()


def test_tags_are_listed() -> None:
    """Git lists the versions, outside of any repository."""
    lines = _git("ls-remote", "--tags", SOURCE).stdout.splitlines()
    found = {line.partition("refs/tags/")[2]: line.partition("\t")[0] for line in lines}
    assert sorted(found) == sorted(versions.published())
    assert found[versions.newest()] == versions.references(versions.BUNDLE)["HEAD"]


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--mirror"],  # as copier keeps them
        [
            "--filter=blob:none",
            "--no-checkout",
        ],  # as copier reads local repositories, and older ones all
        ["--depth=1"],
        ["--branch", "1.0.0"],
        ["-c", "fetch.fsckObjects=true", "-c", "transfer.fsckObjects=true"],
    ],
    ids=" ".join,
)
def test_clone(options: list[str]) -> None:
    """Every kind of clone has all versions, whole, and git is content."""
    done = _git("clone", *options, SOURCE, "starters")
    assert "warning" not in done.stderr.replace(
        "warning: filtering not recognized by server, ignoring", ""
    )
    assert _tags("starters") == versions.published()
    assert _git("-C", "starters", "fsck", "--full", "--strict").stdout == ""
    assert "LC_APP_ID" in _git("-C", "starters", "show", f"1.0.0:{_wsgi('flask')}").stdout


def _wsgi(starter: str) -> str:
    return f"templates/{starter}/{{{{cookiecutter.project_slug}}}}/wsgi.py"


def test_fetch_again() -> None:
    """A clone that has everything stays as it is; one that lost a tag gets it back."""
    _git("clone", "--quiet", "--mirror", SOURCE, "mirror")
    assert _git("-C", "mirror", "remote", "update", "--prune").stderr == ""
    _git("-C", "mirror", "tag", "--delete", versions.newest())
    _git("-C", "mirror", "fetch", "--quiet")
    assert _tags("mirror") == versions.published()


def test_other_hashes_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where new repositories have SHA-256 hashes, a clone has those of the templates."""
    monkeypatch.setenv("GIT_DEFAULT_HASH", "sha256")
    _git("clone", "--quiet", SOURCE, "starters")
    assert _git("-C", "starters", "rev-parse", "--show-object-format").stdout == "sha1\n"


def test_inside_a_hook(workspace: Path) -> None:
    """A hook, which git tells where it runs, can read the templates, and its
    repository gets nothing of them.
    """
    _git("init", "--quiet", "repository")
    hook = workspace / "repository" / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f"#!/bin/sh\ngit ls-remote --tags {SOURCE} > tags\ngit clone --quiet {SOURCE} ../starters\n"
    )
    hook.chmod(0o755)
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    _git("-C", "repository", *identity, "commit", "--quiet", "--allow-empty", "-m", "x")
    assert len((workspace / "repository" / "tags").read_text().splitlines()) == len(
        versions.published()
    )
    assert _tags("starters") == versions.published()
    assert _tags("repository") == []


def test_other_spellings() -> None:
    """A slash at the end, and git's own form for helpers, mean the same."""
    for address in (f"{SOURCE}/", "scaffold::starters.git"):
        assert _git("ls-remote", "--tags", address).stdout


@pytest.mark.parametrize(
    ("language", "title"),
    [("C.UTF-8", "cannot be pushed to"), ("zh_CN.UTF-8", "不能向模板仓库推送")],
)
def test_push(language: str, title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever pushes reads why not, in the language of the locale."""
    monkeypatch.setenv("LC_ALL", language)
    _git("clone", "--quiet", SOURCE, "starters")
    done = _git("-C", "starters", "push", "origin", "HEAD:refs/heads/mine", fails=True)
    assert title in done.stderr
    assert SOURCE in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "address", ["scaffold://starter.git", "scaffold://", "scaffold://starters.git/x"]
)
def test_unknown_repository(address: str) -> None:
    """An address that is nearly right is refused, with the right one."""
    done = _git("ls-remote", address, fails=True)
    assert "There is no such repository" in done.stderr
    assert f"Write {SOURCE}" in done.stderr


def test_started_by_hand() -> None:
    """Started without git's arguments, it says what it is for."""
    done = subprocess.run(["git-remote-scaffold"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (remote_helper.FATAL, "")
    assert "This program is started by git" in done.stderr


def test_answers(capsys: pytest.CaptureFixture[str]) -> None:
    """The capabilities, the list and every option are answered as
    gitremote-helpers asks, until an empty line.
    """
    remote_helper.answer(io.StringIO("capabilities\noption verbosity 1\nlist\n\nlist\n"))
    capabilities, rest = capsys.readouterr().out.split("\n\n", 1)
    assert capabilities.split() == ["fetch", "option", "push"]
    listed = rest.removeprefix("unsupported\n").splitlines()
    assert listed[0] == "@refs/heads/main HEAD"
    assert listed[-1] == ""
    assert [line.partition("refs/tags/")[2] for line in listed[2:-1]] == versions.published()


def test_a_broken_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundle that is gone, cut off or another file is a broken installation, and said to be."""
    whole = versions.BUNDLE.read_bytes()
    bundle = tmp_path / "starters.bundle"
    monkeypatch.setattr(remote_helper, "BUNDLE", bundle)
    for content, commands in (
        (None, "list\n"),
        (b"x", "list\n"),
        (whole[:5000], f"fetch {'0' * 40} HEAD\n\n"),
    ):
        if content is not None:
            bundle.write_bytes(content)
        subprocess.run(["git", "init", "--quiet", str(tmp_path / "repository")], check=True)
        monkeypatch.setenv("GIT_DIR", str(tmp_path / "repository" / ".git"))
        with pytest.raises(FailedError) as caught:
            remote_helper.answer(io.StringIO(commands))
        assert caught.value.key == "remote.error.broken"
        assert str(bundle) in str(caught.value)


@pytest.mark.parametrize(
    ("version", "refused"), [("9.0.0", True), (versions.newest(), False), ("abc1234", False)]
)
def test_a_project_of_a_newer_scaffold(version: str, refused: bool, workspace: Path) -> None:
    """In a project that a newer scaffold made, where copier would not find its
    version, the error says to upgrade.
    """
    (workspace / ".copier-answers.yml").write_text(f'_commit: "{version}"\n_src_path: "{SOURCE}"\n')
    done = _git("ls-remote", SOURCE, fails=refused)
    assert ("Upgrade scaffold" in done.stderr) == refused


def test_other_commands() -> None:
    """What git only asks of helpers that can write is refused."""
    for command in ("list for-push\n", "push x:y\n"):
        with pytest.raises(UsageError, match="cannot be pushed to"):
            remote_helper.answer(io.StringIO(command))


def test_only_the_standard_library_is_imported() -> None:
    """Git starts it several times for an update."""
    code = (
        "import sys, scaffold.remote_helper; print(*{name.partition('.')[0] for name in "
        "sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"yaml", "jinja2", "click", "rich", "copier"} & set(done.stdout.split())
