"""{{ "开发环境中，应用的文件改动后重启应用。" if cookiecutter.language == "zh" else "Starts the app again in development when one of its files changes." }}"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread

HERE = Path(__file__).parent.parent


def start() -> None:
    """{{ "用线程监视文件；`scaffold up` 自己会监视，由它启动时不再监视。" if cookiecutter.language == "zh" else "Watch the files from a thread; not under `scaffold up`, which watches them itself." }}"""
    if "SCAFFOLD_PROCESS" not in os.environ:
        Thread(target=restart_on_change, daemon=True).start()


def restart_on_change() -> None:
    """{{ "等到应用的某个文件改动，然后用新进程取代当前进程。" if cookiecutter.language == "zh" else "Wait until a file of the app changes, then put a new process in the place of this one." }}"""
    before = modified()
    while modified() == before:
        time.sleep(0.5)
    for number in range(3, 256):  # {{ "否则旧的监听套接字会留在新进程里" if cookiecutter.language == "zh" else "the old socket would stay open in the new process" }}
        with suppress(OSError):
            os.set_inheritable(number, False)
    os.execv(sys.executable, [sys.executable, *sys.argv])


def modified() -> dict[str | Path, float]:
    """{{ "返回每个已导入的模块和每个模板的修改时间。" if cookiecutter.language == "zh" else "Return when each imported module and each template was last changed." }}"""
    modules = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    times = {}
    for path in [*modules, *HERE.glob("templates/**/*")]:
        if path:
            with suppress(OSError):  # {{ "刚被删除，或在 zip 包里" if cookiecutter.language == "zh" else "just deleted, or in a zip file" }}
                times[path] = os.stat(path).st_mtime
    return times
