"""The page of the environment variables, from what scaffold/engine/environment.py sets
and drops.
"""

from __future__ import annotations

from typing import Any

from scaffold.engine.environment import DEPRECATED, platform_variables
from tools.reference.markdown import anchor, code, table, texts_of
from tools.reference.markdown import page as whole_page

NAME = "environment"
# What stands in the place of a value that is made up anew at each call.
_MADE_UP = frozenset(
    {
        "LEANCLOUD_APP_ID",
        "LEANCLOUD_APP_KEY",
        "LEANCLOUD_APP_MASTER_KEY",
        "LEANCLOUD_APP_HOOK_KEY",
        "LEANCLOUD_APP_PORT",
    }
)
# The platform's old names, and the present ones; None: there is no successor.
SUCCESSORS: dict[str, str | None] = {
    "LC_API_SERVER": "LEANCLOUD_API_SERVER",
    "LC_APP_ENV": "LEANCLOUD_APP_ENV",
    "LC_APP_ID": "LEANCLOUD_APP_ID",
    "LC_APP_KEY": "LEANCLOUD_APP_KEY",
    "LC_APP_MASTER_KEY": "LEANCLOUD_APP_MASTER_KEY",
    "LC_APP_PORT": "LEANCLOUD_APP_PORT",
    "LC_APP_PROD": "LEANCLOUD_APP_ENV",
    "LC_APP_REPO_PATH": None,
}


def page(language: str) -> str:
    """Return the page of one language."""
    texts = texts_of(NAME, language)
    values = platform_variables(0)
    rows = [
        (code(name), meaning, _value(name, values, texts))
        for name, meaning in texts["platform"].items()
    ]
    old = [
        (code(name), code(new) if (new := SUCCESSORS[name]) else texts["nothing"])
        for name in sorted(DEPRECATED)
    ]
    parts = [texts["introduction"].splitlines(), table(texts["heads"], rows)]
    parts += [
        [*anchor("old-names"), *texts["old"].splitlines(), "", *table(texts["old-heads"], old)]
    ]
    parts += [[*anchor("scaffold"), *texts["scaffold"].splitlines()]]
    return whole_page(texts["title"], "scaffold/engine/environment.py", *parts)


def _value(name: str, values: dict[str, str], texts: dict[str, Any]) -> str:
    if name not in values:
        return str(texts["unset"])
    return str(texts["made-up"]) if name in _MADE_UP else code(values[name])
