"""The vendor's JavaScript SDK in Node as a client: objects, queries, users, files, functions."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.store.engine import Engine
from tests.conftest import ROOT
from tests.store.conftest import KEYS
from tests.store.fake_app import App, server

__all__ = ["server"]  # a fixture

if TYPE_CHECKING:
    from tests.store.conftest import Api

PACKAGES = ROOT / "build" / "npm" / "node_modules"
SCRIPT = Path(__file__).with_name("client.js")


@pytest.mark.boot
def test_vendors_sdk(
    api: Api, server: tuple[str, list[App]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an app does with leancloud-storage works against the service as on the platform."""
    if not shutil.which("node") or not (PACKAGES / "leancloud-storage").is_dir():
        pytest.skip("no Node, or no leancloud-storage: `make npm` installs it")
    app = App(answers={"/1.1/functions/hello": lambda body: (200, {"result": body})})
    server[1].append(app)
    monkeypatch.setattr(api.store, "engine", Engine(server[0], KEYS))
    url = str(api.client.base_url).rstrip("/")
    mark = api.store.database.engine.dialect.name
    done = subprocess.run(
        ["node", str(SCRIPT), url, KEYS.app_id, KEYS.app_key, KEYS.master_key, mark],
        env={**os.environ, "NODE_PATH": str(PACKAGES)},
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert done.stdout == "done\n", done.stderr
