"""Which versions start together, which package metadata does not say. Measured in November 2026.

uv finds versions that can be installed together. Old packages have no upper limits, so the result
may still fail at the first import. These tables add constraints to the user's requirements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scaffold.checks.rules.packages import CLASHES, Clash

if TYPE_CHECKING:
    from scaffold.requirements import Version

# Beside `scaffold check`'s own, which are about pins that people write.
MORE_CLASHES = (
    Clash("flask", (1,), "werkzeug", (1,), "ImportError: cannot import name … from 'werkzeug'"),
    Clash("flask", (2,), "werkzeug", (2, 1), "ImportError: cannot import name … from 'werkzeug'"),
    Clash("flask", (1,), "click", (8,), "ImportError in flask.cli"),
    Clash("flask", (1,), "jinja2", (3,), "ImportError: cannot import name 'Markup' from 'jinja2'"),
    Clash("gevent", (20, 12), "greenlet", (1,), "ValueError: greenlet.greenlet size changed"),
    Clash(
        "flask-script", (99,), "flask", (2,), "ModuleNotFoundError: No module named 'flask._compat'"
    ),
    Clash("flask-sockets", (0, 3), "werkzeug", (2,), "TypeError: match() missing websocket"),
    Clash("flask-bootstrap", (4,), "flask", (2, 3), "ImportError"),
    Clash(
        "djangorestframework", (3, 12), "django", (4,), "ImportError: cannot import name 'ugettext'"
    ),
)
ALL_CLASHES = (*CLASHES, *MORE_CLASHES)


class Newest(NamedTuple):
    """A package that, below a version, starts on no Python after `python`."""

    package: str
    below: Version
    python: Version


# `from collections import Mapping` fails since 3.10, and C extensions have wheels only for the
# Pythons of their time.
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

# Earlier 2.x releases do not build with current setuptools and have the authentication bug.
SDK_FLOOR = "leancloud>=2.9.12"
# Earlier releases do not build, or do not work, with the tools of Python 3.8 and later.
FLOORS = (SDK_FLOOR, "gunicorn>=20.1", "markupsafe>=1.1")

# Versions that start together on 2.7.18 with the SDK of that time, as pip resolves them there.
# uv does not support Python 2.
PYTHON_2 = {
    "arrow": "0.17.0",
    "backports-abc": "0.5",
    "backports-functools-lru-cache": "1.6.6",
    "beautifulsoup4": "4.9.3",
    "blinker": "1.5",
    "bottle": "0.12.25",
    "certifi": "2021.10.8",
    "chardet": "4.0.0",
    "click": "7.1.2",
    "configparser": "4.0.2",
    "contextlib2": "0.6.0.post1",
    "django": "1.11.29",
    "djangorestframework": "3.9.4",
    "enum34": "1.1.10",
    "et-xmlfile": "1.0.1",
    "flask": "1.1.4",
    "flask-cors": "3.0.10",
    "flask-login": "0.4.1",
    "flask-mail": "0.9.1",
    "flask-script": "2.0.6",
    "flask-sockets": "0.2.1",
    "flask-sqlalchemy": "2.4.4",
    "flask-wtf": "0.14.3",
    "futures": "3.4.0",
    "gevent": "22.10.2",
    "gevent-websocket": "0.10.1",
    "greenlet": "2.0.2",
    "gunicorn": "19.10.0",
    "idna": "2.10",
    "importlib-metadata": "2.1.3",
    "iso8601": "0.1.16",
    "itsdangerous": "1.1.0",
    "jdcal": "1.4.1",
    "jinja2": "2.11.3",
    "leancloud": "2.9.12",
    "lxml": "4.9.4",
    "markdown": "3.1.1",
    "markupsafe": "1.1.1",
    "openpyxl": "2.6.4",
    "optionaldict": "0.1.2",
    "pathlib2": "2.3.7.post1",
    "pillow": "6.2.2",
    "pycryptodome": "3.19.1",
    "pymysql": "0.10.1",
    "python-dateutil": "3.0.0",
    "pytz": "2026.6",
    "pyyaml": "5.4.1",
    "qiniu": "7.3.1",
    "qrcode": "6.1",
    "redis": "3.5.3",
    "requests": "2.27.1",
    "scandir": "1.10.0",
    "secure-cookie": "0.1.0",
    "setuptools": "44.1.1",
    "simplejson": "4.3.0",
    "singledispatch": "3.7.0",
    "six": "1.17.0",
    "soupsieve": "1.9.6",
    "sqlalchemy": "1.4.54",
    "tornado": "5.1.1",
    "typing": "3.10.0.0",
    "tzdata": "2026.6",
    "urllib3": "1.26.20",
    "waitress": "1.4.4",
    "wechatpy": "1.8.18",
    "werkzeug": "1.0.1",
    "wtforms": "2.3.3",
    "xlrd": "1.2.0",
    "xmltodict": "0.12.0",
    "zipp": "1.2.0",
    "zope-event": "4.6",
    "zope-interface": "5.5.2",
}
# What these ask for there, in the words of their own metadata.
PYTHON_2_DEPENDENCIES = {
    "arrow": ("backports-functools-lru-cache", "python-dateutil"),
    "beautifulsoup4": ("soupsieve",),
    "django": ("pytz",),
    "flask": ("click", "itsdangerous", "jinja2", "werkzeug"),
    "flask-cors": ("flask", "six"),
    "flask-login": ("flask",),
    "flask-mail": ("blinker", "flask"),
    "flask-script": ("flask",),
    "flask-sockets": ("flask", "gevent", "gevent-websocket"),
    "flask-sqlalchemy": ("flask", "sqlalchemy"),
    "flask-wtf": ("flask", "itsdangerous", "wtforms"),
    "gevent": ("greenlet", "setuptools", "zope-event", "zope-interface"),
    "gevent-websocket": ("gevent",),
    "importlib-metadata": ("configparser", "contextlib2", "pathlib2", "zipp"),
    "jinja2": ("markupsafe",),
    "leancloud": (
        "arrow",
        "gevent",
        "iso8601",
        "markupsafe",
        "qiniu",
        "requests",
        "secure-cookie",
        "six",
        "typing",
        "werkzeug",
    ),
    "markdown": ("setuptools",),
    "openpyxl": ("et-xmlfile", "jdcal"),
    "pathlib2": ("scandir", "six", "typing"),
    "python-dateutil": ("six", "tzdata"),
    "qiniu": ("requests",),
    "qrcode": ("six",),
    "requests": ("certifi", "chardet", "idna", "urllib3"),
    "secure-cookie": ("werkzeug",),
    "singledispatch": ("six",),
    "soupsieve": ("backports-functools-lru-cache",),
    "sqlalchemy": ("importlib-metadata",),
    "tornado": ("backports-abc", "futures", "singledispatch"),
    "wechatpy": ("enum34", "optionaldict", "python-dateutil", "requests", "six", "xmltodict"),
    "wtforms": ("markupsafe",),
    "zipp": ("contextlib2",),
    "zope-event": ("setuptools",),
    "zope-interface": ("setuptools",),
}

# C extensions: without a wheel they need a compiler, and mostly fail on a newer Python.
_NATIVE = frozenset(
    {"gevent", "greenlet", "lxml", "pillow", "pycryptodome", "pyyaml", "zope-interface"}
)
# Well-known packages that may be built to learn their dependencies: some have no wheels.
BUILDABLE = frozenset(PYTHON_2) - _NATIVE
# Those of them that have none in any version, and that the SDK needs.
WITHOUT_WHEELS = ("qiniu",)

# Dependencies of a framework that code may import without requiring them.
DEPENDENCIES = {"flask": ("itsdangerous", "jinja2", "werkzeug")}

# Comments that go into requirements.in.
GUESSED = "Imported, but not required before (scaffold adopt):"
PROPOSED = "Imported, but not required. Remove the # where the name is right (scaffold adopt):"
ADDED = "Added by `scaffold adopt`:"
LIMITED = "The code uses what later versions do not have (scaffold adopt):"
WAS = "was {line} (scaffold adopt)"
GONE = "not in the package index (scaffold adopt)"
