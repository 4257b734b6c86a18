"""Which versions start together: what package metadata does not say. Measured in November 2026, by starting them.

uv finds versions that may be installed together; old packages ask for no upper limits, so what it finds may still fail
at the first import. These tables are what it is told beside the user's own requirements.
"""

from __future__ import annotations

from typing import NamedTuple

from scaffold.checks.rules.packages import CLASHES, Clash

Version = tuple[int, ...]

# Beside `scaffold check`'s own, which are about pins that people write.
MORE_CLASHES = (
    Clash("flask", (1,), "werkzeug", (1,), "ImportError: cannot import name … from 'werkzeug'"),
    Clash("flask", (2,), "werkzeug", (2, 1), "ImportError: cannot import name … from 'werkzeug'"),
    Clash("flask", (1,), "click", (8,), "ImportError in flask.cli"),
    Clash("flask", (1,), "jinja2", (3,), "ImportError: cannot import name 'Markup' from 'jinja2'"),
    Clash("gevent", (20, 12), "greenlet", (1,), "ValueError: greenlet.greenlet size changed"),
    Clash("flask-script", (99,), "flask", (2,), "ModuleNotFoundError: No module named 'flask._compat'"),
    Clash("flask-sockets", (0, 3), "werkzeug", (2,), "TypeError: match() missing websocket"),
    Clash("flask-bootstrap", (4,), "flask", (2, 3), "ImportError"),
    Clash("djangorestframework", (3, 12), "django", (4,), "ImportError: cannot import name 'ugettext'"),
)
ALL_CLASHES = (*CLASHES, *MORE_CLASHES)


class Newest(NamedTuple):
    """A package that, below a version, starts on no Python after `python`."""

    package: str
    below: Version
    python: Version


# `from collections import Mapping` and the like left in 3.10; packages in C have wheels for the Pythons of their day.
NEWEST_PYTHON = (
    Newest("django", (2, 0), (3, 9)),
    Newest("django", (3, 2), (3, 9)),
    Newest("django", (4, 0), (3, 11)),
    Newest("werkzeug", (0, 15), (3, 9)),
    Newest("flask", (0, 11), (3, 9)),
    Newest("jinja2", (2, 10, 1), (3, 9)),
    Newest("requests", (2, 17), (3, 9)),
    Newest("urllib3", (1, 25), (3, 11)),
    Newest("tornado", (6,), (3, 9)),
    Newest("tornado", (5,), (3, 6)),
)

# Earlier ones of 2.x are not built by setuptools of today, and leave the gap in the authentication open.
SDK_FLOOR = "leancloud>=2.9.12"
# Below these a package is not built by, or does not find its own parts with, the tools of any Python from 3.8 on.
FLOORS = (SDK_FLOOR, "gunicorn>=20.1", "markupsafe>=1.1")

# Packages in C: without a wheel they need a compiler and the headers of their time, and mostly fail on a newer Python.
NATIVE = (
    "cffi",
    "cryptography",
    "gevent",
    "greenlet",
    "grpcio",
    "lxml",
    "matplotlib",
    "numpy",
    "opencv-python",
    "pandas",
    "pillow",
    "psycopg2",
    "scikit-learn",
    "scipy",
    "zope-interface",
)

# What starts together on 2.7.18 with the SDK of that time, as plain pip finds it there. uv knows no Python 2.
PYTHON_2 = {
    "arrow": "0.17.0",
    "certifi": "2021.10.8",
    "chardet": "4.0.0",
    "click": "7.1.2",
    "django": "1.11.29",
    "flask": "1.1.4",
    "flask-sockets": "0.2.1",
    "futures": "3.4.0",
    "gevent": "22.10.2",
    "gevent-websocket": "0.10.1",
    "greenlet": "2.0.2",
    "gunicorn": "19.10.0",
    "idna": "2.10",
    "iso8601": "0.1.16",
    "itsdangerous": "1.1.0",
    "jinja2": "2.11.3",
    "leancloud": "2.9.12",
    "markupsafe": "1.1.1",
    "qiniu": "7.3.1",
    "requests": "2.27.1",
    "secure-cookie": "0.1.0",
    "six": "1.17.0",
    "urllib3": "1.26.20",
    "werkzeug": "1.0.1",
}
# What these bring with them there.
PYTHON_2_BRINGS = {
    "flask": ("click", "itsdangerous", "jinja2", "markupsafe", "werkzeug"),
    "leancloud": (
        *("arrow", "certifi", "chardet", "gevent", "greenlet", "idna", "iso8601", "markupsafe", "qiniu", "requests"),
        *("secure-cookie", "six", "urllib3", "werkzeug"),
    ),
}

# What a framework brings, so that the code may use it without asking.
BROUGHT = {"flask": ("itsdangerous", "jinja2", "werkzeug")}

# Comments that go into requirements.in.
ADDED = "Added by `scaffold adopt`:"
LIMITED = "The code uses what later versions do not have (scaffold adopt):"
WAS = "was {line} (scaffold adopt)"
GONE = "not in the package index (scaffold adopt)"
