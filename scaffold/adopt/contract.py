"""The files that the platform's contract asks for and the project lacks, as our templates would have them."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.adopt.detect import ASGI, OWN_SERVERS
from scaffold.checks.module import environment_reads
from scaffold.checks.requirements import parse
from scaffold.engine.interpreter import FILE as VERSION_FILE
from scaffold.engine.manifest import FILE as MANIFEST
from scaffold.errors import UsageError
from scaffold.render import render
from scaffold.starters import Answer, Answers, Catalog, Given

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.adopt.detect import Detected
    from scaffold.adopt.draft import Draft
    from scaffold.adopt.entry import Entry
    from scaffold.adopt.pins import Pins

ANSWERS = ".copier-answers.yml"
SERVE = "leanserve"
_TEXTS = Path(__file__).with_name("files")
_APPLICATION = "wsgi:application"
_IGNORED = ".leanignore"
_EXAMPLE = ".env.example"
# What starts the app beside its framework: the rows of a starter's requirements.in that an adopted project may need.
_SERVER_PACKAGES = frozenset(
    {"gunicorn", "pyuwsgi", "granian", "packaging", "uvicorn", "httptools", "uvloop", "websockets"}
)
_PLATFORM = re.compile(r"LEANCLOUD_|LEAN_CLI_|LC_")
_SYSTEM = frozenset({"DJANGO_SETTINGS_MODULE", "HOME", "PATH", "PWD", "TZ", "LANG", "LC_ALL", "USER", "PYTHONPATH"})
# What a request brings: WSGI calls that `environ` too.
_REQUEST = re.compile(r"(?:HTTP|REQUEST|REMOTE|SERVER|CONTENT|SCRIPT)_|PATH_INFO$|QUERY_STRING$")
# What leanserve.py is for, by kind.
_SERVE_REASONS = {"asgi": "serve-asgi", "sdk": "serve-sdk", "wsgi": "serve-wsgi"}
_WEBSOCKET_WORKER = "geventwebsocket.gunicorn.workers.GeventWebSocketWorker"


class Contract:
    """What our template of this kind of project says.

    Args:
        catalog: the starters.
        found: what the project is.
        python: the version it is pinned for, `3.8`.
        name: the folder's name.
    """

    def __init__(self, catalog: Catalog, found: Detected, python: str, name: str) -> None:
        self._catalog = catalog
        self.found = found
        self.python = python
        self._name = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower()

    @cached_property
    def answers(self) -> Answers:
        """The answers with which our template is nearest to the project."""
        minor = ".".join(self.python.split(".")[:2])
        wishes: dict[str, Answer] = {
            "project_name": self._name,
            "starter": self.found.starter.value,
            "server": self.server,
            "cloud_functions": self.found.has_functions,
            "dependencies": "sdk" if self.found.has_functions else "current",
            "python": minor,
        }
        # An answer that no project of ours may have is left out: the template's default stands in for it.
        preferred = {key: value for key, value in wishes.items() if key != "project_name"}
        given = {"starter": Given(wishes["starter"], "adopt")}
        given |= {key: Given(wishes[key], "adopt") for key in ("cloud_functions",)}
        try:
            return self._catalog.resolve({**given, "project_name": Given(self._name, "adopt")}, preferred=preferred)
        except UsageError:
            return self._catalog.resolve(given, preferred=preferred)

    @property
    def server(self) -> str:
        """The server that is to run it: the user's where we know it, gevent's where gevent patches everything."""
        starter, now = self.found.starter.value, self.found.server.value
        if starter in OWN_SERVERS:
            return starter
        if starter in ASGI:
            return now if now in {"granian", "uvicorn"} else "uvicorn"
        if self.found.monkey or self.found.websockets:
            return "gevent"
        return now if now in {"uwsgi", "granian", "gevent", "gunicorn"} else "gunicorn"

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Our template's files."""
        return self.rendered({})

    def rendered(self, others: Mapping[str, Any]) -> dict[str, bytes]:
        """Return our template's files with some answers, or what goes with them, another."""
        return render(self._catalog.starter(str(self.answers["starter"])), {**self.answers, **others})

    def server_packages(self) -> dict[str, str]:
        """Return what the server needs, by package: lines for requirements.in."""
        # An app that only keeps its data with the SDK lives with the SDK's gevent all the same.
        lives_with = {
            "cloud_functions": self.found.uses_sdk,
            "dependencies": "sdk" if self.found.uses_sdk else "current",
        }
        lines = parse("", self.rendered(lives_with)["requirements.in"].decode())[0]
        return {line.name: line.source for line in lines if line.name in _SERVER_PACKAGES}


def add_files(draft: Draft, contract: Contract, pins: Pins) -> list[str]:
    """Add the files that are missing; none that is there is touched.

    Returns:
        The added files that later versions of the template keep in step.
    """
    found, managed = contract.found, []
    entry = found.entry
    if entry is not None and not draft.has("wsgi.py") and found.starter.value != "django":
        draft.write("wsgi.py", _wsgi(found, entry), "no-wsgi", app=f"{entry.module}:{entry.name}")
    elif entry is not None and not draft.has("wsgi.py"):
        draft.write("wsgi.py", _text("wsgi-wsgi", entry, "application"), "no-wsgi", app=f"{entry.module}:{entry.name}")
    if entry is not None and not draft.has(MANIFEST):
        draft.write(MANIFEST, _manifest(draft, contract, pins, entry), "no-manifest", server=contract.server)
        managed.append(MANIFEST)
    if not draft.has(_IGNORED):
        draft.write(_IGNORED, _ignored(draft, contract), "no-leanignore")
        managed.append(_IGNORED)
    if not draft.has(".gitignore"):
        draft.write(".gitignore", contract.files[".gitignore"], "no-gitignore")
        managed.append(".gitignore")
    if not draft.has(_EXAMPLE):
        draft.write(_EXAMPLE, _example(draft, contract), "no-example")
        managed.append(_EXAMPLE)
    return managed


def set_python(draft: Draft, python: str) -> None:
    """Say the Python version in .python-version, unless it says that version already."""
    current = draft.project.python
    wanted = tuple(int(part) for part in python.split("."))
    if current is None or current[:2] != wanted[:2]:
        # No newline: the vendor's CLI would look for `python3.11\n`.
        old = draft.project.text(VERSION_FILE).strip()
        reason = "python-changed" if old else "no-python"
        draft.write(VERSION_FILE, python.encode(), reason, old=old or "-", python=python)


def _wsgi(found: Detected, entry: Entry) -> bytes:
    starter = found.starter.value
    kind = "asgi" if starter in ASGI else starter if starter in {"flask", "sanic", "tornado"} else "wsgi"
    return _text(f"wsgi-{kind}", entry, "application")


def _text(name: str, entry: Entry, target: str) -> bytes:
    source = (_TEXTS / f"{name}.txt").read_text("utf-8")
    return source.replace("@MODULE@", entry.module).replace("@IMPORT@", _import(entry, target)).encode()


def _import(entry: Entry, target: str) -> str:
    """Return the lines that import the app under a name."""
    if entry.name.endswith("()"):
        factory = entry.name[:-2]
        return f"from {entry.module} import {factory}\n\n{target} = {factory}()"
    alias = "" if entry.name == target else f" as {target}"
    return f"from {entry.module} import {entry.name}{alias}"


def _manifest(draft: Draft, contract: Contract, pins: Pins, entry: Entry) -> bytes:
    """Return our leanengine.yaml for the user's app, with what stands between the two added to the project."""
    text = contract.files[MANIFEST].decode()
    starter = contract.found.starter.value
    if starter not in OWN_SERVERS:
        kind = "asgi" if starter in ASGI else "sdk" if contract.found.has_functions else "wsgi"
        if not draft.has(f"{SERVE}.py"):
            draft.write(f"{SERVE}.py", _served(draft, kind, entry), _SERVE_REASONS[kind])
        text = text.replace(_APPLICATION, f"{SERVE}:application")
    if contract.found.websockets:
        text = text.replace("--worker-class gevent", f"--worker-class {_WEBSOCKET_WORKER}")
    if (gunicorn := pins.version("gunicorn")) and gunicorn < (27,):
        text = re.sub(r"# No control socket.*\n|  --no-control-socket\n", "", text)
    return text.encode()


def _served(draft: Draft, kind: str, entry: Entry) -> bytes:
    """Return the module that is started: it takes the app from wsgi.py where that has one."""
    if draft.has("wsgi.py") and not entry.is_root_wsgi and (draft.folder / "wsgi.py").is_file():
        data = (draft.folder / "wsgi.py").read_bytes()
        if b"application" in data:
            entry = type(entry)("wsgi", "application", "wsgi.py:1")
    return _text(f"leanserve-{kind}", entry, "app")


def _ignored(draft: Draft, contract: Contract) -> bytes:
    """Return our .leanignore without the folders in which the user's own files are."""
    lines = []
    for line in contract.files[_IGNORED].decode().splitlines(keepends=True):
        name = line.strip().rstrip("/")
        if not name or line.startswith("#") or name.startswith((".", "*")) or not draft.tracked_below(name):
            lines.append(line)
    return "".join(lines).encode()


def _example(draft: Draft, contract: Contract) -> bytes:
    """Return our .env.example with the variables that the user's code reads."""
    project = draft.project
    text = contract.files[_EXAMPLE].decode()
    required: set[str] = set()
    optional: set[str] = set()
    for module in project.modules_with(b"environ", b"getenv"):
        for node, name in environment_reads(module):
            if _PLATFORM.match(name) or _REQUEST.match(name) or name in _SYSTEM:
                continue
            if re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
                parent = node.parent()
                (required if parent is not None and parent.kind() == "subscript" else optional).add(name)
    for name in ("SECRET_KEY", "DOMAINS"):
        if name not in required | optional:
            text = _without(text, name)
    own = [f"{name}=" for name in sorted(required)] + [f"# {name}=" for name in sorted(optional - required)]
    own = [line for line in own if f"\n{line}\n" not in text]
    if own:
        text = f"{text.rstrip()}\n\n# The app's own (应用自己的变量).\n" + "\n".join(own) + "\n"
    return text.encode()


def _without(text: str, name: str) -> str:
    """Return .env.example without the paragraph about a variable."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(part for part in paragraphs if f"{name}=" not in part and f"set {name}" not in part)


def managed_answers(contract: Contract, managed: list[str]) -> bytes:
    """Return the answers file as an update would write it, with the files that updates keep in step."""
    from scaffold.versions import SOURCE, newest  # noqa: PLC0415 - reads the bundle

    # Never empty, as that would mean a project which a template made whole.
    recorded = {"_commit": newest(), "_src_path": SOURCE, "_adopted": sorted([ANSWERS, *managed])}
    return contract.rendered(recorded)[ANSWERS]
