"""The app with a little more for the tests: `python tests/served.py` starts it just as `python wsgi.py` does."""

import runpy
import sys
{% if cookiecutter.cloud_functions %}
import time
{% endif %}
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import app  # noqa: E402
{% if cookiecutter.cloud_functions %}
from cloud import engine  # noqa: E402
{% endif %}

client_address = app.client_address


def client_address_or_crash(request):
    if request.headers.get("X-Real-IP") == "crash":
        raise RuntimeError("as the test asked")
    return client_address(request)


app.client_address = client_address_or_crash
{% if cookiecutter.starter == 'tornado' %}
# You may want it: functions and redirects must go on without the cookie.
app.app.settings["xsrf_cookies"] = True
{% endif %}
{% if cookiecutter.cloud_functions %}


@engine.define
def sleep(seconds):
    time.sleep(seconds)


@engine.define
def length(text):
    return len(text)


engine.define("长度")(length)


@engine.define
def remote_address():
    return engine.current.meta["remote_address"]
{% endif %}


if __name__ == "__main__":
    runpy.run_module("wsgi", run_name="__main__")
