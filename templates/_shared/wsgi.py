{% if cookiecutter.backend in ['fastapi', 'starlette'] %}
"""Where the platform starts. By this module's name it knows Python; `application` is for ASGI servers."""
{% elif cookiecutter.backend in ['sanic', 'tornado'] %}
"""Where the platform starts. By this module's name it knows Python; the framework is its own server."""
{% else %}
"""Where the platform starts: the module `wsgi` and its `application`."""
{% endif %}

{% if cookiecutter.starter == 'django' %}
import os

from django.core.wsgi import get_wsgi_application

{% endif %}
{% if cookiecutter.cloud_functions %}
import leanengine  # first: it checks the environment and prepares the SDK
{% else %}
import leanengine
{% endif %}
{% if cookiecutter.starter not in ['django', 'utilmeta'] %}
from app import app
{% endif %}
{% if cookiecutter.cloud_functions and cookiecutter.starter != 'django' %}
from cloud import engine
{% endif %}
{% if cookiecutter.backend not in ['sanic', 'tornado'] %}
from env import env
{% endif %}
{% if cookiecutter.starter == 'utilmeta' %}
from service import app
{% endif %}

{% if cookiecutter.starter == 'django' %}
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
app = get_wsgi_application()
{% if cookiecutter.cloud_functions %}

from cloud import engine  # noqa: E402 - after Django is set up, which models of yours need

{% endif %}
{% endif %}
{% if cookiecutter.cloud_functions %}
application = leanengine.wrap(app, engine)
{% else %}
application = leanengine.wrap(app)
{% endif %}

if __name__ == "__main__":
{% if cookiecutter.backend in ['sanic', 'tornado'] %}
    # `python wsgi.py`, `lean up` and the platform. In development it starts again when a file changes.
    leanengine.serve(application)
{% else %}
    # `python wsgi.py` and `lean up`: a server for development, which starts again when a file changes.
{% endif %}
{% if cookiecutter.backend == 'django' %}
    import sys

    from django.core.management import execute_from_command_line

    sys.modules["wsgi"] = sys.modules["__main__"]  # it imports this module by name, and finds it there
    execute_from_command_line(["wsgi.py", "runserver", f"0.0.0.0:{env.LEANCLOUD_APP_PORT}"])
{% elif cookiecutter.starter == 'wsgi' %}
    from devserver import serve

    serve(application, env.LEANCLOUD_APP_PORT)
{% elif cookiecutter.server == 'uvicorn' %}
    import uvicorn

    uvicorn.run("wsgi:application", host="0.0.0.0", port=env.LEANCLOUD_APP_PORT, reload=True)
{% elif cookiecutter.backend in ['fastapi', 'starlette'] %}
    from granian import Granian

    Granian("wsgi:application", "0.0.0.0", env.LEANCLOUD_APP_PORT, interface="asgi", reload=True).serve()
{% elif cookiecutter.backend == 'flask' %}
    # Without Werkzeug's debugger: on 0.0.0.0 that is a shell for the whole network.
    from werkzeug.serving import run_simple

    run_simple("0.0.0.0", env.LEANCLOUD_APP_PORT, application, use_reloader=True, threaded=True)
{% endif %}
