"""The environment variables of this app: their names, types and defaults, checked once, at the start.

    from env import env

    env.LEANCLOUD_APP_PORT  # 3000, an int

In development, what the environment lacks is taken from the file `.env` (a copy of `.env.example`).
"""

import os
{% if cookiecutter.sessions %}
import secrets
{% endif %}
import sys
from dataclasses import MISSING, dataclass, fields
from pathlib import Path


@dataclass(frozen=True, repr=False)  # no repr: it would put the keys into logs
class Env:
    """One field a variable, of type str, int or bool. A field without a default is required."""

{% if cookiecutter.cloud_functions %}
    LEANCLOUD_APP_ID: str
    LEANCLOUD_APP_KEY: str
    LEANCLOUD_APP_MASTER_KEY: str
    LEANCLOUD_APP_HOOK_KEY: str
{% endif %}
{% if cookiecutter.sessions %}
    SECRET_KEY: str  # signs the login cookie
{% endif %}
    LEANCLOUD_APP_ENV: str = "development"  # or stage, production
    LEANCLOUD_APP_PORT: int = 3000
{% if not cookiecutter.cloud_functions %}
    LEANCLOUD_VERSION_TAG: str = "development"  # which deployment this is
{% endif %}
    # Declare yours here: `SMTP_PORT: int = 25`, or above, without a default, `SMTP_HOST: str`.

    @property
    def production(self) -> bool:
        """Whether this is the production environment."""
        return self.LEANCLOUD_APP_ENV == "production"


# What development may go without.
{% if cookiecutter.sessions %}
DEVELOPMENT = {"SECRET_KEY": secrets.token_hex(32)}
{% else %}
DEVELOPMENT = {}
{% endif %}

BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
TYPES = {
    str: ("text", str),
    int: ("a whole number", int),
    bool: ("true or false", lambda text: BOOLEANS[text.lower()]),
}

HELP = """The app cannot start: environment variables are missing or wrong. 应用无法启动：环境变量缺失或有误。

{faults}

On your machine: copy .env.example to .env and fill it in,
or try the app with throw-away keys: scaffold boot
On the platform: LEANCLOUD_* is set for you; set the others in the console, then deploy again.
本机：复制 .env.example 为 .env 并填写，或用 scaffold boot 以临时密钥试运行。
云引擎：LEANCLOUD_* 由平台设置，其余变量请在控制台设置后重新部署。"""


class EnvError(Exception):
    """The environment does not fit `Env`; the message says all of what is wrong and what to do."""


def load(environ, dotenv):
    """Return the `Env` that the mapping `environ` holds; in development add what the file `dotenv` holds to `environ`.

    Raises EnvError when something is missing or wrong.
    """
    if (environ.get("LEANCLOUD_APP_ENV") or "development") == "development":
        # Into `environ` itself, as libraries look there (the LeanCloud SDK does).
        for name, text in {**DEVELOPMENT, **read_dotenv(dotenv)}.items():
            if not environ.get(name):
                environ[name] = text

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


def read_dotenv(path):
    """Return the `NAME=value` lines of a file as a dict; an absent file has none."""
    if not path.exists():
        return {}
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    pairs = [line.partition("=") for line in lines if "=" in line and not line.startswith("#")]
    return {name.strip(): text.strip().strip("\"'") for name, _, text in pairs}


try:
    env = load(os.environ, Path(__file__).with_name(".env"))
except EnvError as error:
    print(error, file=sys.stderr)
    # 3 tells gunicorn that a new worker would fail as this one did.
    raise SystemExit(3) from None
