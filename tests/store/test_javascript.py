"""The vendor's JavaScript SDK as a client, in Node and in a browser: objects, queries, users, ACL,
files, functions.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.store.engine import Engine
from tests.clients import JAVASCRIPT_SDK, NEEDS_JAVASCRIPT
from tests.conftest import NEEDS_CHROMIUM
from tests.store.conftest import KEYS, name
from tests.store.fake_app import App, server
from tests.test_clients import site

__all__ = ["server"]  # a fixture

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.store.conftest import Api

pytestmark = [pytest.mark.boot, NEEDS_JAVASCRIPT]
SCRIPT = Path(__file__).with_name("client.js")


@pytest.fixture
def settings(
    api: Api, server: tuple[str, list[App]], monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Return what the SDK is initialised with; the service knows an app with a function."""
    app = App(answers={"/1.1/functions/hello": lambda body: (200, {"result": body})})
    server[1].append(app)
    monkeypatch.setattr(api.store, "engine", Engine(server[0], KEYS))
    return {
        "serverURL": str(api.client.base_url).rstrip("/"),
        "appId": KEYS.app_id,
        "appKey": KEYS.app_key,
        "masterKey": KEYS.master_key,
        "mark": name(""),
    }


def test_node(settings: dict[str, str]) -> None:
    """What an app does with leancloud-storage works against the service as on the platform."""
    done = subprocess.run(
        ["node", str(SCRIPT), *settings.values()],
        env={**os.environ, "NODE_PATH": str(JAVASCRIPT_SDK.parent)},
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert done.stdout == "done\n", done.stderr


@NEEDS_CHROMIUM
def test_browser(settings: dict[str, str], browser: Browser) -> None:
    """So it does on a page of another origin."""
    with site() as address:
        page = browser.new_page()
        page.goto(f"{address}/package.json")
        page.add_script_tag(url=f"{address}/dist/av-min.js")
        page.add_script_tag(content=SCRIPT.read_text("utf-8"))
        given = {**settings, "mark": f"{settings['mark']}InBrowser"}
        assert page.evaluate("(given) => main(given)", given) == "done"
        page.close()
