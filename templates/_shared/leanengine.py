"""What the platform asks of an app, as WSGI layers round it; `wrap` puts them on."""

{% if not cookiecutter.cloud_functions %}
import json
import platform
{% endif %}
{% if cookiecutter.server == 'uwsgi' %}
from io import BytesIO
{% endif %}
{% if cookiecutter.https_redirect %}
from wsgiref.util import request_uri
{% endif %}
{% if not cookiecutter.cloud_functions or cookiecutter.server == 'uwsgi' or cookiecutter.https_redirect %}

{% endif %}
{% if cookiecutter.sessions or cookiecutter.https_redirect or not cookiecutter.cloud_functions %}
from env import env
{% endif %}
{% if cookiecutter.cloud_functions %}
from leansdk import RepairedEngine, leancloud
{% endif %}
{% if cookiecutter.server == 'uwsgi' %}

try:
    import uwsgi  # there only while uWSGI runs the app
except ImportError:
    uwsgi = None
{% endif %}


{% if cookiecutter.cloud_functions %}
def wrap(app, engine):
    """Return the WSGI app `app` with the platform's health check and the functions and hooks of `engine`."""
    if engine.origin_app:
        # `Engine(app)`, as older projects have it: the engine keeps its app, and may be wrapped like another.
        app = engine.origin_app
        leancloud.engine.leanengine.root_engine = None
{% if cookiecutter.sessions %}
    app = leancloud.engine.CookieSessionMiddleware(app, secret=env.SECRET_KEY)
    app = SafeSessionCookie(app)
{% endif %}
{% if cookiecutter.https_redirect %}
    if env.production:
        app = RedirectToHttps(app)
{% endif %}
{% if cookiecutter.server == 'uwsgi' %}
    app = RepairedEngine(engine.wrap(app))
    return ChunkedBody(app) if uwsgi else app
{% elif cookiecutter.server == 'granian' and cookiecutter.dependencies == 'sdk' %}
    return ChunkedBody(RepairedEngine(engine.wrap(app)))
{% else %}
    return RepairedEngine(engine.wrap(app))
{% endif %}
{% if cookiecutter.sessions %}


class SafeSessionCookie:
    """The SDK's login cookie, out of reach of scripts, other sites and, in production, plain HTTP."""

    FLAGS = "; HttpOnly; SameSite=Lax" + ("; Secure" if env.production else "")

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        sent = environ.get("HTTP_COOKIE", "").split("; ")

        def start(status, headers, exc_info=None):
            return start_response(status, list(self.harden(headers, sent)), exc_info)

        return self.app(environ, start)

    def harden(self, headers, sent):
        """Yield the headers of an answer to a request that sent the cookies `sent`."""
        for name, value in headers:
            if name == "Set-Cookie" and value.startswith("leancloud:session="):
                if value.split("; ")[0] in sent:
                    # The SDK repeats the cookie in every answer. A cache that keeps one would log others in.
                    continue
                value += self.FLAGS
            yield name, value
{% endif %}
{% else %}
def wrap(app):
    """Return the WSGI app `app` with an answer to the platform's health check."""
{% if cookiecutter.https_redirect %}
    if env.production:
        app = RedirectToHttps(app)
{% endif %}
{% if cookiecutter.server == 'uwsgi' %}
    app = Ping(app)
    return ChunkedBody(app) if uwsgi else app
{% else %}
    return Ping(app)
{% endif %}


class Ping:
    """Answers the platform's health check in the form of the LeanCloud SDK, which this app does without."""

    PATHS = ("/__engine/1/ping", "/__engine/1.1/ping")

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        if environ.get("PATH_INFO", "").rstrip("/") not in self.PATHS:
            return self.app(environ, start_response)
        runtime = f"{platform.python_implementation().lower()}-{platform.python_version()}"
        answer = {"version": env.LEANCLOUD_VERSION_TAG, "runtime": runtime}
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]
{% endif %}
{% if cookiecutter.https_redirect %}


class RedirectToHttps:
    """Sends visitors from http:// to https://. Ping, functions and hooks are answered before this layer."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        # /.well-known/: certificates are proved over plain HTTP.
        if environ.get("HTTP_X_FORWARDED_PROTO") == "https" or environ["PATH_INFO"].startswith("/.well-known/"):
            return self.app(environ, start_response)
        # A browser repeats a 301 as GET whatever it was; 308 keeps the method and the body.
        reading = environ["REQUEST_METHOD"] in ("GET", "HEAD")
        status = "301 Moved Permanently" if reading else "308 Permanent Redirect"
        location = request_uri({**environ, "wsgi.url_scheme": "https"})
        start_response(status, [("Location", location), ("Content-Length", "0")])
        return []
{% endif %}
{% if cookiecutter.server == 'uwsgi' %}


class ChunkedBody:
    """Lets the app read a body of unknown length; uWSGI hands its chunks out only when asked its own way."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            body = b"".join(iter(uwsgi.chunked_read, b""))
            del environ["HTTP_TRANSFER_ENCODING"]
            environ["CONTENT_LENGTH"] = str(len(body))
            environ["wsgi.input"] = BytesIO(body)
        return self.app(environ, start_response)
{% endif %}
{% if cookiecutter.server == 'granian' and cookiecutter.dependencies == 'sdk' %}


class ChunkedBody:
    """Lets the app read a body of unknown length: this old granian does not say that its input has an end."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            environ["wsgi.input_terminated"] = True
        return self.app(environ, start_response)
{% endif %}
