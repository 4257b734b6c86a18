"""The settings and variables under which git starts no program that a repository names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# What makes git start programs, or do more than it is asked to.
NEUTRAL = {
    "advice.defaultBranchName": "false",
    "advice.detachedHead": "false",
    "commit.gpgSign": "false",
    "core.alternateRefsCommand": "true",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "core.quotePath": "false",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "log.showSignature": "false",
    "maintenance.auto": "false",
    "safe.bareRepository": "explicit",
    "status.submoduleSummary": "false",
    "submodule.recurse": "false",
}
# A clone of a stranger's repository may lack objects, for which git would ask
# the address in its settings.
OFFLINE = {
    "protocol.allow": "never",
    **{f"protocol.{name}.allow": "never" for name in ("ext", "fd", "file")},
}
# These two run any program that is named in an address.
ONLINE = {"protocol.ext.allow": "never", "protocol.fd.allow": "never"}
# The variables of git's that say who the user is and how to connect. All others lead it
# elsewhere or start programs.
_KEPT = (
    "GIT_ASKPASS",
    "GIT_AUTHOR_",
    "GIT_CEILING_DIRECTORIES",
    "GIT_COMMITTER_",
    "GIT_CONFIG_",
    "GIT_DEFAULT_HASH",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_EXEC_PATH",
    "GIT_HTTP_",
    "GIT_PROXY_",
    "GIT_SSH",
    "GIT_SSL_",
    "GIT_TERMINAL_PROMPT",
    "GIT_TRACE",
)


def environment() -> dict[str, str]:
    """Return the environment without the variables that lead git to another
    repository or make it start programs.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith(_KEPT)
    }


def with_settings(variables: Mapping[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    """Return variables that give every git below these settings, after
    those that they give already.

    Args:
        variables: an environment.
        settings: values by name. A name may hold any character, unlike one
            that is given by `git -c`.
    """
    given = variables.get("GIT_CONFIG_COUNT", "")
    first = int(given) if given.isdecimal() else 0
    found = {**variables, "GIT_CONFIG_COUNT": str(first + len(settings))}
    for number, (name, value) in enumerate(settings.items(), first):
        found |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return found
