"""What `scaffold up` says of an app that runs: its addresses last, after the server's own words."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

from scaffold import output
from scaffold.engine import health
from scaffold.engine.listeners import listeners
from scaffold.errors import FailedError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.up.supervisor import AppState, Supervisor

# What servers print when they start, one line each; what an app prints itself is never like it.
_BANNER = re.compile(
    r"\[\d+\] \[INFO\] (?:Starting gunicorn|Listening at|Using worker|Booting|Control socket)"
    r"|\[INFO\] (?:Starting granian|Listening at|Spawning worker|Started worker|Shutting down)"
    r"|^INFO: +(?:Started server process|Waiting for application|Application startup|Uvicorn run)"
    r"|(?:INFO:waitress:)?Serving on http"
    r"|^ \* (?:Serving Flask|Debug mode|Running on|Restarting with|Debugger)"
    r"|WARNING: This is a development server|Press CTRL\+C to quit"
    r"|^Listening on http|^running \"unix_signal|^--- Python VM|^\*\*\* "
    r"|^(?:uwsgi|uWSGI|spawned uWSGI|WSGI app 0|mapped \d|your |detected |current working"
    r"|compiled with|os: |nodename|machine:|clock source|pcre jit|lock engine|thunder lock|Python "
    r"main interpreter|Python version|set(?:ting|gid|uid)|python threads|limit|dropping|chdir|"
    r"building mime|thread support|\[uWSGI\]|uwsgi socket)"
    r"|\[INFO\].*(?:Goin' Fast|Starting worker|Sanic v|mode: |server: sanic|python: |platform: |"
    r"packages: )|^ *[┌├└│]|^Main .* INFO: (?:Starting worker|Worker ready) \[\d+\]$"
)


class Announcement:
    """Shows where the app and the console are, each time that the app became healthy.

    Args:
        name: the project's.
        supervisor: keeps the app running.
    """

    def __init__(self, name: str, supervisor: Supervisor) -> None:
        self.console = ""
        self._name = name
        self._supervisor = supervisor
        self._lock = threading.Lock()
        self._is_ready = False
        self._is_shown = False
        self._folded: list[str] = []

    def folds(self, line: str) -> bool:
        """Return whether a line of the app is its server's banner, which is kept back."""
        if self._supervisor.state.status != "starting" or not _BANNER.search(line):
            return False
        self._folded.append(line)
        return True

    def ready(self) -> None:
        """Note that all that has an address has it; the app may be healthy already."""
        with self._lock:
            self._is_ready = True
            if self._supervisor.state.status != "starting":
                self._show()

    def changed(self, state: AppState) -> None:
        """Say what there is to say of a new state; may be called from any thread."""
        with self._lock:
            if state.status not in {"healthy", "installing"}:
                self._unfold()
            self._folded.clear()
            if self._is_ready and (state.status == "healthy" or not self._is_shown):
                self._show()

    def _unfold(self) -> None:
        """Show what was kept back: something fails, and it may say why."""
        try:
            for line in self._folded:
                output.app_line(line)
        except (BrokenPipeError, FailedError) as error:
            self._supervisor.give_up(error)

    def _show(self) -> None:
        self._is_shown = True
        port = self._supervisor.port
        output.say(text("up.app", name=self._name, url=f"http://{health.LOOPBACK}:{port}/"))
        if self.console:
            output.say(text("up.console", url=self.console))
        if is_open(self._supervisor.processes(), port):
            output.say(output.style(text("up.open", port=port), "dim"))
        output.say(output.style(text("up.how-to-end"), "dim"))


def is_open(processes: Sequence[int], port: int) -> bool:
    """Return whether other machines can reach the port of some processes, as far as is known."""
    found = [one for one in listeners(processes) if one.port == port]
    return any(not one.is_loopback for one in found)
