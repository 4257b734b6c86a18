{% if cookiecutter.language == "zh" %}
"""UtilMeta 服务：api.py 中的 API，与 {{ 'views.py' if cookiecutter.backend == 'django' else 'app.py' }} 中的页面并存。meta.ini 让 `meta` 命令找到它。"""
{% else %}
"""The UtilMeta service: the API of api.py, beside the pages of {{ 'views.py' if cookiecutter.backend == 'django' else 'app.py' }}. meta.ini names it to the command `meta`."""
{% endif %}

{% if cookiecutter.backend == 'django' %}
import os

import django
{% elif cookiecutter.backend != 'tornado' %}
from functools import partial

{% endif %}
from utilmeta import UtilMeta
{% if cookiecutter.backend == 'django' %}
from utilmeta.core.server.backends.django import DjangoSettings
{% endif %}

{% if cookiecutter.backend != 'django' %}
from app import app as pages
{% endif %}
from env import env

{% if cookiecutter.backend == 'django' %}
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

{% endif %}
service = UtilMeta(
    __name__,
    name="{{ cookiecutter.project_name }}",
    title={{ "'" ~ cookiecutter.title.replace('\\', '\\\\') ~ "'" if '"' in cookiecutter.title and "'" not in cookiecutter.title else '"' ~ cookiecutter.__title_string ~ '"' }},
    version=(0, 1, 0),
    backend={{ 'django' if cookiecutter.backend == 'django' else 'pages' }},
    port=env.LEANCLOUD_APP_PORT,
    production=env.LEANCLOUD_APP_ENV != "development",
    api="api.RootAPI",  # {{ "用名称指定：它可能导入需要 service 的模块" if cookiecutter.language == "zh" else "by its name: it may import what needs the service" }}
    route="api/v1",
{% if cookiecutter.backend != 'django' %}
    # {{ "与默认值相同。不指定时，UtilMeta 会为判断而加载 SQLAlchemy：多花半秒与 14 MB 内存。" if cookiecutter.language == "zh" else "The default. Without this line UtilMeta loads SQLAlchemy to find it: half a second and 14 MB." }}
    asynchronous={{ 'False' if cookiecutter.backend == 'flask' else 'True' }},
{% endif %}
)


def configure(service: UtilMeta) -> None:
    """{{ "服务使用的配置；UtilMeta 的“配置”一节说明了每一项。" if cookiecutter.language == "zh" else "What the service uses; UtilMeta's page on configuration says more of each." }}"""
{% if cookiecutter.backend == 'django' %}
    # {{ "提供命令 `meta makemigrations` 与 `meta migrate`。UtilMeta 默认会把语言设为美式英语。" if cookiecutter.language == "zh" else "With the commands `meta makemigrations` and `meta migrate`. UtilMeta would set the language to American English." }}
    service.use(DjangoSettings(language="zh-hans"))
{% elif cookiecutter.backend != 'tornado' %}
    # {{ "否则 UtilMeta 会接管 app.py 中没有的所有路径，404 页面就不会出现。" if cookiecutter.language == "zh" else "UtilMeta would take every path that app.py does not know, and the page for 404 would never be seen." }}
    service.adaptor.add_api = partial(service.adaptor.add_api, route=service.root_url)
{% endif %}

    # {{ "日期与时间的格式和时区" if cookiecutter.language == "zh" else "The form of dates and times, and their zone" }}
    # from utilmeta.conf.time import Time
    # service.use(Time(time_zone="Asia/Shanghai", use_tz=True, datetime_format="%Y-%m-%dT%H:%M:%S%z"))

    # {{ "数据库：在 requirements.in 添加驱动，在 env.py 声明 DB_HOST 等变量" if cookiecutter.language == "zh" else "Databases: add the driver to requirements.in, declare DB_HOST and the like in env.py" }}
{% if cookiecutter.backend == 'flask' %}
    # import secrets
    # from utilmeta.core.server.backends.django import DjangoSettings
    # service.use(DjangoSettings(secret_key=secrets.token_hex(32)))
{% endif %}
    # from utilmeta.core.orm.databases import Database, DatabaseConnections
    # service.use(DatabaseConnections({"default": Database(engine="sqlite3", name="/tmp/app.db")}))

    # {{ "缓存：locmem 在进程内；多个实例共用时用 redis" if cookiecutter.language == "zh" else "Caches: locmem is inside the process; redis is shared by instances" }}
    # from utilmeta.core.cache import Cache, CacheConnections
    # service.use(CacheConnections({"default": Cache(engine="locmem")}))

    # {{ "服务器启动后与停止前各执行一次；每个进程都会执行" if cookiecutter.language == "zh" else "Once after the server has started and once before it ends, in each process" }}
    # @service.on_startup
    # def start():
    #     print("started")
    # @service.on_shutdown
    # def stop():
    #     print("stopped")


configure(service)

app = service.application()
