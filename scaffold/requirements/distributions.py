"""Which package brings a module that is called otherwise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Packages by the module that they provide, where the names differ. Source: PyPI, November 2026.
DISTRIBUTIONS = {
    "Crypto": "pycryptodome",
    "Cryptodome": "pycryptodomex",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyopenssl",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "corsheaders": "django-cors-headers",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "django_filters": "django-filter",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "flask_cors": "flask-cors",
    "flask_sqlalchemy": "flask-sqlalchemy",
    "geventwebsocket": "gevent-websocket",
    "git": "gitpython",
    "github": "pygithub",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "magic": "python-magic",
    "memcache": "python-memcached",
    "multipart": "python-multipart",
    "nacl": "pynacl",
    "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary",
    "rest_framework": "djangorestframework",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "socks": "pysocks",
    "telegram": "python-telegram-bot",
    "usb": "pyusb",
    "websocket": "websocket-client",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
# Modules that are no packages of their own.
NOT_PACKAGES = frozenset(
    {"__future__", "pkg_resources", "setuptools", "wsgi", "uwsgi", "uwsgidecorators"}
)
# Standard modules that newer Pythons no longer have. Source: PEP 594, PEP 632.
REMOVED = frozenset(
    {
        "asynchat",
        "asyncore",
        "cgi",
        "cgitb",
        "crypt",
        "distutils",
        "imghdr",
        "imp",
        "mailcap",
        "nntplib",
    }
    | {"pipes", "smtpd", "sndhdr", "telnetlib", "uu", "xdrlib"}
)


def distribution(module: str) -> str:
    """Return the package that brings a module, its own name where no other is known."""
    return DISTRIBUTIONS.get(module, module.replace("_", "-").lower())


def plain(name: str) -> str:
    """Return a name as files of any system and packages of any index may spell it."""
    return re.sub(r"[-_.]+", "_", name).lower()


def provides(packages: Iterable[str], module: str) -> bool:
    """Return whether one of some packages has, or seems to have, a module of this name."""
    name, found = plain(module), frozenset(packages)
    # `google` is provided by `google-cloud-storage`, `telegram` by `python-telegram-bot`.
    words = {word for package in found for word in re.split(r"[-_.]", package.lower())}
    return (
        name in {plain(package) for package in found}
        or name in words
        or not found.isdisjoint({f"py{name}", f"python-{name}"})
    )
