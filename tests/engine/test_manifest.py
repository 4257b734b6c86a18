"""`leanengine.yaml`: what is understood, and what is said of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold import messages
from scaffold.engine import manifest
from scaffold.engine.manifest import Command, Manifest, Require, UseDefault
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """
runtime: python
run: gunicorn wsgi:application
install:
  - require: [requirements/base.txt, vendor]
  - use: default
  - pip install --no-deps leancloud==3.0.2
build: python manage.py collectstatic --noinput
systemDependencies: [ffmpeg, fonts-noto]
buildRoot: backend/
exposeEnvironmentsOnBuild: true
startupTimeout: 120
functionsMode: strict
installDevDependencies: false
"""


def test_every_key() -> None:
    """Each key of the platform's reference ends up in its attribute."""
    assert manifest.parse(WHOLE) == Manifest(
        runtime="python",
        run="gunicorn wsgi:application",
        install=(
            Require(("requirements/base.txt", "vendor")),
            UseDefault(),
            Command("pip install --no-deps leancloud==3.0.2"),
        ),
        build=(Command("python manage.py collectstatic --noinput"),),
        system_dependencies=("ffmpeg", "fonts-noto"),
        build_root="backend",
        expose_environments_on_build=True,
        startup_timeout=120,
        functions_mode="strict",
        install_dev_dependencies=False,
    )


def test_no_file(tmp_path: Path) -> None:
    """A project without the file gets the platform's defaults."""
    found = manifest.load(tmp_path)
    assert (found.run, found.install, found.startup_timeout) == (
        "python wsgi.py",
        (UseDefault(),),
        30,
    )


@pytest.mark.parametrize("source", ["", "# nothing\n", "run:\nstartupTimeout: ~\n"])
def test_empty(source: str) -> None:
    """A key without a value is a key left out."""
    assert manifest.parse(source) == Manifest()


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("runtime: ruby", "runtime: 'ruby'"),
        ("runtime: [python]", "runtime: ['python']"),
        ("run: 3000", "run: 3000"),
        ("run: ' '", "run: ' '"),
        ("run: [a, b]", "run: ['a', 'b']"),
        ("install: {use: default}", "install: {'use': 'default'}"),
        ("install: [{use: other}]", "install: [{'use': 'other'}]"),
        ("install: [{require: a.txt}]", "install: [{'require': 'a.txt'}]"),
        ("install: [{require: [../a.txt]}]", "install: [{'require': ['../a.txt']}]"),
        ("install: [{require: [/etc/passwd]}]", "install: [{'require': ['/etc/passwd']}]"),
        (
            "install: [{require: [a], use: default}]",
            "install: [{'require': ['a'], 'use': 'default'}]",
        ),
        ("build: [{require: [a]}]", "build: [{'require': ['a']}]"),
        ("build: true", "build: True"),
        ("systemDependencies: ffmpeg", "systemDependencies: 'ffmpeg'"),
        ("systemDependencies: [phantomjs]", "systemDependencies: ['phantomjs']"),
        ("buildRoot: ../other", "buildRoot: '../other'"),
        ("buildRoot: /srv", "buildRoot: '/srv'"),
        ("exposeEnvironmentsOnBuild: 'yes'", "exposeEnvironmentsOnBuild: 'yes'"),
        ("startupTimeout: 14", "startupTimeout: 14"),
        ("startupTimeout: 121", "startupTimeout: 121"),
        ("startupTimeout: 30.5", "startupTimeout: 30.5"),
        ("startupTimeout: true", "startupTimeout: True"),
        ("functionsMode: lenient", "functionsMode: 'lenient'"),
        ("installDevDependencies: 1", "installDevDependencies: 1"),
    ],
)
def test_wrong_value(source: str, seen: str) -> None:
    """A value that the platform does not understand is named with its file,
    its key and what would be right.
    """
    with pytest.raises(FailedError) as raised:
        manifest.parse(source)
    parts = raised.value.parts()
    assert raised.value.key == "engine.error.manifest-value"
    assert parts["seen"] == f"leanengine.yaml: {seen}"
    expected = parts["why"].removeprefix("The platform understands ").removesuffix(".")
    assert parts["fix"] == f"Change `{source.partition(':')[0]}` in leanengine.yaml to {expected}."


def test_seconds_expected() -> None:
    """The error of `startupTimeout` tells the range."""
    with pytest.raises(FailedError) as raised:
        manifest.parse("startupTimeout: 10")
    assert "a whole number of seconds from 15 to 120" in str(raised.value)


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_old_key(language: str) -> None:
    """The error about the old key `cmd` names the new one, in each language."""
    messages.set_language(language)
    with pytest.raises(FailedError, match=r"leanengine\.yaml.*`cmd`.*`run`"):
        manifest.parse("cmd: python app.py")


@pytest.mark.parametrize(
    ("key", "nearest"),
    [("startuptimeout", "startupTimeout"), ("Run", "run"), ("functionMode", "functionsMode")],
)
def test_unknown_key(key: str, nearest: str) -> None:
    """The error about a misspelt key names the nearest right one."""
    with pytest.raises(FailedError) as raised:
        manifest.parse(f"{key}: 20")
    assert f"Did you mean: {nearest}?" in str(raised.value)


@pytest.mark.parametrize("key", ["zzzzzz", "1"])
def test_unlike_any_key(key: str) -> None:
    """The error about a key that resembles none names all."""
    with pytest.raises(FailedError) as raised:
        manifest.parse(f"{key}: 20")
    assert ", ".join(manifest.KEYS) in str(raised.value)


@pytest.mark.parametrize(
    "source", [b"run: [python", b"\xff\xfe\xff", b"a: b: c", b"!!python/object:os.system {}"]
)
def test_not_yaml(source: bytes) -> None:
    """What is no YAML, or more than plain data, is an error that names the file."""
    with pytest.raises(FailedError) as raised:
        manifest.parse(source)
    assert raised.value.parts()["title"] == "leanengine.yaml cannot be read"


def test_place_of_a_fault() -> None:
    """A file that is not YAML is named with the line, in one place, and
    without what PyYAML calls it.
    """
    with pytest.raises(FailedError) as raised:
        manifest.parse(b"runtime: python\nrun: [a\nbuild: x\n")
    seen = raised.value.parts()["seen"]
    assert seen.startswith(
        "leanengine.yaml: line 3: while parsing a flow sequence, expected ',' or ']'"
    )
    assert "byte string" not in seen
    assert seen.count(" line ") == 1


def test_not_readable(tmp_path: Path) -> None:
    """A folder by the file's name is an error, not a traceback."""
    (tmp_path / manifest.FILE).mkdir()
    with pytest.raises(FailedError, match="directory"):
        manifest.load(tmp_path)


def test_not_keys() -> None:
    """A file with a list has no keys."""
    with pytest.raises(FailedError, match=r"leanengine\.yaml is a list"):
        manifest.parse("- run")


def test_missing_files(tmp_path: Path) -> None:
    """A project is recognised by two files in the build root, or because the manifest says so."""
    assert manifest.missing_files(tmp_path, Manifest()) == ("wsgi.py", "requirements.txt")
    assert manifest.missing_files(tmp_path, Manifest(runtime="python")) == ()
    (tmp_path / "backend").mkdir()
    for name in ("wsgi.py", "requirements.txt"):
        (tmp_path / "backend" / name).touch()
    assert manifest.missing_files(tmp_path, Manifest(build_root="backend")) == ()
