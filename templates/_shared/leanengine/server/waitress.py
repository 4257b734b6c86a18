{% if cookiecutter.language == "zh" %}
"""用 waitress 运行 `{{ 'leanengine.app' if cookiecutter._app_module else 'wsgi' }}:application`，由 `leanengine.yaml` 启动：`python -m leanengine.server`。"""
{% else %}
"""Serves `{{ 'leanengine.app' if cookiecutter._app_module else 'wsgi' }}:application` with waitress. `leanengine.yaml` runs it: `python -m leanengine.server`."""
{% endif %}

from __future__ import annotations

import logging
import signal
import threading
import time
from typing import Any

from waitress import create_server, wasyncore
from waitress.task import ThreadedTaskDispatcher

from {{ 'leanengine.environment' if cookiecutter._app_module else 'env' }} import env
from leanengine import address, common
from leanengine.logs import announce
from {{ 'leanengine.app' if cookiecutter._app_module else 'wsgi' }} import application

# {{ "waitress 读完整个请求后才交给线程，因此慢速访客不会拖住其他人。线程只在应用运行期间被占用；" if cookiecutter.language == "zh" else "waitress reads each request in full before a thread sees it, so slow visitors hold up nobody. A thread is taken" }}
# {{ "用八个线程，让慢请求不至于拖住其他请求。" if cookiecutter.language == "zh" else "while the app runs; eight, so that a slow request does not hold up the others." }}
THREADS = 8
# {{ "每个连接占用一到两个文件描述符，而进程通常只有 1024 个。超过此数后，" if cookiecutter.language == "zh" else "Each takes a file descriptor, or two, and a process often has 1024 of them. Beyond this number the connection that has" }}
# {{ "空闲最久的连接让位给新连接。" if cookiecutter.language == "zh" else "been quiet for longest makes way for a new one." }}
MAX_CONNECTIONS = 500
# {{ "在此以内，访客能读到应用自己的拒绝响应；更大的请求 waitress 不再读取。" if cookiecutter.language == "zh" else "Up to here the app's own refusal can be read; waitress stops reading what is larger." }}
MAX_BODY_SIZE = 2 * common.MAX_BODY_MB * 2**20
# {{ "SIGTERM：平台等待 10 秒，因此给请求 8 秒时间完成。" if cookiecutter.language == "zh" else "SIGTERM: the platform waits 10 seconds, so requests get 8 to finish." }}
GRACEFUL_TIMEOUT = 8
# {{ "此时仍给连接这么久的时间发送最后一个请求。" if cookiecutter.language == "zh" else "For how long a connection is given the chance of a last request then." }}
QUIET = 0.5


class Dispatcher(ThreadedTaskDispatcher):
    """{{ "运行应用的线程。健康检查有专用的线程：其余线程都忙时也能响应。" if cookiecutter.language == "zh" else "The threads that run the app. The health check has one of its own: it is answered when all others are busy." }}"""

    def __init__(self) -> None:
        super().__init__()
        self.set_thread_count(THREADS)
        self.health_checks = ThreadedTaskDispatcher()
        self.health_checks.set_thread_count(1)

    def add_task(self, task: Any) -> None:
        # {{ "读不懂的请求没有路径。" if cookiecutter.language == "zh" else "A request that could not be read has no path." }}
        if common.is_ping(getattr(task.requests[0], "path", "")):
            self.health_checks.add_task(task)
        else:
            super().add_task(task)


def serve() -> None:
    """{{ "运行服务，直到 SIGTERM、SIGINT（Ctrl-C）或 SIGQUIT，然后等正在处理的请求完成。" if cookiecutter.language == "zh" else "Serve until SIGTERM, SIGINT (Ctrl-C) or SIGQUIT, then let the requests that are running finish." }}"""
    # {{ "它会为每个等待的请求输出警告，而日志每分钟只保留 600 行。" if cookiecutter.language == "zh" else "It warns of every request that has to wait, and 600 log lines a minute are kept." }}
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    sockets: dict[int, Any] = {}
    server = create_server(
        application,
        map=sockets,
        host=address.host(),
        port=env.LEANCLOUD_APP_PORT,
        connection_limit=MAX_CONNECTIONS + 20,
        max_request_body_size=MAX_BODY_SIZE,
        clear_untrusted_proxy_headers=False,  # {{ "应用能读到 X-Forwarded-Proto 等请求头" if cookiecutter.language == "zh" else "the app gets X-Forwarded-Proto and the like" }}
        _dispatcher=Dispatcher(),
    )
    stopped = stopped_by_signal(server)
    announce(address.both())
    while not stopped.is_set():
        wasyncore.loop(timeout=1, use_poll=True, map=sockets, count=1)
        if len(server.active_channels) > MAX_CONNECTIONS:
            close_quietest(server)

    stop_listening(server)
    deadline = time.time() + GRACEFUL_TIMEOUT
    while server.active_channels and time.time() < deadline:
        for channel in server.active_channels.values():
            finish(channel)
        wasyncore.loop(timeout=0.1, use_poll=True, map=sockets, count=1)


def stopped_by_signal(server: Any) -> threading.Event:
    """{{ "返回一个事件，第一个信号会设置它；第二个信号立即结束进程。" if cookiecutter.language == "zh" else "Return an event that the first signal sets; a second one ends the process at once." }}"""
    stopped = threading.Event()

    def stop(number: int, frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        stopped.set()
        server.pull_trigger()  # {{ "用来唤醒事件循环" if cookiecutter.language == "zh" else "so that the loop wakes up" }}

    for name in ("SIGTERM", "SIGINT", "SIGQUIT"):
        if hasattr(signal, name):  # {{ "Windows 没有 SIGQUIT" if cookiecutter.language == "zh" else "Windows has no SIGQUIT" }}
            signal.signal(getattr(signal, name), stop)
    return stopped


def close_quietest(server: Any) -> None:
    """{{ "关闭空闲最久的连接，正在由应用响应的除外。" if cookiecutter.language == "zh" else "Close the connection that has been quiet for longest, but for those with a request that the app answers." }}"""
    waiting = [channel for channel in server.active_channels.values() if not channel.requests]
    if waiting:
        min(waiting, key=lambda channel: channel.last_activity).handle_close()


def stop_listening(server: Any) -> None:
    """{{ "先接受正在等待的连接（否则会被重置），之后不再接受。" if cookiecutter.language == "zh" else "Accept the connections that wait for it, which would be reset, then no more." }}"""
    before = -1
    while before < len(server.active_channels):
        before = len(server.active_channels)
        server.handle_accept()
    server.del_channel()
    server.socket.close()


def finish(channel: Any) -> None:
    """{{ "关闭空闲的连接；对其余连接，告知客户端响应后即关闭。" if cookiecutter.language == "zh" else "Close a connection that is quiet; tell the client of another that it will be closed after the answer." }}"""
    for request in channel.requests:
        request.headers["CONNECTION"] = "close"
    busy = channel.request or channel.requests or channel.total_outbufs_len
    if not busy and channel.last_activity < time.time() - QUIET:
        channel.will_close = True


if __name__ == "__main__":
    serve()
