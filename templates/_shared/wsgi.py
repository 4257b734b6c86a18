{% if cookiecutter.__interface == 'asgi' %}
"""{{ "平台的入口。平台根据本模块的名称识别 Python 项目；`application` 供 ASGI 服务器使用。" if cookiecutter.language == "zh" else "Where the platform starts. By this module's name it knows Python; `application` is for ASGI servers." }}"""
{% elif cookiecutter.__interface == 'own' %}
"""{{ "平台的入口。平台根据本模块的名称识别 Python 项目；服务器由框架自带。" if cookiecutter.language == "zh" else "Where the platform starts. By this module's name it knows Python; the framework is its own server." }}"""
{% else %}
"""{{ "平台的入口：模块 `wsgi` 及其 `application`。" if cookiecutter.language == "zh" else "Where the platform starts: the module `wsgi` and its `application`." }}"""
{% endif %}

{% if cookiecutter.starter == 'utilmeta' and cookiecutter.__interface == 'wsgi' %}
{% if cookiecutter.server == 'granian' %}
from multiprocessing.util import Finalize

{% else %}
import atexit

{% endif %}
{% endif %}
{% if cookiecutter.starter == 'django' %}
import os

{% endif %}
{% set kind = cookiecutter.backend if cookiecutter.__interface == 'own' else cookiecutter.__interface %}
{% if cookiecutter.cloud_functions %}
from leanengine.{{ kind }} import {{ 'serve, wrap' if cookiecutter.__interface == 'own' else 'wrap' }}  # {{ "须在最前：检查环境变量，准备 SDK" if cookiecutter.language == "zh" else "first: it checks the environment and prepares the SDK" }}
{% else %}
from leanengine.{{ kind }} import {{ 'serve, wrap' if cookiecutter.__interface == 'own' else 'wrap' }}  # {{ "须在最前：检查环境变量" if cookiecutter.language == "zh" else "first: it checks the environment" }}
{% endif %}

# isort: split
{% if cookiecutter.starter == 'django' %}
from django.core.wsgi import get_wsgi_application

{% endif %}
{% if cookiecutter.starter not in ['django', 'utilmeta'] %}
from app import app
{% endif %}
{% if cookiecutter.cloud_functions and cookiecutter.starter != 'django' %}
from cloud import engine
{% endif %}
{% if cookiecutter.__interface != 'own' %}
from env import env
{% endif %}
{% if cookiecutter.starter == 'utilmeta' %}
from service import app{{ ', service' if cookiecutter.__interface == 'wsgi' else '' }}
{% endif %}

{% if cookiecutter.starter == 'django' %}
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
app = get_wsgi_application()
{% if cookiecutter.cloud_functions %}

from cloud import engine  # {{ "须在 Django 设置完成之后，你的模型需要它" if cookiecutter.language == "zh" else "after Django is set up, which models of yours need" }}

{% endif %}
{% endif %}
{% if cookiecutter.cloud_functions %}
application = wrap(app, engine)
{% else %}
application = wrap(app)
{% endif %}
{% if cookiecutter.starter == 'utilmeta' and cookiecutter.__interface == 'wsgi' %}

# {{ "on_startup 与 on_shutdown 登记的函数：UtilMeta 只在自己提供服务时才执行它们。" if cookiecutter.language == "zh" else "What on_startup and on_shutdown name: UtilMeta calls it only where it serves by itself." }}
service.startup()


{% if cookiecutter.server not in ('granian', 'uwsgi') %}
@atexit.register
{% endif %}
def shut_down() -> None:
    service.shutdown()  # {{ "UtilMeta 会查看调用者：不能由 atexit 直接调用" if cookiecutter.language == "zh" else "UtilMeta looks at its caller: atexit itself cannot be that" }}

{% if cookiecutter.server == 'granian' %}

# {{ "granian 的进程结束时不执行 atexit" if cookiecutter.language == "zh" else "granian's processes end without atexit" }}
Finalize(None, shut_down, exitpriority=1)

{% elif cookiecutter.server == 'uwsgi' %}

try:
    import uwsgi
except ImportError:  # {{ "开发服务器" if cookiecutter.language == "zh" else "the server for development" }}
    atexit.register(shut_down)
else:
    uwsgi.atexit = shut_down  # {{ "uWSGI 结束时不执行 atexit" if cookiecutter.language == "zh" else "uWSGI ends without atexit" }}

{% endif %}
{% endif %}

if __name__ == "__main__":
{% if cookiecutter.__interface == 'own' %}
    # {{ "供 `python wsgi.py`、`lean up` 和平台使用。开发环境下文件改动后自动重启。" if cookiecutter.language == "zh" else "`python wsgi.py`, `lean up` and the platform. In development it starts again when a file changes." }}
    serve(application)
{% else %}
    # {{ "供 `python wsgi.py` 和 `lean up` 使用：开发服务器，文件改动后自动重启。" if cookiecutter.language == "zh" else "`python wsgi.py` and `lean up`: a server for development, which starts again when a file changes." }}
{% endif %}
{% if cookiecutter.backend == 'django' %}
    import sys

    from django.core.management import execute_from_command_line

    sys.modules["wsgi"] = sys.modules["__main__"]  # {{ "Django 按名称导入本模块，这样就能找到" if cookiecutter.language == "zh" else "it imports this module by name, and finds it there" }}
    execute_from_command_line(["wsgi.py", "runserver", f"0.0.0.0:{env.LEANCLOUD_APP_PORT}"])
{% elif cookiecutter.starter == 'wsgi' %}
    from devserver import serve

    serve(application, env.LEANCLOUD_APP_PORT)
{% elif cookiecutter.server == 'uvicorn' %}
    import uvicorn

    uvicorn.run("wsgi:application", host="0.0.0.0", port=env.LEANCLOUD_APP_PORT, reload=True)
{% elif cookiecutter.__interface == 'asgi' %}
    from granian import Granian

    Granian("wsgi:application", "0.0.0.0", env.LEANCLOUD_APP_PORT, interface="asgi", reload=True).serve()
{% elif cookiecutter.backend == 'flask' %}
    # {{ "不启用 Werkzeug 的调试器：监听 0.0.0.0 时，整个网络都能通过它执行命令。" if cookiecutter.language == "zh" else "Without Werkzeug's debugger: on 0.0.0.0 that is a shell for the whole network." }}
    from werkzeug.serving import run_simple

    run_simple("0.0.0.0", env.LEANCLOUD_APP_PORT, application, use_reloader=True, threaded=True)
{% endif %}
