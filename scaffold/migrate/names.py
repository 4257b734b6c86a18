"""The platform's old names and what they are now. Source: LeanEngine docs,
"environment variables".
"""

from __future__ import annotations

import re

from scaffold.engine.environment import DEPRECATED

# Of different values than its successor: '1' is production, '0' is stage, and
# it is absent in development.
STAGE_NAME = "LC_APP_PROD"
NEW_STAGE_NAME = "LEANCLOUD_APP_ENV"
STAGES = {"1": "production", "0": "stage"}
DEVELOPMENT = "development"
# The keys, which the SDK itself reads by one family of names only.
KEYS = frozenset({"LC_APP_ID", "LC_APP_KEY", "LC_APP_MASTER_KEY"})
RENAMED = {name: f"LEANCLOUD_{name.removeprefix('LC_')}" for name in DEPRECATED - {STAGE_NAME}}
# One of the names, and not a part of another one; but supervisor reads it as %(ENV_LC_APP_ID)s.
NAME = re.compile(
    rb"(?:(?<![A-Za-z0-9_])|(?<=%\(ENV_))(?:"
    + "|".join(sorted(DEPRECATED)).encode()
    + rb")(?![A-Za-z0-9_])"
)
# What every one of the names begins with: looking for it is cheap.
COMMON = b"LC_"
# A part of one that something else is put behind: `'LC_' + name`, `LC_APP_%s`, `LC_${name}`.
# Behind `LC_` alone it may as well be one of the locale's.
PART = re.compile(rb"(?<![A-Za-z0-9_])LC_(?:APP_)?(?=[%{$\"']|$)")


def new_name(name: str) -> str:
    """Return what a variable is called now."""
    return NEW_STAGE_NAME if name == STAGE_NAME else RENAMED[name]


def part_code(part: bytes) -> str:
    """Return why a name that is put together is left: it surely is one of
    the platform's, or may be one.
    """
    return "dynamic" if part.endswith(b"APP_") else "maybe-dynamic"
