{% set asynchronous = cookiecutter.__interface != 'wsgi' %}
"""{{ "为测试启动应用，与生产环境的运行方式相同。" if cookiecutter.language == "zh" else "Starts the app as it runs in production, for the tests." }}"""

from __future__ import annotations

import http.client
import json
import os
{% if cookiecutter.cloud_functions %}
import shutil
{% endif %}
{% if asynchronous or cookiecutter.cloud_functions %}
import signal
import socket
import subprocess
{% endif %}
{% if asynchronous %}
import sys
{% endif %}
{% if asynchronous or cookiecutter.cloud_functions %}
import time
from contextlib import contextmanager, suppress
{% endif %}
{% if asynchronous %}
from pathlib import Path
{% else %}
{% if cookiecutter.cloud_functions %}
from socketserver import ThreadingMixIn
{% endif %}
from threading import Thread
{% endif %}
from typing import TYPE_CHECKING, Any, NamedTuple
{% if not asynchronous %}
from wsgiref.simple_server import WSGIRequestHandler, {{ 'WSGIServer, ' if cookiecutter.cloud_functions else '' }}make_server
{% endif %}

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

{% if asynchronous or cookiecutter.cloud_functions %}

def free_port() -> int:
    """{{ "返回一个空闲的端口。" if cookiecutter.language == "zh" else "Return a port that nobody listens on." }}"""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


{% endif %}
{% if cookiecutter.cloud_functions %}
STORE_PORT = free_port()
{% endif %}
# {{ "须在导入应用之前。测试不会访问真实的应用与数据。" if cookiecutter.language == "zh" else "Before the app is imported. No test reaches the real app or its data." }}
os.environ.update(
    LEANCLOUD_APP_ENV="production",
{% if cookiecutter.cloud_functions %}
    LEANCLOUD_APP_ID="test-id",
    LEANCLOUD_APP_KEY="test-key",
    LEANCLOUD_APP_MASTER_KEY="test-master-key",
    LEANCLOUD_APP_HOOK_KEY="test-hook-key",
    LEANCLOUD_API_SERVER=f"http://127.0.0.1:{STORE_PORT}",
{% endif %}
{% if cookiecutter.backend == 'django' %}
    SECRET_KEY="test-secret-key-as-long-as-django-would-like-it-to-be",
{% elif cookiecutter.sessions %}
    SECRET_KEY="test-secret-key",
{% endif %}
{% if cookiecutter.https_redirect %}
    DOMAINS="www.example.com",
{% endif %}
)
{% if not asynchronous %}

import wsgi
{% endif %}


class Response(NamedTuple):
    """{{ "测试所查看的响应内容。" if cookiecutter.language == "zh" else "The parts of a response that tests look at." }}"""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Client:
    """{{ "向服务器发送请求，默认如同平台的负载均衡转发 https:// 访客的请求。" if cookiecutter.language == "zh" else "Sends requests to the server, by default as the platform's load balancer does for an https:// visitor." }}"""

    def __init__(self, port: int) -> None:
        self.port = port

    def __call__(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: Any = None, scheme: str = "https"
    ) -> Response:
        """{{ "返回响应，`body` 为 bytes；请求体不是 bytes 时以 JSON 发送。" if cookiecutter.language == "zh" else "Return the response, with its `body` as bytes; a body that is not bytes is sent as JSON." }}"""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        headers = {"X-Forwarded-Proto": scheme, "Content-Type": "application/json", **(headers or {})}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Response(response.status, response.headers, response.read())
        finally:
            connection.close()


{% if asynchronous or cookiecutter.cloud_functions %}
@contextmanager
def running(command: list[str], client: Client, health: str, environ: dict[str, str]) -> Iterator[Client]:
    """{{ "启动一个服务，正常响应后返回其客户端，最后将它结束。" if cookiecutter.language == "zh" else "Start a service, return its client as soon as it is healthy, and end it afterwards." }}"""
    process = subprocess.Popen(command, env=environ, start_new_session=True)
    try:
        wait_until_healthy(client, health, process)
        yield client
    finally:
        # {{ "结束整个进程组：文件改动后自动重启的服务器有两个进程。" if cookiecutter.language == "zh" else "The whole group: a server that starts again when a file changes is two processes." }}
        if os.name == "posix":
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()


def wait_until_healthy(client: Client, health: str, process: subprocess.Popen[bytes]) -> None:
    """{{ "健康检查通过时立即返回。" if cookiecutter.language == "zh" else "Return as soon as the health check is answered." }}"""
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        with suppress(OSError):
            if client("GET", health).status == 200:
                return
        time.sleep(0.05)
    pytest.fail(f"{process.args!r} does not start")


{% endif %}
{% if asynchronous %}
@pytest.fixture(scope="session")
def client() -> Iterator[Client]:
    """{{ "用应用自己的服务器启动应用，返回其客户端。" if cookiecutter.language == "zh" else "Start the app on its own server and return a client of it." }}"""
    client = Client(free_port())
    environ = {**os.environ, "LEANCLOUD_APP_PORT": str(client.port)}
    command = [sys.executable, str(Path(__file__).parent.with_name("wsgi.py"))]
    with running(command, client, "/__engine/1/ping", environ) as client:
        yield client
{% else %}
{% if cookiecutter.cloud_functions %}
class ThreadingServer(ThreadingMixIn, WSGIServer):
    """{{ "函数保存数据时，数据服务会再次请求应用。" if cookiecutter.language == "zh" else "While a function stores something, the data service calls the app again." }}"""

    daemon_threads = True


{% endif %}
class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """{{ "不让访问日志出现在测试报告里。" if cookiecutter.language == "zh" else "Keep the access log out of the test report." }}"""


@pytest.fixture(scope="session")
def client() -> Iterator[Client]:
    """{{ "运行应用，返回其客户端。" if cookiecutter.language == "zh" else "Run the app and return a client of it." }}"""
    server = make_server("127.0.0.1", 0, wsgi.application, {{ 'ThreadingServer, QuietHandler' if cookiecutter.cloud_functions else 'handler_class=QuietHandler' }})
    Thread(target=server.serve_forever, daemon=True).start()
    yield Client(server.server_port)
    server.shutdown()
    server.server_close()
{% endif %}
{% if cookiecutter.cloud_functions %}


@pytest.fixture(scope="session")
def store(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """{{ "启动空的数据服务，它会调用应用的 Hook；返回其客户端。" if cookiecutter.language == "zh" else "Start a data service, empty, that calls the app's hooks, and return a client of it." }}"""
    scaffold = shutil.which("scaffold") or pytest.skip(
        "scaffold, which brings the data service, is not on PATH: run `scaffold test`"
    )
    folder = tmp_path_factory.mktemp("store")
    command = [scaffold, "store", "serve", "--port", str(STORE_PORT), "--engine", f"http://127.0.0.1:{client.port}"]
    command += ["--database", f"sqlite:///{folder / 'store.sqlite3'}", "--files", str(folder / "files")]
    # {{ "不使用真实数据服务的设置。" if cookiecutter.language == "zh" else "Without the settings of a real one." }}
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SCAFFOLD_STORE_")}
    with running(command, Client(STORE_PORT), "/ready", environ) as store:
        yield store
{% endif %}
