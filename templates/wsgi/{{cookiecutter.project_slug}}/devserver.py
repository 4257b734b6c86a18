"""{{ "开发服务器。平台上由 leanengine.yaml 启动另一个服务器。" if cookiecutter.language == "zh" else "A server for development. On the platform leanengine.yaml starts another one." }}"""

from __future__ import annotations

from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIServer, make_server

from leanengine import reload
from leanengine.logs import announce

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class ThreadedServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True  # {{ "按 Ctrl-C 时不等待它们" if cookiecutter.language == "zh" else "Ctrl-C does not wait for them" }}


def serve(app: WSGIApplication, port: int) -> None:
    """{{ "在所有地址上运行 WSGI 应用，直到 Ctrl-C；文件改动后自动重启。" if cookiecutter.language == "zh" else "Serve a WSGI app on every address until Ctrl-C; start again when a file changes." }}"""
    reload.start()
    with make_server("0.0.0.0", port, app, ThreadedServer) as server:
        announce(f"localhost:{port}")
        server.serve_forever()
