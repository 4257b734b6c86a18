"""The UtilMeta service: the API of api.py, beside the pages of {{ 'views.py' if cookiecutter.backend == 'django' else 'app.py' }}. meta.ini names it to the command `meta`."""

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
    version=(0, 1, 0),
    backend={{ 'django' if cookiecutter.backend == 'django' else 'pages' }},
    port=env.LEANCLOUD_APP_PORT,
    production=env.LEANCLOUD_APP_ENV != "development",
    api="api.RootAPI",  # by its name: it may import what needs the service
    route="api/v1",
{% if cookiecutter.backend != 'django' %}
    # What it would be anyway. Where nothing is said UtilMeta loads SQLAlchemy to tell it: half a second and 14 MB.
    asynchronous={{ 'False' if cookiecutter.backend == 'flask' else 'True' }},
{% endif %}
)
{% if cookiecutter.backend == 'django' %}
# With the commands `meta makemigrations` and `meta migrate`. UtilMeta would set the language to American English.
service.use(DjangoSettings(language="zh-hans"))
{% elif cookiecutter.backend != 'tornado' %}
# UtilMeta would take every path that app.py does not know, and the page for 404 would never be seen.
service.adaptor.add_api = partial(service.adaptor.add_api, route=service.root_url)
{% endif %}

app = service.application()
