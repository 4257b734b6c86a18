"""Photograph a new project's page and the console of its cloud functions, in a browser."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Literal, TypeAlias

from playwright.sync_api import Browser, Page, expect, sync_playwright

from scaffold.messages import area
from tools.chromium import CHROMIUM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Scheme: TypeAlias = Literal["light", "dark"]

NAME = "shop"
SIZES = {"console": (1000, 640), "page": (1000, 440)}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
TIMEOUT = 60_000


def screenshots(home: Path, environ: dict[str, str], language: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the PNG of each picture.

    Args:
        home: where scaffold is installed, and where the project is made.
        environ: the environment of whoever works there.
        language: of the console and of the project.
    """
    program = str(home / ".venv" / "bin" / "scaffold")
    subprocess.run(
        [program, "new", NAME, "--defaults", "--no-git"], cwd=home, env=environ, check=True
    )
    command = [program, "up", "--no-reload", NAME]
    up = subprocess.Popen(
        command, cwd=home, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        console, app = _addresses(up, language)
        yield from _photographs(console, app, language)
    finally:
        up.terminate()
        up.wait(20)


def _addresses(up: subprocess.Popen[str], language: str) -> tuple[str, str]:
    """Return the addresses of the console and of the app, from what `scaffold up` says."""
    words = area("up", language)
    named = {
        words["up.console"].partition("{")[0]: "console",
        words["up.app"].format(name=NAME, url=""): "app",
    }
    found: dict[str, str] = {}
    for line in up.stdout or ():
        for beginning, name in named.items():
            if beginning in line and (address := re.search(r"http://[\w.:/-]+", line)):
                found[name] = address[0]
        if len(found) == len(named):
            return found["console"], found["app"]
    raise ChildProcessError(up.wait())


def _photographs(console: str, app: str, language: str) -> Iterator[tuple[str, bytes]]:
    with sync_playwright() as playwright:
        # In a container root has no user namespaces, and the pages are ours.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        shots: dict[str, Callable[[Page], None]] = {
            "console": lambda page: _call(page, console),
            "page": lambda page: _open(page, app),
        }
        for name, shoot in shots.items():
            for scheme in SCHEMES:
                suffix = "" if language == "en" else f".{language}"
                yield (
                    f"{name}-{scheme}{suffix}.png",
                    _photograph(browser, SIZES[name], scheme, shoot),
                )
        browser.close()


def _photograph(
    browser: Browser, size: tuple[int, int], scheme: Scheme, shoot: Callable[[Page], None]
) -> bytes:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page.set_default_timeout(TIMEOUT)
    shoot(page)
    picture = page.screenshot()
    page.close()
    return picture


def _open(page: Page, address: str) -> None:
    page.goto(address, wait_until="networkidle")


def _call(page: Page, address: str) -> None:
    """Call a function in the console, so that there is something to see."""
    page.goto(address)
    expect(page.locator("#status")).to_have_attribute("data-status", "healthy", timeout=TIMEOUT)
    page.locator("#list").get_by_role("button", name="hello").click()
    page.locator("#body").fill('{"name": "LeanEngine"}')
    page.locator("#send").click()
    expect(page.locator("#result")).to_be_visible()
    expect(page.locator("#send")).to_be_enabled()
