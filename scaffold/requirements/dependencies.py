"""Which packages common packages bring with them. Source: PyPI, November 2026."""

from __future__ import annotations

# Of each package everything that it installs, itself left out; extras are not counted.
CLOSURES: dict[str, frozenset[str]] = {
    name: frozenset(brought.split())
    for name, brought in {
        "bottle": "",
        "django": "asgiref sqlparse typing-extensions tzdata pytz",
        "falcon": "",
        "flask": "blinker click colorama importlib-metadata itsdangerous jinja2 markupsafe "
        "typing-extensions werkzeug zipp",
        "flask-cors": "blinker click colorama flask importlib-metadata itsdangerous jinja2 "
        "markupsafe six typing-extensions werkzeug zipp",
        "flask-sqlalchemy": "blinker click colorama flask greenlet importlib-metadata "
        "itsdangerous jinja2 markupsafe sqlalchemy typing-extensions werkzeug zipp",
        "gevent": "cffi greenlet pycparser setuptools zope-event zope-interface",
        "greenlet": "",
        "gunicorn": "packaging setuptools",
        "idna": "",
        "itsdangerous": "",
        "jinja2": "markupsafe",
        "markupsafe": "",
        "pillow": "",
        "psycopg2-binary": "",
        "pymysql": "",
        "python-dateutil": "six",
        "python-dotenv": "",
        "pytz": "",
        "pyyaml": "",
        "redis": "async-timeout typing-extensions",
        "requests": "certifi chardet charset-normalizer idna urllib3",
        "six": "",
        "sqlalchemy": "greenlet importlib-metadata typing-extensions zipp",
        "tornado": "",
        "urllib3": "",
        "uwsgi": "",
        "waitress": "",
        "werkzeug": "markupsafe",
        "whitenoise": "",
    }.items()
}
# What many packages bring, so that it may be there although nothing asks for it by name.
_OFTEN_BROUGHT = (
    "aiohttp annotated-types anyio arrow async-timeout attrs cachetools certifi cffi charset- "
    "normalizer click cryptography dnspython exceptiongroup flask google-auth h11 httpcore "
    "httptools httpx idna iso8601 jsonschema leancloud lxml msgpack multidict numpy oauthlib "
    "packaging pandas pillow protobuf psutil pyasn1 pycryptodome pydantic pydantic-core "
    "pygments pyjwt pymongo pyopenssl pyparsing python-dateutil python-dotenv python-multipart "
    "pytz pyyaml qiniu redis regex requests requests-toolbelt rich rsa secure-cookie simplejson "
    "six sniffio soupsieve sqlalchemy starlette tenacity tomli tornado tqdm typing-inspection "
    "tzlocal urllib3 uvicorn uvloop vine watchfiles websocket-client websockets wrapt yarl"
)
COMMON = frozenset(_OFTEN_BROUGHT.split()).union(*CLOSURES.values())


def may_bring(packages: frozenset[str], wanted: str) -> bool:
    """Return whether one of some packages brings another, or may: not all of them are known.

    Args:
        packages: the packages that are asked for.
        wanted: the other one.
    """
    if any(wanted in CLOSURES.get(package, ()) for package in packages):
        return True
    return wanted in COMMON and not packages <= CLOSURES.keys()
