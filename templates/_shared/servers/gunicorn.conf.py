"""{{ "在自己的服务器上运行 gunicorn：gunicorn --config deploy/gunicorn.conf.py" if cookiecutter.language == "zh" else "gunicorn on a server of your own: gunicorn --config deploy/gunicorn.conf.py" }}"""

import multiprocessing
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from leanengine.server import bind, post_worker_init  # noqa: F401

wsgi_app = "{{ 'leanengine.app' if cookiecutter._app_module else 'wsgi' }}:application"
chdir = str(Path(__file__).parent.parent)
workers = multiprocessing.cpu_count() * 2 + 1
{% if cookiecutter.server == 'gevent' %}
worker_class = "gevent"
{% else %}
worker_class = "gthread"
threads = 8
{% endif %}
graceful_timeout = 8
limit_request_line = 8190
{% if cookiecutter.dependencies == 'current' %}
control_socket_disable = True
{% endif %}
accesslog = "-"
errorlog = "-"
