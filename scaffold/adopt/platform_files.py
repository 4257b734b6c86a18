"""The files that the platform needs and the project lacks, as our templates have them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scaffold.adopt.contract import ANSWERS
from scaffold.adopt.entry_modules import shield_module, wsgi_module
from scaffold.adopt.env_example import env_example
from scaffold.adopt.flat_requirements import flatten, local_files
from scaffold.adopt.ignoring import without_own_folders
from scaffold.adopt.optional_files import CONTAINER, optional_files
from scaffold.adopt.package import PACKAGE, SHIELD, add_package, runs_shield, without_shield
from scaffold.adopt.run_line import lacks_run, with_install, with_run
from scaffold.answer_files import written
from scaffold.checks.project import ENTRY
from scaffold.engine.hosting import DOCKERFILE
from scaffold.engine.interpreter import FILE as VERSION_FILE
from scaffold.engine.manifest import FILE as MANIFEST

if TYPE_CHECKING:
    from scaffold.adopt.contract import Contract
    from scaffold.adopt.draft import Draft
    from scaffold.adopt.entry_point import EntryPoint
    from scaffold.adopt.pins import Pins

_APPLICATION = "wsgi:application"
_IGNORED = ".leanignore"
_EXAMPLE = ".env.example"
_GITIGNORE = ".gitignore"
# What leanserve.py is for, by kind.
_SHIELD_REASONS = {"sdk": "serve-sdk", "wsgi": "serve-wsgi"}
# What run lines say of the address, and how they say it without the package leanengine/.
_ANYWHERE = "0.0.0.0:${LEANCLOUD_APP_PORT:-${PORT:-3000}}"
_WITHOUT_PACKAGE = {
    "# Address and other signals: leanengine/server.py.\n": "",
    "--config python:leanengine.server": f"--bind {_ANYWHERE}",
    '"$(python -m leanengine.address)"': _ANYWHERE,
}
_WEBSOCKET_WORKER = "geventwebsocket.gunicorn.workers.GeventWebSocketWorker"


def add_files(draft: Draft, contract: Contract, pins: Pins) -> list[str]:
    """Add the files that are missing; existing ones stay, but for `run` in leanengine.yaml.

    Returns:
        The added files that later versions of the template keep up to date.

    Raises:
        UsageError: a module of the project has a name that leanengine/ needs, or the user asked
            for files that the project cannot have.
    """
    managed = set(map(str, contract.previous.get("adopted", ())))
    if contract.found.entry is not None:
        managed |= _add_entry(draft, contract, pins, contract.found.entry)
    example = env_example(draft.project, contract.files[_EXAMPLE].decode())
    added = {
        _IGNORED: ("no-leanignore", without_own_folders(draft, contract.files[_IGNORED])),
        _GITIGNORE: ("no-gitignore", contract.files[_GITIGNORE]),
        _EXAMPLE: ("no-example", example.encode()),
    }
    for path, (reason, content) in added.items():
        if not draft.has(path):
            draft.write(path, content, reason)
            managed.add(path)
    for path, content, key in optional_files(draft, contract):
        reason = "container" if key == CONTAINER else "asked"
        draft.write(path, content, reason, answer=written(contract.answers, key))
        managed.add(path)
    return sorted(managed - {ANSWERS})


def _add_entry(draft: Draft, contract: Contract, pins: Pins, entry: EntryPoint) -> set[str]:
    """Add what recognises and starts the app; return the files that updates keep up to date."""
    managed = set()
    if not draft.has(ENTRY):
        app = f"{entry.module}:{entry.name}"
        draft.write(ENTRY, wsgi_module(contract.found, entry), "no-wsgi", app=app)
    if contract.app:
        add_package(draft, contract.files, contract.app, _package_reason(contract))
        managed.add(PACKAGE)
    content = _manifest(draft, contract, pins).encode()
    if not draft.has(MANIFEST):
        _add_shield(draft, contract, entry)
        draft.write(MANIFEST, content, "no-manifest", server=contract.server)
        managed.add(MANIFEST)
    elif contract.app and runs_shield(draft.project):
        draft.write(MANIFEST, without_shield(draft), "moved-run")
    elif lacks_run(draft.project) or contract.app:
        reason = "no-run" if lacks_run(draft.project) else "replaced-run"
        after = with_run(draft.project, content.decode())
        if after is not None:
            _add_shield(draft, contract, entry)
            draft.write(MANIFEST, after, reason, server=contract.server)
    return managed


def _package_reason(contract: Contract) -> str:
    return "package-sdk" if contract.found.has_functions else "package"


def _add_shield(draft: Draft, contract: Contract, entry: EntryPoint) -> None:
    """Add the module that is started on Python 2: what leanengine/ does needs Python 3."""
    path = f"{SHIELD}.py"
    if contract.is_python_2 and not draft.has(path):
        kind = "sdk" if contract.found.has_functions else "wsgi"
        content = shield_module(draft.project, kind, entry)
        draft.write(path, content, _SHIELD_REASONS[kind])


def set_python(draft: Draft, python: str) -> None:
    """Say the Python version in .python-version, unless it says that version already."""
    current = draft.project.python
    wanted = tuple(int(part) for part in python.split("."))
    if current is None or current[:2] != wanted[:2]:
        # No newline: the vendor's CLI would look for `python3.11\n`.
        old = draft.project.text(VERSION_FILE).strip()
        reason = "python-changed" if old else "no-python"
        draft.write(VERSION_FILE, python.encode(), reason, old=old or "-", python=python)


def _manifest(draft: Draft, contract: Contract, pins: Pins) -> str:
    """Return our leanengine.yaml for the user's app."""
    text = contract.files[MANIFEST].decode()
    if contract.is_python_2:
        text = text.replace(_APPLICATION, f"{SHIELD}:application")
        for of_package, plain in _WITHOUT_PACKAGE.items():
            text = text.replace(of_package, plain)
    if contract.found.websockets:
        text = text.replace("--worker-class gevent", f"--worker-class {_WEBSOCKET_WORKER}")
    if contract.needs_main_thread:
        text = re.sub(
            r"  --worker-class gthread\n  --threads \d+\n", "  --worker-class sync\n", text
        )
        text = re.sub(r"# One process a CPU, eight threads each.*\n", "", text)
    if (gunicorn := pins.version("gunicorn")) and gunicorn < (27,):
        text = re.sub(r"# No control socket.*\n|  --no-control-socket\n", "", text)
    return with_install(text, local_files(draft.folder, flatten(draft.folder, "", pins.source)))


def managed_answers(contract: Contract, managed: list[str]) -> bytes:
    """Return the answers file as an update would write it, with the files that updates manage."""
    from scaffold.versions import SOURCE, newest

    # Never empty, as that would mean a project which a template made whole.
    known: dict[str, Any] = {"_commit": newest(), "_src_path": SOURCE}
    known |= {"_adopted": sorted([ANSWERS, *managed]), CONTAINER: DOCKERFILE in managed}
    return contract.rendered(known)[ANSWERS]
