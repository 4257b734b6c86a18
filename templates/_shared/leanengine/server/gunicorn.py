"""{{ "gunicorn 的 Python 配置；其余在 `leanengine.yaml` 中：`gunicorn --config python:leanengine.server`。" if cookiecutter.language == "zh" else "What gunicorn asks of Python; `leanengine.yaml` has the rest: `gunicorn --config python:leanengine.server`." }}"""

from __future__ import annotations

import signal
from typing import Any

from leanengine import address

bind = address.both()


def post_worker_init(worker: Any) -> None:
    """{{ "其他主机会发送 SIGINT 与 SIGQUIT：与 SIGTERM 一样等请求完成，否则 gunicorn 会中断它们。" if cookiecutter.language == "zh" else "Let requests finish at SIGINT and SIGQUIT, which other hosts send, as at SIGTERM; gunicorn would cut them off." }}"""
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, worker.handle_exit)
