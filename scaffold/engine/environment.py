"""The environment variables of a LeanEngine instance, with throw-away keys.

Source: LeanEngine docs, "Environment variables".
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import files

if TYPE_CHECKING:
    from collections.abc import Mapping

# LC_ALL and LC_CTYPE are the locale's, so the platform's old names are listed one by one.
DEPRECATED = frozenset(
    {
        "LC_API_SERVER",
        "LC_APP_ENV",
        "LC_APP_ID",
        "LC_APP_KEY",
        "LC_APP_MASTER_KEY",
        "LC_APP_PORT",
        "LC_APP_PROD",
        "LC_APP_REPO_PATH",
    }
)
PLATFORM_PREFIXES = ("LEANCLOUD_", "LEAN_CLI_")
# What would make a fresh virtualenv use packages or settings from outside.
LEAKS = frozenset(
    {
        "PIP_PREFIX",
        "PIP_REQUIRE_VIRTUALENV",
        "PIP_TARGET",
        "PIP_USER",
        "PYTHONHOME",
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "PYTHONUSERBASE",
        "UV_PROJECT_ENVIRONMENT",
        "UV_PYTHON",
        "UV_SYSTEM_PYTHON",
        "VIRTUAL_ENV",
        "VIRTUAL_ENV_PROMPT",
        "__PYVENV_LAUNCHER__",
    }
)
# Nobody listens on the discard port: a storage call fails at once, and nothing leaves the machine.
CLOSED_SERVER = "http://127.0.0.1:9"
# What the owner of an app that has left the platform sets by hand.
_OWNERS = (
    "LEANCLOUD_APP_ID",
    "LEANCLOUD_APP_KEY",
    "LEANCLOUD_APP_MASTER_KEY",
    "LEANCLOUD_APP_HOOK_KEY",
    "LEANCLOUD_APP_ENV",
    "LEANCLOUD_API_SERVER",
    "TZ",
)
EXAMPLE_FILE = ".env.example"
_EMPTY_VARIABLE = re.compile(
    r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:(?:''|\"\")\s*)?(?:#.*)?", re.ASCII
)


def inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the user's environment without what an instance would not see.

    Dropped are the platform's variables (real keys must not reach a rehearsal), settings of Python
    and its installers that leak into a virtualenv, and the folders of other virtualenvs on PATH: a
    server installed there would hide that `requirements.txt` forgets it.
    """
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith(PLATFORM_PREFIXES) and name not in DEPRECATED and name not in LEAKS
    }
    folders = [folder for folder in kept.get("PATH", os.defpath).split(os.pathsep) if folder]
    kept["PATH"] = os.pathsep.join(folder for folder in folders if not _in_virtualenv(Path(folder)))
    return kept


def platform_variables(port: int) -> dict[str, str]:
    """Return the variables that LeanEngine sets on a production instance,
    with keys made up for this call.

    Args:
        port: the TCP port the app has to listen on.
    """
    return {
        # The SDK takes the region from the id's ending; this one is mainland China's.
        "LEANCLOUD_APP_ID": f"{secrets.token_hex(12)}-gzGzoHsz",
        "LEANCLOUD_APP_KEY": secrets.token_hex(12),
        "LEANCLOUD_APP_MASTER_KEY": secrets.token_hex(12),
        "LEANCLOUD_APP_HOOK_KEY": secrets.token_hex(12),
        "LEANCLOUD_APP_ENV": "production",
        "LEANCLOUD_APP_PORT": str(port),
        "LEANCLOUD_APP_GROUP": "web",
        "LEANCLOUD_APP_INSTANCE": "web1",
        "LEANCLOUD_API_SERVER": CLOSED_SERVER,
        "LEANCLOUD_REGION": "CN",
        "LEANCLOUD_VERSION_TAG": "rehearsal",
        "LEANCLOUD_AVAILABLE_CPUS": "1",
        "TZ": "Asia/Shanghai",
    }


def host_variables(port: int) -> dict[str, str]:
    """Return the variables of an app that has moved: what its owner sets, with throw-away keys,
    and the `PORT` of the new host. What the platform alone sets is not there.

    Args:
        port: the TCP port the app has to listen on.
    """
    everything = platform_variables(port)
    return {**{name: everything[name] for name in _OWNERS}, "PORT": str(port)}


def example_secrets(directory: Path) -> dict[str, str]:
    """Return throw-away values for the variables that the project's
    `.env.example` names without a value.
    """
    try:
        lines = files.lines(files.decode(files.read(directory / EXAMPLE_FILE, root=directory)))
    except FileNotFoundError:
        return {}
    found = (_EMPTY_VARIABLE.fullmatch(line) for line in lines)
    return {match[1]: secrets.token_hex(32) for match in found if match}


def instance(
    directory: Path, port: int, extra: Mapping[str, str], *, moved: bool = False
) -> dict[str, str]:
    """Return the variables, beside the inherited ones, that a rehearsed instance of a project sees.

    Args:
        directory: the project.
        port: the TCP port the app has to listen on.
        extra: variables of the user's own. On the platform these cannot override `LEANCLOUD_*`;
            here they can, to try out another region, environment or port.
        moved: whether it is an instance of another host.
    """
    # Lines that wait in a buffer when a server is killed would be missing
    # from the log that explains why.
    named = example_secrets(directory)
    if moved:
        named.pop("LEANCLOUD_APP_PORT", None)  # only `PORT` is set there
    return {
        "PYTHONUNBUFFERED": "1",
        **named,
        **(host_variables(port) if moved else platform_variables(port)),
        **extra,
    }


def _in_virtualenv(folder: Path) -> bool:
    return (folder.parent / "pyvenv.cfg").is_file()
