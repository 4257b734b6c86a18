"""The environment variables of this app: their names, types and defaults, checked once, at the start.

    from env import env

    env.LEANCLOUD_APP_PORT  # 3000, an int

In development, what the environment lacks is taken from the file `.env` (a copy of `.env.example`).
"""

import os
{% if cookiecutter.sessions or cookiecutter.backend == 'django' %}
import secrets
{% endif %}
import sys
{% if cookiecutter.starter == 'utilmeta' %}
from pathlib import Path

from utilmeta import conf
from utype import Options, exc


class Env(conf.Env):
    """One field a variable, of a type that utype converts text to. A field without a default is required."""

    # All faults at once; 3.5 is no whole number and "maybe" no bool.
    __options__ = Options(collect_errors=True, no_data_loss=True, immutable=True)

    def __str__(self):
        return "Env(...)"  # without the values: they would put the keys into logs

    __repr__ = __str__

{% elif cookiecutter.starter == 'fastapi' %}
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError


class Env(BaseSettings):
    """One field a variable, of any type that pydantic knows. A field without a default is required."""

    model_config = SettingsConfigDict(frozen=True, case_sensitive=True, env_ignore_empty=True)

    def __repr_args__(self):
        return []  # without the values: they would put the keys into logs

{% else %}
from dataclasses import MISSING, dataclass, fields
from pathlib import Path


@dataclass(frozen=True, repr=False)  # no repr: it would put the keys into logs
class Env:
    """One field a variable, of type str, int or bool. A field without a default is required."""

{% endif %}
{% if cookiecutter.cloud_functions %}
    LEANCLOUD_APP_ID: str
    LEANCLOUD_APP_KEY: str
    LEANCLOUD_APP_MASTER_KEY: str
    LEANCLOUD_APP_HOOK_KEY: str
{% endif %}
{% if cookiecutter.backend == 'django' %}
    SECRET_KEY: str  # signs cookies and links
{% elif cookiecutter.sessions %}
    SECRET_KEY: str  # signs the login cookie
{% endif %}
    LEANCLOUD_APP_ENV: str = "development"  # or stage, production
    LEANCLOUD_APP_PORT: int = 3000
{% if cookiecutter.backend == 'django' %}
    LEANCLOUD_APP_DOMAIN: str = ""  # myapp: the platform serves it as myapp.leanapp.cn or myapp.avosapps.us
    DOMAINS: str = ""  # your own domains: www.example.com,example.com
{% endif %}
{% if not cookiecutter.cloud_functions %}
    LEANCLOUD_VERSION_TAG: str = "development"  # which deployment this is
{% endif %}
    # Declare yours here: `SMTP_PORT: int = 25`, or above, without a default, `SMTP_HOST: str`.

    @property
    def production(self) -> bool:
        """Whether this is the production environment."""
        return self.LEANCLOUD_APP_ENV == "production"


# What development may go without.
{% if cookiecutter.sessions or cookiecutter.backend == 'django' %}
DEVELOPMENT = {"SECRET_KEY": secrets.token_hex(32)}
{% else %}
DEVELOPMENT = {}
{% endif %}

{% if cookiecutter.starter == 'utilmeta' %}
TYPES = {str: "text", int: "a whole number", bool: "true or false"}
{% elif cookiecutter.starter == 'fastapi' %}
PLAIN_WORDS = {"int_parsing": "a whole number", "bool_parsing": "true or false"}
{% else %}
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
TYPES = {
    str: ("text", str),
    int: ("a whole number", int),
    bool: ("true or false", lambda text: BOOLEANS[text.lower()]),
}
{% endif %}

HELP = """The app cannot start: environment variables are missing or wrong. 应用无法启动：环境变量缺失或有误。

{faults}

On your machine: copy .env.example to .env and fill it in,
or run the app with throw-away keys: scaffold up
On the platform: LEANCLOUD_* is set for you; set the others in the console, then deploy again.
本机：复制 .env.example 为 .env 并填写，或用 scaffold up 以临时密钥运行。
云引擎：LEANCLOUD_* 由平台设置，其余变量请在控制台设置后重新部署。"""


class EnvError(Exception):
    """The environment does not fit `Env`; the message says all of what is wrong and what to do."""


{% set environ = 'os.environ' if cookiecutter.starter == 'fastapi' else 'environ' %}
{% if cookiecutter.starter == 'fastapi' %}
def load(dotenv):
    """Return the `Env` that the environment holds; in development add what the file `dotenv` holds to it.

    Raises EnvError when something is missing or wrong.
    """
{% else %}
def load(environ, dotenv):
    """Return the `Env` that the mapping `environ` holds; in development add what the file `dotenv` holds to `environ`.

    Raises EnvError when something is missing or wrong.
    """
{% endif %}
    if ({{ environ }}.get("LEANCLOUD_APP_ENV") or "development") == "development":
        # Into `{{ environ }}` itself, as libraries look there (the LeanCloud SDK does).
        for name, text in {**DEVELOPMENT, **read_dotenv(dotenv)}.items():
            if not {{ environ }}.get(name):
                {{ environ }}[name] = text

{% if cookiecutter.starter == 'utilmeta' %}
    try:
        return Env({name: environ[name] for name in Env.__annotations__ if environ.get(name)})
    except exc.CollectedParseError as error:
        faults = [f"  {fault.item} {describe(fault)}" for fault in error.errors]
        raise EnvError(HELP.format(faults="\n".join(faults))) from None


def describe(fault):
    """Say what is wrong with a variable."""
    if isinstance(fault, exc.AbsenceError):
        return "is missing"
    return f"is {fault.value!r}, which is not {TYPES.get(fault.type, fault.type.__name__)}"
{% elif cookiecutter.starter == 'fastapi' %}
    try:
        return Env()
    except ValidationError as error:
        faults = [describe(fault) for fault in error.errors()]
    except SettingsError as error:  # a list or the like that is not JSON
        faults = [str(error)]
    raise EnvError(HELP.format(faults="\n".join("  " + fault for fault in faults)))


def describe(fault):
    """Say what is wrong with a variable."""
    name = ".".join(map(str, fault["loc"]))
    if fault["type"] == "missing":
        return f"{name} is missing"
    if fault["type"] in PLAIN_WORDS:
        return f"{name} is {fault['input']!r}, which is not {PLAIN_WORDS[fault['type']]}"
    return f"{name} is {fault['input']!r}: {fault['msg']}"
{% else %}
    values, faults = {}, []
    for field in fields(Env):
        text = environ.get(field.name)
        if text:
            what, convert = TYPES[field.type]
            try:
                values[field.name] = convert(text)
            except (KeyError, ValueError):
                faults.append(f"  {field.name} is {text!r}, which is not {what}")
        elif field.default is MISSING:
            faults.append(f"  {field.name} is missing")
    if faults:
        raise EnvError(HELP.format(faults="\n".join(faults)))
    return Env(**values)
{% endif %}


def read_dotenv(path):
    """Return the `NAME=value` lines of a file as a dict; an absent file has none."""
    if not path.exists():
        return {}
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    pairs = [line.partition("=") for line in lines if "=" in line and not line.startswith("#")]
    return {name.strip(): text.strip().strip("\"'") for name, _, text in pairs}


# What the app prints is in the log at once: where stdout is no terminal, Python keeps it back until there is a lot.
sys.stdout.reconfigure(line_buffering=True)

try:
{% if cookiecutter.starter == 'fastapi' %}
    env = load(Path(__file__).with_name(".env"))
{% else %}
    env = load(os.environ, Path(__file__).with_name(".env"))
{% endif %}
except EnvError as error:
    print(error, file=sys.stderr)
{% if cookiecutter.server == 'uwsgi' %}
    # 22 tells uWSGI that a new worker would fail as this one did.
    raise SystemExit(22) from None
{% else %}
    # 3 tells gunicorn that a new worker would fail as this one did.
    raise SystemExit(3) from None
{% endif %}
