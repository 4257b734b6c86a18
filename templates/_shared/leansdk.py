"""The LeanCloud SDK, made safe and ready for use: `from leansdk import leancloud`."""

{% set asynchronous = cookiecutter.backend not in ['flask', 'django', 'wsgi'] %}
{% if asynchronous %}
import asyncio
{% endif %}
{% if cookiecutter.dependencies == 'current' %}
import hmac
{% endif %}
import json
import logging
import secrets
{% if asynchronous %}
import sys
from concurrent.futures import ThreadPoolExecutor
{% endif %}
from io import BytesIO
{% if cookiecutter.dependencies == 'current' %}
from urllib.parse import quote_plus, unquote_plus

import werkzeug.security
import werkzeug.urls
import werkzeug.utils
{% else %}

{% endif %}
from werkzeug.wrappers import Request

from env import env  # first: the SDK reads keys from the environment when it is imported
{% if cookiecutter.dependencies == 'current' %}

# The SDK's cookies come from secure_cookie 0.2, which imports four names that left Werkzeug in 2.1–3.0.
# Nothing else uses them.
werkzeug.security.safe_str_cmp = hmac.compare_digest
werkzeug.urls.url_quote_plus = quote_plus
werkzeug.urls.url_unquote_plus = unquote_plus
werkzeug.utils.detect_utf_encoding = json.detect_encoding
{% endif %}

import leancloud  # noqa: E402
import leancloud.engine.authorization  # noqa: E402
{% if cookiecutter.dependencies == 'current' %}
from secure_cookie.cookie import SecureCookie  # noqa: E402

# Its cookies are bytes; Werkzeug takes text since 3.0.
serialize_to_bytes = SecureCookie.serialize
SecureCookie.serialize = lambda self, expires=None: serialize_to_bytes(self, expires).decode("ascii")
{% endif %}

# Where the SDK finds no ANDX key, it takes a request without any key for one with the right key:
# whoever knows the app id, which is public, could call every function. A key that nobody knows shuts that door.
authorization = leancloud.engine.authorization
authorization.ANDX_KEY = authorization.ANDX_KEY or secrets.token_hex(32)

leancloud.init(
    env.LEANCLOUD_APP_ID,
    app_key=env.LEANCLOUD_APP_KEY,
    master_key=env.LEANCLOUD_APP_MASTER_KEY,
    hook_key=env.LEANCLOUD_APP_HOOK_KEY,
)
# The master key passes every access rule, and the SDK would sign all requests to the data store with it.
# Where you need it: leancloud.use_master_key(True). That holds for the whole process, all threads.
leancloud.use_master_key(False)

# Without a session token the SDK reads from the body who the user is. In a hook the platform says so;
# to a function anyone could be any user.
Application = leancloud.engine.leanengine.LeanEngineApplication
read_user = Application.process_session


def read_user_of_platform(application, environ):
    """Let the SDK find out who the user is, without the body unless it is the platform's."""
    params = environ["_app_params"]
    body = environ["leanengine.request"].get_data(as_text=True)
    if body and not isinstance(json.loads(body), dict):
        raise TypeError("not a JSON object")
    if not params["session_token"] and params["hook_key"] != env.LEANCLOUD_APP_HOOK_KEY:
        bodyless = {**environ, "wsgi.input": BytesIO(), "CONTENT_LENGTH": "0"}
        environ = {**environ, "leanengine.request": Request(bodyless)}
    read_user(application, environ)


Application.process_session = read_user_of_platform

# What the SDK answers; everything else is the app's.
SDK_PATHS = ("/__engine/", "/1/functions", "/1.1/functions", "/1/call", "/1.1/call")

logger = logging.getLogger(__name__)


class RepairedEngine:
    """The SDK's engine without its faults: a login that stays in the thread, and answers that servers refuse."""

    def __init__(self, engine):
        self.engine = engine

    def __call__(self, environ, start_response):
        # The SDK keeps the logged-in user in the thread and leaves it there:
        # the next request on this thread, anyone's, would be that user's.
        leancloud.User.set_current(None)
        # Any number of leading slashes is one to the SDK.
        path = "/" + environ.get("PATH_INFO", "").lstrip("/")
        if path.startswith(SDK_PATHS):
            return self.answer(environ, start_response)
        return self.engine(environ, start_response)

    def answer(self, environ, start_response):
        """Let the SDK answer; start the response once and with bytes, as WSGI demands.

        The SDK starts the answer to a ping twice and gives text to OPTIONS; most servers make 500 of both.
        """
        started = []

        def note(status, headers, exc_info=None):
            started.append((status, headers))

        try:
            body = self.engine(environ, note)
        except leancloud.LeanCloudError as error:
            return refuse("401 Unauthorized", error.error, start_response)  # an outdated session token
        except (AttributeError, IndexError, RecursionError, TypeError, ValueError) as error:
            # Faults of functions do not come here: the SDK answers them. This is a request that it cannot read.
            logger.warning("%r cannot be read: %r", environ["PATH_INFO"], error)
            if "_app_params" not in environ:
                return refuse("401 Unauthorized", "The X-LC-Key or X-LC-Sign header is malformed.", start_response)
            return refuse("400 Bad Request", "The body is not a JSON object.", start_response)
        try:
            chunks = [chunk.encode() if isinstance(chunk, str) else chunk for chunk in body]
        finally:
            if hasattr(body, "close"):
                body.close()
        start_response(*started[-1])
        return chunks


def refuse(status, error, start_response):
    """Answer with an error, in the SDK's form."""
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps({"code": int(status[:3]), "error": error}).encode()]
{% if asynchronous %}


class AsyncEngine:
    """The SDK's engine for an asynchronous app: it runs in threads, as a function must not hold up the event loop.

    Eight functions run at once, the others wait. a2wsgi does the same for any WSGI app, at half the speed.
    """

    def __init__(self, engine):
        leancloud.engine.leanengine.root_engine = engine  # the one that leancloud.cloud.run.local calls
        self.engine = RepairedEngine(engine)
        self.threads = ThreadPoolExecutor(8, thread_name_prefix="function")

    async def call(self, method, path, query, headers, body, address):
        """Return the status, the headers and the body of the answer to a request.

        `path` is unquoted, `query` is not; `headers` are pairs of text; `body` is all of it;
        `address` is where the request comes from.
        """
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path.encode().decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": str(env.LEANCLOUD_APP_PORT),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": address,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        for name, value in headers:
            # WSGI writes - as _: a header that is sent with _ could pass for another. One that is sent twice is a list.
            if "_" not in name:
                key = "HTTP_" + name.upper().replace("-", "_")
                environ[key] = f"{environ[key]}, {value}" if key in environ else value
        environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        return await asyncio.get_running_loop().run_in_executor(self.threads, self.run, environ)

    def run(self, environ):
        """Let the engine answer, in a thread."""
        started = []
        chunks = self.engine(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
        status, headers = started[-1]
        return int(status[:3]), headers, b"".join(chunks)
{% endif %}
