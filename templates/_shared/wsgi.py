"""Where the platform starts: the module `wsgi` and its `application`."""

{% if cookiecutter.cloud_functions %}
import leanengine  # first: it checks the environment and prepares the SDK
from app import app
from cloud import engine
from env import env

application = leanengine.wrap(app, engine)
{% else %}
import leanengine
from app import app
from env import env

application = leanengine.wrap(app)
{% endif %}

if __name__ == "__main__":
    # `python wsgi.py` and `lean up`: a server for development, which starts again when a file changes.
    # Without Werkzeug's debugger: on 0.0.0.0 that is a shell for the whole network.
    from werkzeug.serving import run_simple

    run_simple("0.0.0.0", env.LEANCLOUD_APP_PORT, application, use_reloader=True, threaded=True)
