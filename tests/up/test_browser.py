"""The console in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import json
import os
import re
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.conftest import NEEDS_CHROMIUM

from .conftest import edit, post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Up

DESK: ViewportSize = {"width": 1100, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 780}
# Where to leave pictures for a person to look at, if anywhere.
PICTURES = os.environ.get("SCAFFOLD_PICTURES")
TIMEOUT = 20_000
POST_HOOKS = ["Post beforeSave", "Post afterSave", "Post beforeUpdate"]

pytestmark = [pytest.mark.boot, NEEDS_CHROMIUM]


class Visit:
    """The console in a browser.

    Args:
        up: the `scaffold up` that serves it.
        page: what shows it.
    """

    def __init__(self, up: Up, page: Page) -> None:
        self.up = up
        self.page = page
        self.faults: list[str] = []
        self.elsewhere: list[str] = []
        port, path = up.console
        self.origin = f"http://127.0.0.1:{port}"
        self.url = self.origin + path
        page.set_default_timeout(TIMEOUT)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on(
            "console",
            lambda message: self.faults.append(message.text) if message.type == "error" else None,
        )
        page.on("request", self._note)
        page.goto(self.url)
        expect(page.locator("#status")).to_have_attribute("data-status", "healthy", timeout=TIMEOUT)
        expect(page.get_by_role("button", name="hello")).to_be_visible()

    def _note(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith((self.origin, "data:")):
            self.elsewhere.append(url)

    def choose(self, title: str) -> None:
        """Choose a function in the list."""
        self.page.locator("#list").get_by_role("button", name=title).click()

    def call(self) -> None:
        """Call it, and wait for the answer."""
        self.page.locator("#send").click()
        expect(self.page.locator("#result")).to_be_visible()
        expect(self.page.locator("#send")).to_be_enabled()

    def answer(self) -> str:
        """Return the shown result."""
        return self.page.locator("#answer").inner_text()


@pytest.fixture
def visit(browser: Browser, up: Callable[..., Up]) -> Iterator[Visit]:
    """A visitor who speaks English and sees a light page on a desk. The page has
    no faults and asks nobody else.
    """
    context = browser.new_context(viewport=DESK, color_scheme="light", locale="en-US")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit = Visit(up(), context.new_page())
    try:
        yield visit
    finally:
        context.close()
    assert visit.faults == []
    assert visit.elsewhere == []


def test_list(visit: Visit) -> None:
    """Functions and hooks are listed apart, and can be filtered."""
    buttons = visit.page.locator("#list button")
    expect(buttons).to_have_text(
        ["hello", "fail", "whoami", "Review beforeSave", "_User onLogin", *POST_HOOKS]
    )
    expect(visit.page.locator("#list h2")).to_have_text(["Functions", "Hooks"])
    visit.page.locator("#filter").fill("LOGIN")
    expect(buttons).to_have_text(["_User onLogin"])


def test_call(visit: Visit) -> None:
    """A call shows status, result, time and its log lines."""
    visit.choose("hello")
    visit.page.locator("#body").fill('{"name": "<b>世界</b>"}')
    visit.call()
    assert visit.answer() == '{\n  "result": "Hello, <b>世界</b>!"\n}'
    expect(visit.page.locator("#code")).to_have_text("200")
    assert re.fullmatch(r"\d+\.\d ms", visit.page.locator("#time").inner_text())
    expect(visit.page.locator("#call-log")).to_have_text("hello was called")


def test_error(visit: Visit) -> None:
    """A failing function shows its status and its traceback; what is no JSON is not even sent."""
    visit.choose("fail")
    visit.call()
    expect(visit.page.locator("#code")).to_have_text("500")
    expect(visit.page.locator("#code")).to_have_class(re.compile("bad"))
    expect(visit.page.locator("#call-log")).to_have_text("Traceback of a failure")
    visit.page.locator("#body").fill("{")
    visit.page.locator("#send").click()
    expect(visit.page.locator("#message")).to_contain_text("Not JSON:")
    assert visit.faults == [
        "Failed to load resource: the server responded with a status of 400 (Bad Request)"
    ]
    visit.faults.clear()


def test_user_and_master_key(visit: Visit) -> None:
    """A function is called with either key, for nobody or for the owner of a session token."""
    visit.choose("whoami")
    visit.call()
    assert '"app"' in visit.answer()
    visit.page.get_by_label("master key").check()
    visit.page.locator("#session").fill("abc123")
    visit.call()
    assert '"master",\n    "abc123"' in visit.answer()
    kept = visit.page.evaluate("JSON.stringify(localStorage)")
    assert "whoami" in kept
    # The made-up function echoes its token into the answer; of the question none is kept.
    assert "session" not in kept


def test_hook(visit: Visit) -> None:
    """A hook is called with an object and a user; there is no choice of keys."""
    visit.choose("Review beforeSave")
    expect(visit.page.locator("#signers")).to_be_hidden()
    visit.page.locator("#body").fill('{"object": {"stars": 5}}')
    visit.page.locator("#user").fill('{"username": "me"}')
    visit.call()
    expect(visit.page.locator("#code")).to_have_text("200")
    assert '"stars": 5' in visit.answer()
    assert '"username": "me"' in visit.answer()


def test_history(visit: Visit) -> None:
    """Calls are remembered across a reload, and can be taken up again and forgotten."""
    visit.choose("hello")
    visit.page.locator("#body").fill('{"name": "again"}')
    visit.call()
    visit.page.reload()
    entry = visit.page.locator("#history button")
    expect(entry).to_have_count(1)
    expect(entry).to_contain_text("hello")
    visit.choose("fail")
    entry.click()
    expect(visit.page.locator("#body")).to_have_value('{"name": "again"}')
    assert "Hello, again!" in visit.answer()
    visit.page.locator("#clear").click()
    expect(entry).to_have_count(0)


def test_curl(visit: Visit) -> None:
    """The copied command names the keys."""
    visit.choose("hello")
    visit.page.locator("#curl").click()
    expect(visit.page.locator("#message")).to_contain_text("Copied.")
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert "${LEANCLOUD_APP_KEY}" in copied
    assert copied == visit.page.locator("#curl-text").inner_text()


def test_keyboard(visit: Visit) -> None:
    """Everything goes without a mouse."""
    press = visit.page.keyboard.press
    press("/")
    expect(visit.page.locator("#filter")).to_be_focused()
    press("ArrowDown")
    press("ArrowDown")
    expect(visit.page.locator("#list button").nth(1)).to_be_focused()
    press("ArrowUp")
    press("Enter")
    expect(visit.page.locator("#title")).to_have_text("hello")
    expect(visit.page.locator("#body")).to_be_focused()
    press("Control+Enter")
    expect(visit.page.locator("#code")).to_have_text("200")
    press("Escape")
    expect(visit.page.locator("#filter")).to_be_focused()


def test_languages(visit: Visit) -> None:
    """The page speaks the other language at once, and remembers."""
    visit.page.locator("#language").click()
    expect(visit.page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(visit.page.locator("#send")).to_contain_text("调用")
    visit.page.reload()
    expect(visit.page.locator("#send")).to_contain_text("调用")
    visit.page.locator("#language").click()
    expect(visit.page.locator("#send")).to_contain_text("Call")


def test_language_of_the_command(browser: Browser, up: Callable[..., Up]) -> None:
    """`--lang zh` shows a Chinese page."""
    one = up("--lang", "zh")
    port, path = (
        int((found := one.wait_for(r"云函数控制台：http://127\.0\.0\.1:(\d+)(/[\w-]+/)$"))[1]),
        found[2],
    )
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{port}{path}")
    expect(page.locator("#filter")).to_have_attribute("placeholder", "筛选")
    page.close()


def test_reload(visit: Visit, project: Path) -> None:
    """When the app starts again with other functions, the page shows them by
    itself, and the log tells why.
    """
    edit(project / "wsgi.py", 'NAMES = ["hello",', 'NAMES = ["hello", "added",')
    expect(visit.page.get_by_role("button", name="added")).to_be_visible(timeout=TIMEOUT)
    expect(visit.page.locator("#log")).to_contain_text("changed: wsgi.py")


def open_page(visit: Visit, name: str) -> None:
    """Show one of the console's pages."""
    visit.page.locator(f"[data-page={name}]").click()
    expect(visit.page.locator(f"#{name}")).to_be_visible()


HOSTILE = "<img src=x onerror=\"document.title='hacked'\">'"


def test_rows(visit: Visit) -> None:
    """A class is made, and its rows are changed with their hooks; what is wrong is red."""
    page = visit.page
    open_page(visit, "data")
    page.locator("#class-name").fill("Post")
    page.locator("#class-name").press("Enter")
    page.locator("#row-column").fill("stars")
    page.locator("#row-column").press("Enter")
    page.locator("#row-fields textarea").fill("5")
    page.locator("#row-save").click()
    # Its hook wants a title.
    expect(page.locator("#row-message")).to_contain_text("a post needs a title")
    expect(page.locator("#row-outcome")).to_contain_text("Post/beforeSave was called")
    page.locator("#row-column").fill("title")
    page.locator("#row-add").click()
    field = page.locator("#row-fields label", has_text="title")
    field.locator("textarea").fill("nonsense")
    page.keyboard.press("Control+Enter")
    expect(field.locator(".wrong")).to_contain_text("Not JSON:")
    field.locator("textarea").fill(json.dumps(HOSTILE))
    page.keyboard.press("Control+Enter")
    expect(page.locator("#row-message")).to_have_text("Saved.")
    expect(page.locator("#row-outcome summary")).to_have_count(2)
    expect(page.locator("#row-outcome > pre")).to_contain_text("Post/afterSave was called")
    page.keyboard.press("Escape")
    expect(page.locator("#row")).to_be_hidden()
    row = page.locator("#rows-table tbody tr")
    expect(row).to_contain_text(HOSTILE)
    expect(page.locator("#rows-table thead")).to_contain_text("starsNumber")
    # What was typed is not dropped by one key.
    row.locator("th button").click()
    page.locator("#row-fields label", has_text="stars").locator("textarea").fill("4")
    page.keyboard.press("Escape")
    expect(page.locator("#row-message")).to_contain_text("Not saved.")
    page.keyboard.press("Escape")
    expect(page.locator("#row")).to_be_hidden()
    expect(row).to_contain_text("5")
    # Delete asks once.
    row.locator("th button").click()
    page.locator("#row-delete").click()
    expect(page.locator("#row-delete")).to_have_text("Really delete?")
    page.locator("#row-delete").click()
    expect(page.locator("#row-message")).to_have_text("Deleted.")
    page.locator("#row-close").click()
    expect(page.locator("#no-rows")).to_be_visible()
    assert "hacked" not in page.title()
    assert "400 (Bad Request)" in visit.faults.pop()  # what was no JSON


def test_a_class_as_a_file(visit: Visit, tmp_path: Path) -> None:
    """A class is filtered, exported and imported."""
    page = visit.page
    port, path = visit.up.console
    for stars in (1, 2):
        values = {"title": json.dumps(HOSTILE), "stars": str(stars)}
        post(port, f"{path}api/data/save", {"class": "Film", "values": values})
    open_page(visit, "data")
    row = page.locator("#rows-table tbody tr")
    expect(row).to_have_count(2)
    page.locator("#where").fill("stars = 3")
    page.locator("#where").press("Enter")
    expect(page.locator("#no-rows")).to_be_visible()
    page.locator("#where").fill("")
    page.locator("#where").press("Enter")
    expect(row).to_have_count(2)
    page.get_by_role("button", name="stars").click()
    expect(page.locator("[aria-sort=ascending]")).to_contain_text("stars")
    expect(row.first).to_contain_text("1")
    page.get_by_role("button", name="stars").click()
    expect(page.locator("[aria-sort=descending]")).to_contain_text("stars")
    with page.expect_download() as download:
        page.locator("#rows-export").click()
    file = tmp_path / "exported.jsonl"
    download.value.save_as(file)
    first, second = map(json.loads, file.read_text("utf-8").splitlines())
    assert first["title"] == second["title"] == HOSTILE
    file.write_text(f"{json.dumps({**first, 'objectId': 'new'})}\nnonsense\n", "utf-8")
    page.locator("#import").set_input_files(file)
    expect(page.locator("#import-result")).to_contain_text("Rows added: 1")
    expect(page.locator("#import-result li")).to_contain_text("Line 2: Not JSON:")
    expect(row).to_have_count(3)
    page.locator("#language").click()
    expect(page.locator("#row-new")).to_have_text("新建一行")


def test_users_and_outbox(visit: Visit) -> None:
    """One logs in as a user, whose session the calls have then; what was sent can be read."""
    page = visit.page
    port, path = visit.up.console
    values = {"username": '"me"', "password": '"x"', "email": '"me@example.com"'}
    post(port, f"{path}api/data/save", {"class": "_User", "values": values})
    open_page(visit, "users")
    page.get_by_role("button", name="Log in as").click()
    expect(page.locator("#token-name")).to_have_text("me")
    token = page.locator("#token-text").input_value()
    assert len(token) == 25
    expect(page.locator("#users-outcome > pre")).to_contain_text("_User/onLogin was called")
    page.locator("#use-token").click()
    expect(page.locator("#as-user")).to_have_text("as me")
    visit.choose("whoami")
    visit.call()
    assert token in visit.answer()
    open_page(visit, "outbox")
    expect(page.locator("#outbox-note")).to_contain_text("Nothing yet")
    store = page.evaluate("localStorage.length && JSON.stringify(localStorage)")
    assert f'"session":"{token}"' not in str(store).replace("\\", "")
    # With the keyboard from page to page; a reload shows the same one.
    page.locator("[data-page=outbox]").press("ArrowLeft")
    expect(page.locator("#users")).to_be_visible()
    page.reload()
    expect(page.locator("#users-rows tr")).to_have_count(1)
    page.get_by_role("button", name="End sessions").click()
    expect(page.locator("#users-message")).to_contain_text("have ended")
    expect(page.get_by_role("button", name="End sessions")).to_be_disabled()


def test_end(visit: Visit) -> None:
    """When `scaffold up` has ended, the page says so."""
    visit.up.end()
    expect(visit.page.locator("#status")).to_have_text("scaffold up has ended", timeout=TIMEOUT)
    visit.page.goto("about:blank")  # it would go on asking
    visit.faults.clear()


def test_refused(visit: Visit) -> None:
    """A wrong token, and another site that knows the right one, get nothing."""
    other = visit.page.context.new_page()
    response = other.goto(visit.origin + "/wrong/")
    assert response
    assert response.status == 403
    expect(other.locator("body")).to_contain_text("the token is missing or wrong")
    # The app is another origin on the same machine: the nearest to an
    # attacker there is without a network.
    other.goto(f"http://127.0.0.1:{visit.up.port}/")
    script = """async (url) => {
        const ask = (options) =>
            fetch(`${url}api/call`, options).then((r) => r.status, (e) => e.name);
        const body = JSON.stringify({ name: "hello", body: "{}", signer: "master" });
        return [
            await ask({ method: "POST", body, headers: { "Content-Type": "application/json" } }),
            await ask({ method: "POST", body }),
            await ask({ method: "POST", body, mode: "no-cors" }),
        ];
    }"""
    assert other.evaluate(script, visit.url) == ["TypeError"] * 3
    assert "hello was called" not in visit.up.lines
    other.close()
    # A rebound name: what the browser believes is the attacker's, and leads here.
    port = visit.origin.rpartition(":")[2]
    rebound = visit.page.request.get(
        visit.url + "api/state", headers={"Host": f"evil.example:{port}"}
    )
    assert rebound.status == 403


SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def test_looks(browser: Browser, up: Callable[..., Up], tmp_path: Path) -> None:
    """Nothing sticks out at any width, text can be told from what is behind it,
    and a picture can be looked at.
    """
    running = up()
    folder = Path(PICTURES) if PICTURES else tmp_path
    for size, language in product((DESK, PHONE), ("en", "zh")):
        context = browser.new_context(viewport=size)
        visit = Visit(running, context.new_page())
        page = visit.page
        if language == "zh":
            page.locator("#language").click()
        visit.choose("Review beforeSave")
        page.locator("#body").fill(
            '{"object": {"stars": 5, "comment": "a_very_long_word_' + "x" * 80 + '"}}'
        )
        visit.call()
        visit.choose("fail")
        visit.call()
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            look = f"{scheme}-{size['width']}-{language}"
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], look
            for selector in (
                "#status",
                "#about",
                "#send",
                "#answer",
                "#code",
                "#list h2",
                "footer",
            ):
                if page.locator(selector).first.is_visible():
                    assert contrast(page, selector) >= 4.5, (look, selector)
            picture = folder / f"console-{look}.png"
            page.screenshot(path=picture, full_page=True)
            assert picture.stat().st_size > 10_000
        open_page(visit, "data")
        page.locator("#classes").get_by_role("button", name="_User", exact=True).click()
        expect(page.locator("#rows-title")).to_have_text("_User")
        page.locator("#row-new").click()
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            for selector in ("#row-delete", ".field .note", "#classes h2", "#rows-export"):
                assert contrast(page, selector) >= 4.5, (scheme, selector)
        context.close()


CONTRAST = """(selector) => {
    const at = document.querySelector(selector);
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgb = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data;
    };
    let behind = at;
    while (rgb(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
    const light = (color) => {
        const linear = (n) => (n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
        const [r, g, b] = [...rgb(color)].map((n) => linear(n / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const a = light(getComputedStyle(at).color);
    const b = light(getComputedStyle(behind).backgroundColor);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""


def contrast(page: Page, selector: str) -> float:
    """Return the contrast of an element's text with what is behind it (WCAG 2.1: at least 4.5)."""
    return float(page.evaluate(CONTRAST, selector))
