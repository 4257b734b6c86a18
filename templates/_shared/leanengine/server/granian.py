{% set old = cookiecutter.dependencies == 'sdk' and cookiecutter.__interface == 'wsgi' %}
{% if cookiecutter.language == "zh" %}
"""用 granian 运行 `{{ 'leanengine.app' if cookiecutter._app_module else 'wsgi' }}:application`，由 `leanengine.yaml` 启动：`python -m leanengine.server`。"""
{% else %}
"""Serves `{{ 'leanengine.app' if cookiecutter._app_module else 'wsgi' }}:application` with granian. `leanengine.yaml` runs it: `python -m leanengine.server`."""
{% endif %}

{% if old %}
from __future__ import annotations

{% endif %}
import os
import signal
{% if old %}
import threading
import time
from typing import Any
{% endif %}

{% if old %}
import granian.server
from granian import Granian, _loops
from granian.constants import Interfaces
{% else %}
from granian import Granian
{% endif %}

from {{ 'leanengine.environment' if cookiecutter._app_module else 'env' }} import env
from leanengine import address

# {{ "每个 CPU 一个进程。" if cookiecutter.language == "zh" else "One process a CPU." }}
WORKERS = int(os.environ.get("LEANCLOUD_AVAILABLE_CPUS") or 1)
{% if cookiecutter.__interface == 'wsgi' %}
# {{ "八个线程，让慢请求不至于拖住其他请求。granian 会提示八个太多：对计算来说确实太多，" if cookiecutter.language == "zh" else "Eight, so that a slow request does not hold up the others. granian warns that eight are many. They are, for computing;" }}
# {{ "但大部分时间都在等待数据存储。" if cookiecutter.language == "zh" else "most of the time they wait for the data store." }}
THREADS = 8
{% endif %}
# {{ "SIGTERM：平台等待 10 秒，因此给请求 8 秒时间完成。" if cookiecutter.language == "zh" else "SIGTERM: the platform waits 10 seconds, so requests get 8 to finish." }}
GRACEFUL_TIMEOUT = 8
{% if old %}
# {{ "读到一半的请求与尚未发完的响应所需的秒数。" if cookiecutter.language == "zh" else "Seconds for a request that is half read, and for a response that is being sent." }}
PAUSE = 0.2
# {{ "正在处理的请求。" if cookiecutter.language == "zh" else "The requests that are running." }}
running: set[object] = set()


def counted(app: Any, *settings: Any, wrap: Any = granian.server._wsgi_call_wrap) -> Any:
    """{{ "与 granian 一样包装应用，并记录正在处理的请求。" if cookiecutter.language == "zh" else "Wrap the app as granian does, and count the requests that are running." }}"""
    respond = wrap(app, *settings)

    def respond_counted(scope: Any) -> Any:
        request = object()
        running.add(request)
        try:
            return respond(scope)
        finally:
            running.discard(request)

    return respond_counted


def stopped_when_idle(loop: Any, numbers: list[int]) -> Any:
    """{{ "返回使工作进程结束的信号；这个旧版 granian 会在收到 SIGTERM 时中断请求，这里等它们完成。" if cookiecutter.language == "zh" else "Return what ends a worker. This old granian cuts requests off at SIGTERM; here they finish first." }}"""
    stopped = _loops.WorkerSignal()

    def wait() -> None:
        deadline = time.monotonic() + GRACEFUL_TIMEOUT
        time.sleep(PAUSE)
        while running and time.monotonic() < deadline:
            time.sleep(PAUSE)
        time.sleep(PAUSE)
        stopped.set()

    for number in numbers:
        loop.add_signal_handler(number, lambda: threading.Thread(target=wait, daemon=True).start())
    return stopped


# {{ "granian 的每个进程都会导入本模块；requirements.txt 固定了它的版本。" if cookiecutter.language == "zh" else "Each of granian's processes imports this module; requirements.txt pins its version." }}
if os.name == "posix":
    granian.server._wsgi_call_wrap = counted
    _loops.set_loop_signals = stopped_when_idle
{% endif %}

if hasattr(signal, "SIGQUIT"):  # {{ "Windows 没有这个信号" if cookiecutter.language == "zh" else "Windows has none" }}
    # {{ "其他主机会发送这个信号；granian 只识别 SIGTERM 与 SIGINT。它的每个进程都会导入本模块。" if cookiecutter.language == "zh" else "Other hosts send it; granian only knows SIGTERM and SIGINT. Each of its processes imports this module." }}
    signal.signal(signal.SIGQUIT, lambda number, frame: signal.raise_signal(signal.SIGTERM))


if __name__ == "__main__":
    Granian(
        "{{ 'leanengine.app' if cookiecutter._app_module else 'wsgi' }}:application",
        address=address.host(),
        port=env.LEANCLOUD_APP_PORT,
{% if old %}
        interface=Interfaces.{{ cookiecutter.__interface | upper }},
{% else %}
        interface="{{ cookiecutter.__interface }}",
{% endif %}
        workers=WORKERS,
{% if cookiecutter.__interface == 'wsgi' %}
        {{ 'pthreads' if old else 'blocking_threads' }}=THREADS,
        websockets=False,
{% endif %}
{% if not old %}
        workers_kill_timeout=GRACEFUL_TIMEOUT,
{% endif %}
    ).serve()
