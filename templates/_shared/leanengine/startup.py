"""{{ "应用的启动：开发环境读取 `.env`；环境变量有误时输出说明，不带 traceback。" if cookiecutter.language == "zh" else "The start of the app: `.env` in development, and a message without a traceback for a wrong environment." }}"""

from __future__ import annotations

{% set secret = (cookiecutter.sessions or cookiecutter.backend == 'django') and not cookiecutter._app_module %}
{% if cookiecutter.cloud_functions %}
import logging
{% endif %}
import os
{% if cookiecutter.cloud_functions or secret %}
import secrets
{% endif %}
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dotenv import dotenv_values

from leanengine import address

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

T = TypeVar("T")

DOTENV = Path(__file__).parent.with_name(".env")
{% if cookiecutter.cloud_functions %}
KEYS = ["LEANCLOUD_APP_ID", "LEANCLOUD_APP_KEY", "LEANCLOUD_APP_MASTER_KEY", "LEANCLOUD_APP_HOOK_KEY"]
{% endif %}
{% if cookiecutter.server == 'uwsgi' %}
# {{ "告诉 uWSGI：重新启动 worker 同样会失败。" if cookiecutter.language == "zh" else "Tells uWSGI that a new worker would fail as this one did." }}
EXIT_CODE = 22
{% else %}
# {{ "告诉 gunicorn：重新启动 worker 同样会失败。" if cookiecutter.language == "zh" else "Tells gunicorn that a new worker would fail as this one did." }}
EXIT_CODE = 3
{% endif %}

HELP = """The app cannot start: environment variables are missing or wrong.

{faults}

On your machine: copy .env.example to .env and fill it in.
On the platform: LEANCLOUD_* is set for you; set the others in the console, then deploy again."""
{% if cookiecutter.cloud_functions %}

logger = logging.getLogger(__name__)
{% endif %}


class EnvError(Exception):
    """{{ "环境变量不符合要求；异常信息列出所有问题和解决办法。" if cookiecutter.language == "zh" else "The environment does not fit; the message says all of what is wrong and what to do." }}"""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(HELP.format(faults="\n".join(f"  {fault}" for fault in faults)))


def fill(environ: MutableMapping[str, str], dotenv: Path) -> None:
    """{{ "把端口写入 `environ`；开发环境中还会补上文件 `dotenv` 里的变量。" if cookiecutter.language == "zh" else "Add the port to the mapping `environ`, and in development what the file `dotenv` holds, where that lacks it." }}"""
    if (environ.get("LEANCLOUD_APP_ENV") or "development") == "development":
        # {{ "直接写入 `environ`，因为一些库会从那里读取（如 LeanCloud SDK）。" if cookiecutter.language == "zh" else "Into `environ` itself, as libraries look there (the LeanCloud SDK does)." }}
        for name, text in dotenv_values(dotenv).items():
            if text and not environ.get(name):
                environ[name] = text
{% if cookiecutter.cloud_functions or secret %}
        make_up(environ)
{% endif %}
    environ["LEANCLOUD_APP_PORT"] = address.port(environ)
{% if cookiecutter.cloud_functions or secret %}


def make_up(environ: MutableMapping[str, str]) -> None:
    """{{ "为开发环境中可以缺少的变量生成临时的值，每次启动都不同。" if cookiecutter.language == "zh" else "Give development throw-away values of what it may go without; those of the next start are others." }}"""
{% if secret %}
    environ["SECRET_KEY"] = environ.get("SECRET_KEY") or secrets.token_hex(32)
{% endif %}
{% if cookiecutter.cloud_functions %}
    missing = [name for name in KEYS if not environ.get(name)]
    for name in missing:
        environ[name] = secrets.token_hex(32)
    if missing:
        names = ", ".join(missing)
        logger.warning("Throw-away values for %s: put the real ones into .env, as .env.example says.", names)
{% endif %}
{% endif %}


def checked(read: Callable[[MutableMapping[str, str], Path], T]) -> T:
    """{{ "返回 `read(environ, dotenv)` 的结果；遇到 EnvError 时输出说明并结束进程。" if cookiecutter.language == "zh" else "Return what `read(environ, dotenv)` does; end the process with the message of an EnvError." }}"""
    # {{ "应用的输出立即进入日志：stdout 不是终端时，Python 会先缓存。" if cookiecutter.language == "zh" else "What the app prints is in the log at once: where stdout is no terminal, Python keeps it back until there is a lot." }}
    stdout: Any = sys.stdout
    stdout.reconfigure(line_buffering=True)
    try:
        return read(os.environ, DOTENV)
    except EnvError as error:
        print(error, file=sys.stderr)
        raise SystemExit(EXIT_CODE) from None
