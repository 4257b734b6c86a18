"""The variables of a rehearsed instance."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scaffold.engine import environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "name",
    [
        "LEANCLOUD_APP_MASTER_KEY",
        "LEANCLOUD_ANYTHING",
        "LEAN_CLI_HAVE_STAGING",
        "LC_APP_ID",
        "PYTHONPATH",
        "PIP_TARGET",
    ],
)
def test_dropped(name: str) -> None:
    """Real keys, and what leaks into a virtualenv, do not reach a rehearsal."""
    assert name not in environment.inherited({name: "x"})


@pytest.mark.parametrize(
    "name", ["LC_ALL", "LC_CTYPE", "HOME", "PIP_INDEX_URL", "UV_DEFAULT_INDEX", "HTTPS_PROXY"]
)
def test_kept(name: str) -> None:
    """The locale's variables begin like the platform's old ones, and stay;
    so do mirrors and proxies.
    """
    assert environment.inherited({name: "x"})[name] == "x"


def test_other_virtualenvs(tmp_path: Path) -> None:
    """Programs of another virtualenv are not found: they would hide what
    requirements.txt forgets.
    """
    (tmp_path / "pyvenv.cfg").touch()
    given = os.pathsep.join([str(tmp_path / "bin"), "/usr/bin"])
    assert environment.inherited({"PATH": given})["PATH"] == "/usr/bin"


def test_instance() -> None:
    """An instance runs in production on the port, with one CPU, and cannot
    reach the platform's API.
    """
    variables = environment.platform_variables(3000)
    messages = {
        name: variables[f"LEANCLOUD_{name}"]
        for name in ("APP_PORT", "APP_ENV", "AVAILABLE_CPUS", "API_SERVER")
    }
    assert messages == {
        "APP_PORT": "3000",
        "APP_ENV": "production",
        "AVAILABLE_CPUS": "1",
        "API_SERVER": "http://127.0.0.1:9",
    }


def test_throw_away_keys() -> None:
    """Every key is new each time, and no two are alike."""
    keys = [
        environment.platform_variables(1)[f"LEANCLOUD_APP_{name}"]
        for name in ("ID", "KEY", "MASTER_KEY", "HOOK_KEY")
        for _ in range(2)
    ]
    assert len(set(keys)) == 8


def test_example_file(tmp_path: Path) -> None:
    """Names without a value in `.env.example` get a random one; others, comments and
    the platform's are left alone.
    """
    lines = [
        "# SECRET_COMMENT=",
        "SECRET_KEY=",
        "export TOKEN =  # from the dashboard",
        "EMPTY=''",
        "LEVEL=info",
        "not a name=",
        "LEANCLOUD_APP_PORT=",
    ]
    (tmp_path / ".env.example").write_text("\n".join(lines), "utf-8")
    variables = environment.instance(tmp_path, 3000, {})
    assert {len(variables[name]) for name in ("SECRET_KEY", "TOKEN", "EMPTY")} == {64}
    assert not {"SECRET_COMMENT", "LEVEL"} & variables.keys()
    assert variables["LEANCLOUD_APP_PORT"] == "3000"


def test_extra(tmp_path: Path) -> None:
    """The user's own variables come last, over the platform's too."""
    (tmp_path / ".env.example").write_text("TOKEN=\n", "utf-8")
    variables = environment.instance(
        tmp_path, 3000, {"TOKEN": "mine", "LEANCLOUD_APP_ENV": "stage"}
    )
    assert (variables["TOKEN"], variables["LEANCLOUD_APP_ENV"]) == ("mine", "stage")
