{% if cookiecutter.language == "zh" %}
"""用 uvicorn 运行 `{{ 'leanengine.app' if cookiecutter._app_module else 'wsgi' }}:application`，由 `leanengine.yaml` 启动：`python -m leanengine.server`。"""
{% else %}
"""Serves `{{ 'leanengine.app' if cookiecutter._app_module else 'wsgi' }}:application` with uvicorn. `leanengine.yaml` runs it: `python -m leanengine.server`."""
{% endif %}

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys

import uvicorn
from uvicorn.supervisors import multiprocess

from {{ 'leanengine.environment' if cookiecutter._app_module else 'env' }} import env
from leanengine import address

# {{ "每个 CPU 一个进程。" if cookiecutter.language == "zh" else "One process a CPU." }}
WORKERS = int(os.environ.get("LEANCLOUD_AVAILABLE_CPUS") or 1)
# {{ "SIGTERM：平台等待 10 秒，因此给请求 8 秒时间完成。" if cookiecutter.language == "zh" else "SIGTERM: the platform waits 10 seconds, so requests get 8 to finish." }}
GRACEFUL_TIMEOUT = 8
# {{ "此时仍给连接这么久的时间发送最后一个请求。" if cookiecutter.language == "zh" else "For how long a connection is given the chance of a last request then." }}
QUIET = 0.5

if hasattr(signal, "SIGQUIT"):  # {{ "Windows 没有这个信号" if cookiecutter.language == "zh" else "Windows has none" }}
    # {{ "其他主机会发送这个信号；uvicorn 只识别 SIGTERM 与 SIGINT。它的每个进程都会导入本模块。" if cookiecutter.language == "zh" else "Other hosts send it; uvicorn only knows SIGTERM and SIGINT. Each of its processes imports this module." }}
    signal.signal(signal.SIGQUIT, lambda number, frame: signal.raise_signal(signal.SIGTERM))


class Server(uvicorn.Server):
    """{{ "结束时先不再接受新连接，再等已连接的客户端发来请求；uvicorn 会直接关闭它们。" if cookiecutter.language == "zh" else "Accepts no more connections at the end, and lets those that are there send a request; uvicorn would close them." }}"""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        copies = [address.copy(each) for server in self.servers for each in server.sockets]
        for listening in [*self.servers, *(sockets or [])]:
            listening.close()
        for listening in copies:
            for connection, _ in address.left(listening):
                await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        await asyncio.sleep(QUIET)
        await super().shutdown()

    def _protocol(self) -> asyncio.Protocol:
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


class Processes(multiprocess.Multiprocess):
    """{{ "结束时主进程也不再监听；否则新连接会一直等到它结束。" if cookiecutter.language == "zh" else "At the end the first process listens no more either; new connections would wait until it is gone." }}"""

    def terminate_all(self) -> None:
        for listening in self.sockets:
            listening.close()
        super().terminate_all()


# {{ "多个进程时，每个进程运行的服务器。" if cookiecutter.language == "zh" else "What each of several processes runs." }}
multiprocess.Server = Server  # type: ignore[misc]


def serve() -> None:
    """{{ "运行服务，直到 SIGTERM、SIGINT（Ctrl-C）或 SIGQUIT。" if cookiecutter.language == "zh" else "Serve until SIGTERM, SIGINT (Ctrl-C) or SIGQUIT." }}"""
    config = uvicorn.Config(
        "{{ 'leanengine.app' if cookiecutter._app_module else 'wsgi' }}:application",
        host=address.host(),
        port=env.LEANCLOUD_APP_PORT,
        workers=WORKERS,
        timeout_graceful_shutdown=GRACEFUL_TIMEOUT,
        access_log=False,
        log_level="warning",  # {{ "不为每个 WebSocket 记录日志" if cookiecutter.language == "zh" else "no line for each websocket" }}
    )
    server = Server(config)
    if WORKERS > 1:
        listening = config.bind_socket()
        # {{ "连接会继承此设置；否则每个响应都要等待客户端确认 40 毫秒。" if cookiecutter.language == "zh" else "Its connections inherit this; without it each answer waits 40 ms for the client." }}
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Processes(config, sockets=[listening]).run()
    else:
        server.run()
        sys.exit(0 if server.started else 1)


if __name__ == "__main__":
    serve()
