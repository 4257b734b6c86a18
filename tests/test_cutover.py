"""The move as a rehearsal: two services play the platform and the data service on PostgreSQL, nginx
has the project's own configuration, the page's commands are run, and the vendor's JavaScript SDK in
Chromium goes on with nothing changed but the address.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from scaffold.engine import environment, health
from scaffold.engine.ports import any_free
from scaffold.engine.process import Process
from scaffold.leave import dates, steps
from scaffold.questions import UserInput
from scaffold.render import render
from scaffold.store import passwords, settings
from tests import nginx
from tests.clients import NEEDS_JAVASCRIPT
from tests.conftest import CATALOG, NEEDS_CHROMIUM, ROOT
from tests.docs import pages
from tests.docs.shell import MORE_PORTS
from tests.postgresql import postgresql
from tests.some import some
from tests.store.conftest import KEYS, new_database
from tests.store.process import served
from tests.test_clients import site
from tests.trees import build_file_tree

__all__ = ["postgresql"]  # a fixture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

PAGE = ROOT / "docs/recipes/leave-in-an-afternoon.md"
BLOCKS = pages.visible(pages.read(PAGE))
PATIENCE = 60
SALT = "salt"
# What the app's clients do: as the user who is logged in, else as a new one, save a todo with a
# file, and read all.
CLIENT = """\
async ({ id, key, server, title, password }) => {
    AV.init({ appId: id, appKey: key, serverURL: server });
    const found = { loggedIn: Boolean(AV.User.current()) };
    if (!found.loggedIn && password) await AV.User.logIn("ada", password);
    const user = AV.User.current() || (await AV.User.signUp("ada", "secret"));
    try {
        const file = await new AV.File(`${title}.txt`, { base64: btoa(title) }).save();
        const todo = new AV.Object("Todo", { title, file, owner: user });
        todo.setACL(new AV.ACL(user));
        await todo.save();
    } catch (error) {
        found.refused = error.code;
    }
    const todos = await new AV.Query("Todo").ascending("createdAt").find();
    found.titles = todos.map((todo) => todo.get("title"));
    const contents = todos.map(async (todo) => (await fetch(todo.get("file").url())).text());
    found.contents = await Promise.all(contents);
    found.token = user.getSessionToken();
    return found;
}
"""


def command(start: str) -> str:
    """Return the commands of the page that begin so."""
    return next(block.code for block in BLOCKS if block.code.startswith(start))


def file(title: str) -> str:
    """Return a file of the page."""
    return next(block.code for block in BLOCKS if block.title == title)


@dataclass
class Move:
    """Where all of it is.

    Attributes:
        folder: the project; others are next to it.
        ports: what stands for the ports of the page.
        old: the address of the played platform.
        environ: for commands.
        stack: ends what was started.
    """

    folder: Path
    ports: dict[str, int]
    old: str
    stack: ExitStack
    environ: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Put this checkout's program on PATH."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        variables = {"PATH": path, "OLD": self.old, "PYTHONPATH": str(ROOT)}
        self.environ = environment.inherited(os.environ) | variables

    @property
    def address(self) -> str:
        """The address that clients know, once it leads here."""
        return f"http://127.0.0.1:{self.ports['site']}"

    def here(self, text: str) -> str:
        """Return a text of the page with the ports of this run."""
        return MORE_PORTS.sub(lambda found: str(self.ports[found[0]]), text)

    def run(self, *starts: str) -> None:
        """Run commands of the page; nobody has to be polite to the played platform."""
        for start in some(starts):
            code = command(start).replace("scaffold export", "scaffold export --rate 500")
            done = subprocess.run(
                ["bash", "-ec", self.here(code)],
                cwd=self.folder,
                env=self.environ,
                capture_output=True,
                text=True,
                check=False,
                timeout=PATIENCE,
            )
            assert done.returncode == 0, done.stdout + done.stderr

    def start(self, line: str | list[str], port: int) -> None:
        """Start something that goes on, and wait until it listens."""
        process = Process(line, folder=self.folder, environ=self.environ)
        self.stack.callback(process.kill)
        until = process.started + PATIENCE
        assert health.wait_for(lambda: health.listens(port), until), process.lines()

    def figures(self, name: str) -> dict[str, Any]:
        """Return what a proxy has compared."""
        url = f"http://127.0.0.1:{self.ports[name]}/health"
        found: dict[str, Any] = httpx.get(url, trust_env=False).json()
        return found

    def workers(self) -> set[str]:
        """Return the processes of nginx that serve."""
        number = (self.folder.parent / "nginx/nginx.pid").read_text().strip()
        return set(Path(f"/proc/{number}/task/{number}/children").read_text().split())

    def switch(self, name: str, mark: str) -> None:
        """Give nginx one of the project's files, and wait until all is answered by it.

        Args:
            name: the file.
            mark: what is in its answer to a call of a function.
        """
        text = self.here((self.folder / "deploy" / name).read_text())
        nowhere = str(any_free())
        changes = {
            "listen 80;": f"listen 127.0.0.1:{any_free()};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.ports['site']};",
            "127.0.0.1:3000 ": f"127.0.0.1:{nowhere} ",
            "127.0.0.1:3001 ": f"127.0.0.1:{nowhere} ",
            "    ssl_": "    # ssl_",
        }
        server = self.folder.parent / "nginx"
        build_file_tree(server / "site", {"site.conf": nginx.changed(text, changes)})
        main = server / "nginx.conf"
        line = [str(nginx.NGINX), "-c", str(main), "-p", str(server), "-e", "stderr"]
        if main.exists():
            before = self.workers()
            subprocess.run([*line, "-s", "reload"], check=True, capture_output=True)
            # They serve for a moment longer, and clients keep connections to them.
            until = time.monotonic() + PATIENCE
            assert health.wait_for(lambda: before.isdisjoint(self.workers()), until)
        else:
            main.write_text(nginx.SETTINGS.format(folder=server))
            self.start(line, self.ports["site"])
        headers = {"X-LC-Id": KEYS.app_id, "X-LC-Key": KEYS.app_key}

        def is_there() -> bool:
            url = f"{self.address}/1.1/functions/none"
            return mark in httpx.post(url, headers=headers, json={}, trust_env=False).text

        assert health.wait_for(is_there, time.monotonic() + PATIENCE)


@contextmanager
def rehearsal(folder: Path) -> Iterator[Move]:
    """Start the played platform, and write the project of the page."""
    given = {"project_name": "todo", "data": "own", "server_files": True}
    answers = CATALOG.resolve({key: UserInput(value, "here") for key, value in given.items()})
    project = build_file_tree(folder / "todo", render(CATALOG.starter("flask"), answers))
    names = ("site", "3600", "3601", "3602")
    ports = {name: any_free() for name in names}
    with ExitStack() as stack:
        database = f"sqlite:///{folder}/platform.sqlite3"
        old, _ = stack.enter_context(served(database, folder / "platform"))
        keys = {
            "YOUR_APP_ID": KEYS.app_id,
            "YOUR_APP_KEY": KEYS.app_key,
            "YOUR_MASTER_KEY": KEYS.master_key,
            "https://OLD_API_ADDRESS": old,
        }
        (project / ".env").write_text(nginx.changed(file(".env"), keys))
        (project / "deploy/cutover.conf").write_text(file("deploy/cutover.conf"))
        yield Move(project, ports, old, stack)


def open_page(browser: Browser, address: str) -> Page:
    """Return a page with the SDK, of a visitor who was never here."""
    page = browser.new_context().new_page()
    page.goto(f"{address}/package.json")
    page.add_script_tag(url=f"{address}/dist/av-min.js")
    return page


def client_of(page: Page) -> Callable[..., dict[str, Any]]:
    """Return what does as the app's client does, at an address, with a title for its todo."""

    def use(server: str, title: str, password: str = "") -> dict[str, Any]:
        given = {"id": KEYS.app_id, "key": KEYS.app_key, "server": server}
        found: dict[str, Any] = page.evaluate(
            CLIENT, {**given, "title": title, "password": password}
        )
        assert found["contents"] == found["titles"]
        return found

    return use


def write_console(move: Move, token: str) -> None:
    """Write the export of users as the console writes it, with password and session."""
    headers = {"X-LC-Id": KEYS.app_id, "X-LC-Key": KEYS.app_key, "X-LC-Session": token}
    user = httpx.get(f"{move.old}/1.1/users/me", headers=headers, trust_env=False).json()
    hash_ = passwords.platform_hash("secret", SALT)
    row = {**user, "password": hash_, "salt": SALT, "sessionToken": token}
    lines = '#filetype:JSON-streaming {"type":"Class","class":"_User"}\n' + json.dumps(row) + "\n"
    build_file_tree(move.folder, {"console/_User.jsonl": lines})


@pytest.mark.boot
@nginx.NEEDS_NGINX
@NEEDS_CHROMIUM
@NEEDS_JAVASCRIPT
def test_the_move(
    browser: Browser, postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client works before, through the proxy, reads during the freeze, and works after the
    switch and after the way back; nothing of what was saved is lost.
    """
    with site() as pages_at, rehearsal(tmp_path) as move:
        client = client_of(open_page(browser, pages_at))
        before = client(move.old, "one")
        assert before["titles"] == ["one"]
        write_console(move, before["token"])
        database = new_database(postgresql)
        changes = {
            "postgresql://todo@127.0.0.1/todo": database,
            "https://api.example.com": move.address,
        }
        (tmp_path / "todo.env").write_text(nginx.changed(file("../todo.env"), changes))
        move.run("scaffold export\n", "env $(cat ../todo.env) scaffold store migrate")
        monkeypatch.setenv(settings.PUBLIC_URL, move.address)
        store, _ = move.stack.enter_context(served(database, tmp_path / "todo-files"))
        move.ports["3600"] = int(store.rpartition(":")[2])

        move.run("sed ")
        proxy = move.here(command('scaffold store proxy "$OLD" --compare'))
        move.start(["bash", "-c", proxy], move.ports["3601"])
        move.switch("proxied.conf", "error")
        during = client(move.address, "two")
        assert during["loggedIn"]
        assert during["titles"] == ["one", "two"]
        differences = move.folder / "differences.jsonl"
        until = time.monotonic() + PATIENCE
        assert health.wait_for(lambda: bool(differences.read_text()), until)
        found = json.loads(differences.read_text())
        assert (found["class"], found["difference"], found["count"]) == ("Todo", "missing", 1)

        frozen = command('scaffold store proxy "$OLD" --compare http://127.0.0.1:3600 --freeze')
        move.start(["bash", "-c", move.here(frozen)], move.ports["3602"])
        move.switch("frozen.conf", '"code":503')
        refused = client(move.address, "three")
        assert (refused.get("refused"), refused["titles"]) == (503, ["one", "two"])
        move.run("scaffold export\nscaffold export --verify\nenv")
        earlier = move.figures("3602")
        assert client(move.address, "three")["titles"] == ["one", "two"]

        def is_compared() -> bool:
            return bool(move.figures("3602")["same"] > earlier["same"])

        assert health.wait_for(is_compared, time.monotonic() + PATIENCE)
        assert move.figures("3602")["different"] == earlier["different"]

        move.switch("nginx.conf", "502")
        after = client(move.address, "four")
        assert after["loggedIn"]
        assert after["titles"] == ["one", "two", "four"]
        other = client_of(open_page(browser, pages_at))(move.address, "five", "secret")
        assert not other["loggedIn"]
        assert other["titles"] == ["one", "two", "four", "five"]
        move.switch("proxied.conf", "error")
        assert client(move.address, "six")["titles"] == ["one", "two", "six"]


def test_the_dates() -> None:
    """The checklist of the page has the last day of each step of `scaffold leave`."""
    text = PAGE.read_text("utf-8")
    checklist = text[text.index("## Checklist") : text.index("## Why")]
    for step in steps.STEPS:
        assert f"**{dates.CLOSES - timedelta(days=step.lead)}**" in checklist, step.key
