"""The site in a real browser: every page looks right everywhere, and Explore does what it says."""

from __future__ import annotations

import functools
import http.server
import json
import re
import shlex
import threading
from contextlib import contextmanager, suppress
from itertools import cycle
from typing import TYPE_CHECKING, Any

import playwright.sync_api
import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.conftest import NEEDS_CHROMIUM, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Scaffold

DESK: ViewportSize = {"width": 1300, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 780}
TIMEOUT = 30_000
NAME = "myapp"

pytestmark = [pytest.mark.boot, NEEDS_CHROMIUM]


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the built site is served."""
    with _served(functools.partial(_Quiet, directory=str(site))) as address:
        yield address


@pytest.fixture
def address_without_search(site: Path, tmp_path: Path) -> Iterator[str]:
    """Where the built site is served with nothing to find: every page would
    read the whole index anew.
    """
    index = tmp_path / SEARCH_INDEX
    index.write_text(json.dumps(NOTHING_TO_FIND))

    class Handler(_Quiet):
        # The browser could answer for the server, but as long as it does it
        # keeps nothing that it has read.
        def translate_path(self, path: str) -> str:
            return str(index) if path.endswith(f"/{SEARCH_INDEX}") else super().translate_path(path)

    with _served(functools.partial(Handler, directory=str(site))) as address:
        yield address


@contextmanager
def _served(handler: Callable[..., http.server.SimpleHTTPRequestHandler]) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Visit:
    """A visitor of the site; whatever goes wrong, and whoever else is asked, is noted.

    Args:
        browser: the browser.
        address: where the site is served.
        options: of the browser's context.
    """

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.context = browser.new_context(
            **{"viewport": DESK, "color_scheme": "light", "reduced_motion": "reduce", **options}
        )
        self.page = self.context.new_page()
        self.address = address
        self.faults: list[str] = []
        self.page.set_default_timeout(TIMEOUT)
        self.page.on("pageerror", lambda error: self._note(str(error)))
        self.page.on(
            "console",
            lambda message: (
                self._note(message.text) if message.type in {"error", "warning"} else None
            ),
        )
        # Leaving a page ends what it still asks for.
        self.page.on(
            "requestfailed",
            lambda r: None if "ABORTED" in str(r.failure) else self._note(f"failed: {r.url}"),
        )
        self.page.on("request", lambda request: self._check(request.url))

    def _note(self, fault: str) -> None:
        self.faults.append(f"{self.page.url}: {fault}")

    def _check(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self._note(f"asked: {url}")

    def go(self, path: str) -> Page:
        """Open a page of the site and return it."""
        self.page.goto(self.address + path)
        return self.page


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """A visitor on a desk who sees light pages; nothing went wrong at the end."""
    with _visiting(browser, address) as visit:
        yield visit


@pytest.fixture
def visit_without_search(browser: Browser, address_without_search: str) -> Iterator[Visit]:
    """The same where there is nothing to find."""
    with _visiting(browser, address_without_search) as visit:
        yield visit


@contextmanager
def _visiting(browser: Browser, address: str) -> Iterator[Visit]:
    visit = Visit(browser, address)
    yield visit
    visit.context.close()
    assert visit.faults == []


# How far the page is wider than the window, and what sticks out.
STICKS_OUT = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")]
        .filter((e) => e.getBoundingClientRect().right > width + 1)
        .map((e) => `${e.tagName}.${e.className}`).slice(0, 5).concat("wider than the window");
}"""
# The ratio of contrast of the text in the article to what is behind it, where it is too low.
FAINT = """() => {
    const parse = (color) => color.match(/[\\d.]+/g).map(Number);
    const mix = (above, below, a) => above * a + below * (1 - a);
    const over = ([r, g, b, a = 1], [R, G, B]) => [mix(r, R, a), mix(g, G, a), mix(b, B, a)];
    const light = (color) => color.slice(0, 3).map((c) => c / 255)
        .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
    const behind = (e) => {
        const above = [];
        for (; e; e = e.parentElement) {
            const color = parse(getComputedStyle(e).backgroundColor);
            above.push(color);
            if (color.length < 4 || color[3] === 1) break;
        }
        return above.reverse().reduce((under, color) => over(color, under), [255, 255, 255]);
    };
    const faint = new Set();
    // Elements of the same kind look alike; a long page has few kinds.
    const numbers = new Map(), kindOf = new Map(), seen = new Map();
    for (const e of document.querySelectorAll("article *")) {
        const like = `${kindOf.get(e.parentElement) ?? ""} ${e.tagName}.${e.className}`;
        if (!numbers.has(like)) numbers.set(like, numbers.size);
        const kind = numbers.get(like);
        kindOf.set(e, kind);
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        if (seen.get(kind) > 3) continue;
        const has = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
        const disabled = e.closest("[disabled], :disabled + label, .headerlink");
        if (!has || !e.checkVisibility() || disabled) continue;
        const ground = behind(e);
        const text_color = over(parse(getComputedStyle(e).color), ground);
        const [one, two] = [light(text_color), light(ground)].sort((a, b) => b - a);
        const ratio = (one + 0.05) / (two + 0.05);
        const text = e.textContent.trim().slice(0, 30);
        if (ratio < 3.9) faint.add(`${e.tagName}.${e.className} ${ratio.toFixed(1)}: ${text}`);
    }
    return [...faint].slice(0, 5);
}"""
SEARCH_INDEX = "search_index.json"
NOTHING_TO_FIND = {
    "config": {"lang": ["en"], "separator": " ", "pipeline": [], "fields": {}},
    "docs": [],
}
PAGES = sorted(
    path.relative_to(ROOT / "docs").with_suffix("").as_posix().removesuffix("index").rstrip("/")
    for path in (ROOT / "docs").rglob("*.md")
    if not path.name.endswith(".zh.md")
)


def test_pages(visit_without_search: Visit) -> None:
    """Every page, in both themes, on a desk and on a phone: no error, nothing
    sticks out, all text can be read.
    """
    visit = visit_without_search
    seen = set()
    for name, other in _sized():
        page = visit.go(f"{name}/" if name else "")
        body = page.locator("body")
        switch = page.locator("form[data-md-component=palette] label:visible")
        scheme = str(body.get_attribute("data-md-color-scheme"))
        _fits(page, name)
        assert page.evaluate(FAINT) == [], (name, scheme)
        # One theme, then the other; the next page remembers it.
        switch.dispatch_event("click")
        expect(body).not_to_have_attribute("data-md-color-scheme", scheme)
        assert page.evaluate(FAINT) == [], (name, f"not {scheme}")
        seen.add(scheme)
        page.set_viewport_size(other)
        _fits(page, name)
    assert seen == {"default", "slate"}


def test_chinese_pages(visit_without_search: Visit) -> None:
    """The same of Chinese pages; their colours are those of the English ones."""
    for name, other in _sized():
        page = visit_without_search.go(f"zh/{name}/" if name else "zh/")
        _fits(page, name)
        page.set_viewport_size(other)
        _fits(page, name)


def _sized() -> list[tuple[str, ViewportSize]]:
    """Return every page, and the size that the window gets there; so far it has the other one."""
    return list(zip(PAGES, cycle((PHONE, DESK))))


def _fits(page: Page, name: str) -> None:
    if page.evaluate(STICKS_OUT):
        # The head of the page moves to its new place.
        with suppress(playwright.sync_api.TimeoutError):
            page.wait_for_function(f"({STICKS_OUT})().length === 0", timeout=5_000)
    assert page.evaluate(STICKS_OUT) == [], (name, page.viewport_size)


# What is shown after a click on each file of the tree, which may take so many milliseconds each.
CONTENTS = """async (limit) => {
    const items = [...document.querySelectorAll("[role=treeitem]:not([aria-expanded])")];
    const found = {};
    for (const path of items.map((item) => item.dataset.path)) {
        document.querySelector(`[role=treeitem][data-path="${path}"]`).click();
        const until = performance.now() + limit;
        while (document.querySelector("#ex-path").textContent !== path) {
            if (performance.now() > until) throw new Error(`${path} is not shown`);
            await new Promise((resolve) => setTimeout(resolve));
        }
        found[path] = document.querySelector("#ex-panel code").textContent;
    }
    return found;
}"""


class Explorer:
    """The page Explore as its visitor uses it.

    Args:
        visit: the visitor.
        hash_: the part of the address that says what is chosen.
    """

    def __init__(self, visit: Visit, hash_: str = "", *, language: str = "") -> None:
        self.page = visit.go(f"{language}explore/{hash_}")
        self.ready()

    def ready(self) -> None:
        """Wait until the files of the present choice are shown."""
        expect(self.page.locator("#explorer")).to_have_attribute("data-ready", re.compile("."))
        expect(self.page.locator("[role=treeitem]").first).to_be_visible()

    def pick(self, question: str, answer: str) -> None:
        """Pick an answer, and wait for its files."""
        self.page.locator(f'#explorer input[name="{question}"][value="{answer}"]').check()
        expect(self.page).to_have_url(re.compile(rf"[#&]{question}={re.escape(answer)}(&|$)"))

    @property
    def command(self) -> str:
        """The command that is shown."""
        return self.page.locator("#ex-command").inner_text()

    def item(self, path: str) -> Locator:
        """Return a file or folder of the tree."""
        return self.page.locator(f'[role=treeitem][data-path="{path}"]')

    def files(self) -> list[str]:
        """Return the files of the tree."""
        items = self.page.locator("[role=treeitem]:not([aria-expanded])")
        return [str(path) for path in items.evaluate_all("all => all.map(e => e.dataset.path)")]

    def contents(self) -> dict[str, str]:
        """Click each file of the tree, and return what is shown."""
        return dict(self.page.evaluate(CONTENTS, TIMEOUT))

    def content(self) -> str:
        """Return the file that is shown, as text."""
        return str(self.page.locator("#ex-panel code").evaluate("code => code.textContent"))


CHOICES = [
    {"starter": "django", "server": "granian", "sessions": "true"},
    {"starter": "fastapi", "python": "3.13", "https_redirect": "true"},
    {"starter": "utilmeta", "backend": "tornado", "cloud_functions": "false"},
    {"starter": "wsgi", "dependencies": "sdk", "python": "3.8"},
]


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice["starter"])
def test_the_command_makes_what_is_shown(
    visit: Visit, scaffold: Scaffold, workspace: Path, choice: dict[str, str]
) -> None:
    """The command, typed into a shell, writes exactly the files of the page, byte for byte."""
    explorer = Explorer(visit)
    for question, answer in choice.items():
        explorer.pick(question, answer)
    program, *arguments = shlex.split(explorer.command)
    assert program == "scaffold"
    assert scaffold(*arguments, "--no-git").code == 0
    written = {
        p.relative_to(workspace / NAME).as_posix(): p
        for p in (workspace / NAME).rglob("*")
        if p.is_file()
    }
    assert explorer.contents() == {path: file.read_text("utf-8") for path, file in written.items()}


def test_refused(visit: Visit) -> None:
    """What does not go together cannot be picked, the page says why, and a
    wish gives way with its reason.
    """
    explorer = Explorer(visit)
    server = explorer.page.locator("fieldset", has=explorer.page.locator("#ex-server-uvicorn"))
    expect(explorer.page.locator("#ex-server-uvicorn")).to_be_disabled()
    expect(server).to_contain_text("uvicorn: The server runs ASGI apps only")
    explorer.pick("server", "gevent")
    explorer.pick("starter", "fastapi")
    expect(explorer.page.locator("#ex-server-uvicorn")).to_be_checked()
    expect(explorer.page.locator(".ex-note")).to_have_text(
        "server: uvicorn instead of gevent. The server runs WSGI apps only."
    )
    # The wish is not forgotten.
    explorer.pick("starter", "django")
    expect(explorer.page.locator("#ex-server-gevent")).to_be_checked()
    expect(explorer.page.locator(".ex-note")).to_have_text("")


def test_difference(visit: Visit) -> None:
    """Two choices are compared: which files differ, and in which lines; the sides can
    be swapped.
    """
    explorer = Explorer(visit, "#starter=flask&server=gunicorn&file=leanengine.yaml")
    page = explorer.page
    page.get_by_role("button", name="Compare with another choice").click()
    expect(page.locator(".ex-count")).to_have_text(
        "The two choices make the same files. Change one."
    )
    explorer.pick("server", "granian")
    expect(page.locator("[role=treeitem][data-change=changed]")).not_to_have_count(0)
    removed, added = page.locator(".ex-removed"), page.locator(".ex-added")
    assert any("gunicorn" in line for line in removed.all_inner_texts())
    assert any("python -u" in line for line in added.all_inner_texts())
    every = len(explorer.files())
    page.get_by_label("only what differs").check()
    expect(page.locator("[role=treeitem]:not([data-change]):not([aria-expanded])")).to_have_count(0)
    assert 0 < len(explorer.files()) < every
    page.get_by_role("button", name="Swap").click()
    expect(page.locator("#ex-server-gunicorn")).to_be_checked()
    assert any("gunicorn" in line for line in added.all_inner_texts())
    page.get_by_role("button", name="Stop comparing").click()
    expect(page.get_by_role("tablist")).to_be_hidden()
    assert len(explorer.files()) == every


def test_difference_of_starters(visit: Visit) -> None:
    """Files that only one of two starters has differ by more than a colour."""
    explorer = Explorer(
        visit, "#starter=django&before.starter=flask&view=difference&file=manage.py"
    )
    expect(explorer.item("manage.py")).to_have_attribute("data-change", "added")
    expect(explorer.item("manage.py").locator(".ex-mark")).to_contain_text("only in this one")
    assert (
        explorer.page.locator(".ex-added").count() == explorer.page.locator(".ex-step").count() > 5
    )
    explorer.item("README.md").click()
    expect(explorer.page.locator(".ex-skipped").first).to_contain_text("lines alike")


def test_link(visit: Visit, browser: Browser, address: str) -> None:
    """A link shows another visitor the same, in the other language too; a
    mistaken one shows the nearest.
    """
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    explorer = Explorer(visit)
    explorer.pick("starter", "sanic")
    explorer.pick("https_redirect", "true")
    explorer.item("leanengine.yaml").click()
    explorer.page.get_by_role("button", name="Copy the link").click()
    expect(explorer.page.locator(".ex-note")).to_have_text("Copied.")
    link = explorer.page.evaluate("navigator.clipboard.readText()")
    other = Visit(browser, address, color_scheme="dark", viewport=PHONE)
    seen = Explorer(other, link.partition("explore/")[2])
    assert (seen.command, seen.content()) == (explorer.command, explorer.content())
    # The switch of languages keeps what is chosen.
    expect(other.page.locator("a[hreflang=zh]").first).to_have_attribute(
        "href", re.compile("starter=sanic")
    )
    chinese = Explorer(other, link.partition("explore/")[2], language="zh/")
    assert chinese.command == explorer.command
    wrong = Explorer(other, "#starter=flask&server=uvicorn&python=1&nonsense=x&file=none")
    assert "--starter flask" in wrong.command
    assert "uvicorn" not in wrong.command
    other.context.close()
    assert other.faults == []


def test_keyboard(visit: Visit) -> None:
    """The tree, the tabs and the choices go without a mouse, and the focus can be seen."""
    explorer = Explorer(visit, "#starter=flask&before.starter=django&view=file")
    page, press = explorer.page, explorer.page.keyboard.press
    focused = page.locator("#explorer :focus")
    explorer.item("app.py").focus()
    press("Home")
    expect(focused).to_have_attribute("data-path", "deploy")
    explorer.item("leanengine").focus()
    press("ArrowLeft")
    expect(explorer.item("leanengine")).to_have_attribute("aria-expanded", "false")
    press("ArrowRight")
    press("ArrowRight")
    expect(focused).to_have_attribute("data-path", re.compile("^leanengine/"))
    press("ArrowLeft")
    expect(focused).to_have_attribute("data-path", "leanengine")
    press("ArrowLeft")
    press("w")
    expect(focused).to_have_attribute("data-path", "wsgi.py")
    outline = "e => getComputedStyle(e.querySelector('.ex-name')).outlineStyle"
    assert focused.evaluate(outline) == "solid"
    press("Enter")
    expect(page.locator("#ex-path")).to_have_text("wsgi.py")
    expect(focused).to_have_attribute("data-path", "wsgi.py")
    press("Tab")
    expect(focused).to_have_attribute("role", "tab")
    press("ArrowRight")
    expect(page.get_by_role("tab", name="Difference")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".ex-removed").first).to_be_visible()
    page.locator("#ex-starter-flask").focus()
    press("ArrowRight")
    expect(page.locator("#ex-starter-django")).to_be_checked()
    expect(focused).to_have_attribute("id", "ex-starter-django")


def test_copies(visit: Visit) -> None:
    """The command and the file can be copied; a browser that does not let the page copy is
    told of.
    """
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    explorer = Explorer(visit, "#file=wsgi.py")
    explorer.page.get_by_role("button", name="Copy the file").click()
    expect(explorer.page.locator(".ex-told")).to_have_text("Copied.")
    assert explorer.page.evaluate("navigator.clipboard.readText()") == explorer.content()
    explorer.page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }"
    )
    explorer.page.get_by_role("button", name="Copy the command").click()
    expect(explorer.page.locator(".ex-note")).to_contain_text("does not let the page copy")


@pytest.mark.parametrize(
    ("language", "query"), [("", "health check"), ("zh/", "健康检查")], ids=["en", "zh"]
)
def test_search(visit: Visit, language: str, query: str) -> None:
    """The search finds pages of the language that is read, and of no other."""
    page = visit.go(language)
    page.locator(".md-search__input").click()
    # What is typed before it is ready is lost.
    expect(page.locator(".md-search-result__meta")).to_have_text(
        re.compile("Type to start|键入以开始"), timeout=TIMEOUT
    )
    page.locator(".md-search__input").fill(query)
    # The theme listens to keys.
    page.keyboard.press("End")
    found = page.locator(".md-search-result__link")
    expect(found.first).to_be_visible(timeout=TIMEOUT)
    links = found.evaluate_all("all => all.map((e) => e.href)")
    assert all(link.startswith(f"{visit.address}zh/") == bool(language) for link in links)
    found.first.click()
    expect(page.locator("article")).to_contain_text(re.compile(query, re.IGNORECASE))


HOME, RECIPES = "", "recipes/"


@pytest.mark.parametrize("path", [HOME, RECIPES])
def test_a_chinese_browser_lands_on_chinese(browser: Browser, address: str, path: str) -> None:
    """Who reads Chinese gets the Chinese page; a choice in the menu is remembered, and pages with
    an address of their own are never left.
    """
    visit = Visit(browser, address, locale="zh-CN")
    page = visit.go(path)
    expect(page).to_have_url(f"{address}zh/{path}")
    page.locator(".md-select__link[hreflang=en]").dispatch_event("click")
    expect(page).to_have_url(f"{address}{path}")
    visit.go(path)
    expect(page).to_have_url(f"{address}{path}")
    visit.go(f"zh/{path}")
    expect(page).to_have_url(f"{address}zh/{path}")
    visit.context.close()


def test_other_browsers_stay_where_they_are(visit: Visit) -> None:
    """An English browser keeps both the English and the Chinese page that it opened."""
    for path in (HOME, "zh/"):
        page = visit.go(path)
        page.wait_for_load_state()
        expect(page).to_have_url(f"{visit.address}{path}")


@pytest.mark.parametrize("language", ["", "zh/"], ids=["en", "zh"])
@pytest.mark.parametrize("size", [{"width": 1280, "height": 850}, {"width": 360, "height": 800}])
def test_the_first_screen(visit: Visit, language: str, size: ViewportSize) -> None:
    """It has the closing date, two doors of equal size, one command and a picture, all whole."""
    page = visit.go(language)
    page.set_viewport_size(size)
    expect(page.locator(".md-banner")).to_contain_text("2027-01-12")
    doors = [page.locator(".doors li").nth(number).bounding_box() for number in range(2)]
    command = page.locator(".first pre").bounding_box()
    picture = page.locator(".first img:visible").bounding_box()
    boxes = [box for box in (*doors, command, picture) if box]
    assert len(boxes) == 4
    assert all(box["y"] + box["height"] <= size["height"] for box in boxes)
    assert (boxes[0]["width"], boxes[0]["height"]) == (boxes[1]["width"], boxes[1]["height"])
