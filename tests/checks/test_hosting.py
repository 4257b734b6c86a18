"""The rules about other hosts, which `--host` asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.checks import check
from scaffold.checks.settings import CheckSettings
from scaffold.hosts import HOSTS, Host

from .conftest import SOUND, WITH_SDK

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Build

DOCKERFILE = {"Dockerfile": "FROM python:3.11-slim\nCMD python wsgi.py\n"}


def found(folder: Path, host: str) -> set[str]:
    """Return the ids of what is found in a project for a host."""
    return {f.rule.id for f in check(folder, CheckSettings(host=HOSTS[host])).findings}


@pytest.mark.parametrize("host", HOSTS)
def test_a_guess_is_an_error(build: Build, host: str) -> None:
    """No host's guess is taken for the project's own start, and its file is missed."""
    assert {"LE110", "LE111"} <= found(build(WITH_SDK), host)


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_nothing_missing(build: Build, host: Host) -> None:
    """With a Dockerfile that starts wsgi.py and the host's file there is nothing to find."""
    files = {**DOCKERFILE, host.file: "x: y\n"}
    assert found(build(SOUND, files), host.name) == set()


def test_port(build: Build) -> None:
    """A run line that takes the platform's port only is found, at its line."""
    run = {"leanengine.yaml": "runtime: python\nrun: python wsgi.py -p $LEANCLOUD_APP_PORT\n"}
    settings = CheckSettings(select=("LE112",), host=HOSTS["fly"])
    (finding,) = check(build(SOUND, run), settings).findings
    assert (finding.file, finding.line) == ("leanengine.yaml", 2)


def test_nothing_without_a_host(build: Build) -> None:
    """Other hosts are mentioned only where somebody asks."""
    assert check(build(WITH_SDK), CheckSettings(select=("LE11",))).findings == ()
