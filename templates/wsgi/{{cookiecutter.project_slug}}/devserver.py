"""A server for development. On the platform leanengine.yaml starts another one."""

import os
import sys
import time
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIServer, make_server


class ThreadedServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True  # Ctrl-C does not wait for them


def serve(app, port):
    """Serve a WSGI app on every address until Ctrl-C; start again when a file changes."""
    Thread(target=restart_on_change, daemon=True).start()
    with make_server("0.0.0.0", port, app, ThreadedServer) as server:
        print(f"http://localhost:{port} (Ctrl-C ends it)", file=sys.stderr)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


def restart_on_change():
    """Wait until a file that the app is made of changes, then put a new process in the place of this one."""
    before = modified()
    while modified() == before:
        time.sleep(0.5)
    os.execv(sys.executable, [sys.executable, *sys.argv])


def modified():
    """Return when each imported module and each template was last changed."""
    modules = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    templates = Path(__file__).with_name("templates").iterdir()
    return {path: os.stat(path).st_mtime for path in [*modules, *templates] if path and os.path.exists(path)}
