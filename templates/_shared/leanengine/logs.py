"""{{ "避免会话令牌与密钥写入日志。" if cookiecutter.language == "zh" else "Keeps session tokens and keys out of the log." }}"""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

# {{ "地址中的 `?session_token=…`，请求头中的 `X-LC-Key: …`，请求体中的 `'_MasterKey': '…'`。" if cookiecutter.language == "zh" else "`?session_token=…` in addresses, `X-LC-Key: …` in headers, `'_MasterKey': '…'` in bodies." }}
SECRET = re.compile(
    r"""((?:session[-_]?token|x-lc-(?:session|key|sign|hook-key)|request-sign
    |(?:application|app|master|hook)[-_]?key)["']?\s*[=:]\s*["']?)[^\s"'&;)\]}]+""",
    re.IGNORECASE | re.VERBOSE,
)


def hide_secrets() -> None:
    """{{ "不让密钥写到 stdout 与 stderr，不论由谁输出：服务器、框架或异常信息。" if cookiecutter.language == "zh" else "Let no secret through to stdout and stderr, whoever writes: servers, frameworks, tracebacks." }}"""
    streams: list[Any] = [sys.stdout, sys.stderr]
    for stream in streams:
        stream.write = masked(stream.write)


def masked(write: Callable[[str], int]) -> Callable[[str], int]:
    """{{ "返回流的 `write` 方法，它会隐去文本中的密钥。" if cookiecutter.language == "zh" else "Return the method `write` of a stream with secrets put out of the text." }}"""
    return lambda text: write(SECRET.sub(r"\1***", text))


def announce(where: str) -> None:
    """{{ "说明应用监听的地址；`logging` 默认不输出 INFO 级别。" if cookiecutter.language == "zh" else "Say where the app listens: an INFO, which `logging` keeps to itself unless it is set up." }}"""
    logger = logging.getLogger("leanengine.server")
    logger.setLevel(logging.INFO)
    if not logger.hasHandlers():
        logger.addHandler(logging.StreamHandler())
    logger.info("Listening on http://%s", where)
