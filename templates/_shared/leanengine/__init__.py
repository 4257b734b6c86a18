"""{{ "应用与平台对接的部分。此文件夹属于模板，会随更新改动。" if cookiecutter.language == "zh" else "What the platform asks of an app. This folder belongs to the template; updates renew it." }}"""

import os
import signal
import sys

# {{ "启动过程中按 Ctrl-C：不输出 traceback 就结束，服务器为应用启动的进程也一样。" if cookiecutter.language == "zh" else "Ctrl-C while the app still starts ends it without a traceback, also in processes that its server starts for it." }}
if os.path.basename(sys.argv[0]) in ("wsgi.py", "-m"):
    signal.signal(signal.SIGINT, lambda number, frame: sys.exit(130))
