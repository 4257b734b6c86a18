"""The data service beside an app under `scaffold up`."""

from __future__ import annotations

import secrets
import shutil
import sysconfig
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import files, output, own_folder
from scaffold.engine import environment, health, ports
from scaffold.messages import text
from scaffold.up.environment import KEYS
from scaffold.up.project import API_SERVER

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator, Mapping

    import uvicorn

    from scaffold.store.calls import Store
    from scaffold.store.engine import HookCall
    from scaffold.up.logs import Log
    from scaffold.up.project import UpProject

FOLDER = f"{own_folder.NAME}/data"
# Written where the service can be reached, for `scaffold env` in another shell.
ADDRESS = "address"
# Beside 3000 and its followers, where apps and consoles are.
FIRST_PORT = 3600


class Data:
    """A data service in a thread of its own.

    Its port is open at once and answers as soon as all is imported: an app that asks earlier waits.

    Args:
        folder: where the data is kept; None: it goes when the service stops.
        failed: called with the reason when the service fails.
    """

    def __init__(self, folder: Path | None, failed: Callable[[str], None]) -> None:
        self._folder = folder
        # Without a folder there is none until a file is uploaded.
        unused = Path(tempfile.gettempdir(), f"scaffold-data-{secrets.token_hex(8)}")
        self._files = folder / "files" if folder else unused
        self._failed = failed
        self._ending = threading.Event()
        self._listener: socket.socket = ports.listen_on_loopback(FIRST_PORT)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._store: Store | None = None
        self._watchers: dict[int, list[HookCall]] = {}

    @property
    def url(self) -> str:
        """Where the service is."""
        return f"http://{health.LOOPBACK}:{self._listener.getsockname()[1]}"

    def start(self, variables: Mapping[str, str], app_port: int | None) -> None:
        """Serve the data of the app with these variables, and call its hooks at this port."""
        engine_url = f"http://{health.LOOPBACK}:{app_port}" if app_port else None
        if self._folder:
            (self._folder / ADDRESS).write_text(self.url, "utf-8")
        # On older Pythons two threads must not both be the first to ask: SQLAlchemy does so
        # in that thread, finding uv in this one.
        sysconfig.get_config_vars()
        self._thread = threading.Thread(
            target=self._run,
            args=(dict(variables), engine_url),
            name="data",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Serve no longer."""
        self._ending.set()
        if self._server:
            self._server.should_exit = True
        if self._thread:
            self._thread.join(timeout=3)
        self._listener.close()
        if self._folder:
            (self._folder / ADDRESS).unlink(missing_ok=True)
        else:
            shutil.rmtree(self._files, ignore_errors=True)

    @contextmanager
    def watching(self) -> Iterator[list[HookCall]]:
        """Collect the calls of hooks within the block."""
        calls: list[HookCall] = []
        self._watchers[id(calls)] = calls
        try:
            yield calls
        finally:
            del self._watchers[id(calls)]

    def _watch(self, call: HookCall) -> None:
        for calls in list(self._watchers.values()):
            calls.append(call)

    def settle(self, limit: float) -> None:
        """Wait until hooks after writes were called, so many seconds at most."""
        if self._store:
            self._store.tasks.settle(limit)

    def _run(self, variables: Mapping[str, str], engine_url: str | None) -> None:
        try:
            self._serve(variables, engine_url)
        # The app goes on without data, and its user reads why.
        except Exception as error:  # noqa: BLE001
            if not self._ending.is_set():
                self._failed(text("up.data-failed", problem=error))

    def _serve(self, variables: Mapping[str, str], engine_url: str | None) -> None:
        import uvicorn

        from scaffold.store import app, settings
        from scaffold.store.calls import Store
        from scaffold.store.database import IN_MEMORY, Database
        from scaffold.store.protocol import PromptProtocol

        kept = f"sqlite:///{self._folder / 'store.sqlite3'}" if self._folder else IN_MEMORY
        database = Database(kept)
        database.migrate()
        keys = settings.keys_of(variables)
        store_settings = settings.StoreSettings(keys, self._files, engine_url, trusts_parties=True)
        store = Store(store_settings, database)
        if store.engine:
            store.engine.watch = self._watch
        self._store = store
        config = uvicorn.Config(
            app.make(store),
            access_log=False,
            log_level="error",
            http=PromptProtocol,
            ws="none",
            lifespan="on",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        if not self._ending.is_set():
            self._server.run(sockets=[self._listener])
        database.close()


def open_for(project: UpProject, choice: str, log: Log) -> Data | None:
    """Return the service for a project, which finds its address from then
    on; say where the data is.

    None, where the user wants none, or the project has real keys or names another server.
    """
    if choice == "none":
        return None
    if project.has_own_data():
        output.say(text("up.data-real"))
        return None
    folder = own_folder.make(project.directory, "data") if choice == "keep" else None
    data = Data(folder, lambda problem: log.note(problem, "warning"))
    project.use_data(data.url)
    kept = text("up.data-kept", folder=FOLDER) if folder else text("up.data-memory")
    output.say(text("up.data", url=data.url, kept=kept))
    if folder and not _is_left_behind(project.directory):
        output.say(text("up.warn.data-uploaded", folder=f"{folder.parent.name}/"))
    return data


@contextmanager
def in_memory(given: Mapping[str, str], failed: Callable[[str], None]) -> Iterator[dict[str, str]]:
    """Serve data for one start of an app; yield the variables by which it finds the service.

    None, where the user gives the app keys or another server.
    """
    if "LEANCLOUD_APP_ID" in given or API_SERVER in given:
        yield {}
        return
    made_up = environment.platform_variables(0)
    keys = {name: given.get(name, made_up[name]) for name in KEYS}
    data = Data(None, failed)
    try:
        data.start(keys, None)
        yield {**keys, API_SERVER: data.url}
    finally:
        data.stop()


def _is_left_behind(project: Path) -> bool:
    """Say whether an upload leaves the data behind; the vendor's own list does not name
    our folder.
    """
    try:
        lines = files.lines(files.decode(files.read(project / ".leanignore")))
    except OSError:
        return False
    return any(line.strip().strip("/") == Path(FOLDER).parts[0] for line in lines)


def running(project: Path) -> str | None:
    """Return the address of the service that runs for a project, for another shell."""
    try:
        return files.decode(files.read(project / FOLDER / ADDRESS)).strip() or None
    except OSError:
        return None
