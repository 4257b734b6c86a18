"""Parse Server itself, where `make npm` installed it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGES = ROOT / "build/parse/node_modules"
NEEDS_PARSE_SERVER = pytest.mark.skipif(
    not (PACKAGES / "parse-server").is_dir() or not shutil.which("node"),
    reason="`make npm` installs Parse Server, and needs node",
)
APP_ID, REST_KEY, MASTER_KEY = "parse-app", "parse-rest-7Gh3", "parse-master-1Qm8"
# Listens first, as its own address is among its settings; says where when it is ready.
_SERVER = """\
const { ParseServer } = require("parse-server");
const FilesAdapter = require("@parse/fs-files-adapter");
const express = require("express");
const [host, user, database, appId, restAPIKey, masterKey, oldPasswords] = process.argv.slice(1);
const main = express();
const listening = main.listen(0, "127.0.0.1", async () => {
    const serverURL = `http://127.0.0.1:${listening.address().port}/parse`;
    const server = new ParseServer({
        databaseURI: `postgres://${user}@localhost/${database}`, databaseOptions: { host },
        appId, restAPIKey, masterKey, serverURL, allowClientClassCreation: true,
        logsFolder: null, filesAdapter: new FilesAdapter({ filesSubDirectory: "kept" }),
    });
    await server.start();
    main.use("/parse/login", require(oldPasswords));
    main.use("/parse", server.app);
    console.log(`listening: ${serverURL}`);
});
"""


@dataclass
class ParseApp:
    """An app of Parse Server's.

    Args:
        url: its address.
        headers: with each request.
    """

    url: str
    headers: dict[str, str]

    def __call__(self, method: str, path: str, body: object = None, **parameters: object) -> Any:
        """Return what is answered; parameters that are no text go as JSON."""
        return self.response(method, path, body, **parameters).json()

    def response(
        self, method: str, path: str, body: object = None, **parameters: object
    ) -> httpx.Response:
        """Return the whole answer."""
        texts = {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in parameters.items()
        }
        return httpx.request(
            method,
            f"{self.url}{path}",
            params=texts,
            json=body,
            headers=self.headers,
            timeout=60,
            trust_env=False,
        )

    def as_master(self) -> ParseApp:
        """Return a client with the master key."""
        return ParseApp(self.url, self.headers | {"X-Parse-Master-Key": MASTER_KEY})

    def as_user(self, token: str) -> ParseApp:
        """Return a client with a session."""
        return ParseApp(self.url, self.headers | {"X-Parse-Session-Token": token})

    def rows(self, class_name: str, **where: object) -> dict[str, dict[str, Any]]:
        """Return the rows of a class that a client may read, by id."""
        found = self("GET", f"/classes/{class_name}", where=where, limit=10_000)
        return {row["objectId"]: row for row in found["results"]}


@contextmanager
def parse_server(folder: Path, database: str) -> Iterator[ParseApp]:
    """Start Parse Server on a database; yield a client without the master key.

    Args:
        folder: where its files are, below `files/kept`.
        database: the URL of a database, on a socket.
    """
    url = urlsplit(database)
    socket = {key: words[0] for key, words in parse_qs(url.query).items()}
    script = folder / "old-passwords.js"
    script.write_text(from_page("old-passwords.js"), "utf-8")
    # One app a process: all apps of a process share what was read of classes.
    settings = [socket["host"], socket["user"], url.path[1:]]
    settings += [APP_ID, REST_KEY, MASTER_KEY, str(script)]
    environ = {"PATH": os.environ["PATH"], "NODE_PATH": str(PACKAGES), "DATABASE_URL": database}
    with subprocess.Popen(
        ["node", "-e", _SERVER, *settings],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            headers = {"X-Parse-Application-Id": APP_ID, "X-Parse-REST-API-Key": REST_KEY}
            yield ParseApp(_address(process), headers)
        finally:
            process.kill()


def from_page(name: str) -> str:
    """Return a file as the recipe has it."""
    page = (ROOT / "docs/recipes/parse-server.md").read_text("utf-8")
    _, _, found = page.partition(f' title="{name}"\n')
    return found.partition("```")[0]


def _address(process: subprocess.Popen[str]) -> str:
    lines = []
    assert process.stdout
    for line in process.stdout:
        if line.startswith("listening: "):
            return line.split()[1]
        lines.append(line)
    raise AssertionError("".join(lines))
