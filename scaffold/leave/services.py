"""The services of the platform: what each is called, and what takes its place.

The texts are the messages `leave.service.<key>.name`, `.instead`, and `.lost` where something is
lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scaffold import messages

# `kept`: this tool has what takes its place. `partly`: some of it. `none`: another vendor, or
# code of your own.
Replaced = Literal["kept", "partly", "none"]


@dataclass(frozen=True)
class Service:
    """A service of the platform.

    Attributes:
        key: how programs name it.
        replaced: how far this tool has a replacement.
        has_data: the platform keeps data for it, which is destroyed in the end.
        commands: the commands of this tool for it.
    """

    key: str
    replaced: Replaced
    has_data: bool = False
    commands: tuple[str, ...] = ()

    def text(self, part: str) -> str:
        """Return one of its texts in the current language; '' where there is none."""
        key = f"leave.service.{self.key}.{part}"
        return messages.text(key) if messages.exists(key) else ""


_STORE = ("scaffold store serve",)
_ALL = (
    Service("hosting", "kept", commands=("scaffold boot --container",)),
    Service("functions", "kept", commands=("scaffold boot --container",)),
    Service("hooks", "kept", commands=_STORE),
    Service("timers", "kept", commands=("scaffold timers check", "scaffold timers serve")),
    Service("objects", "kept", has_data=True, commands=_STORE),
    Service("users", "kept", has_data=True, commands=_STORE),
    Service("files", "kept", has_data=True, commands=_STORE),
    Service("access", "kept", has_data=True, commands=_STORE),
    Service("relations", "kept", has_data=True, commands=_STORE),
    Service("followers", "kept", has_data=True, commands=_STORE),
    Service("geo", "kept", commands=_STORE),
    Service("master-key", "kept", commands=("scaffold env",)),
    Service("cql", "partly", commands=_STORE),
    Service("third-party", "partly", commands=_STORE),
    Service("email", "partly", commands=_STORE),
    Service("sms", "partly", commands=_STORE),
    Service("addresses", "partly"),
    Service("push", "none", has_data=True),
    Service("realtime", "none", has_data=True),
    Service("live-query", "none"),
    Service("statuses", "none", has_data=True),
    Service("search", "none"),
    Service("leaderboards", "none", has_data=True),
    Service("captcha", "none"),
    Service("insight", "none"),
    Service("leandb", "none", has_data=True),
)
# In the order in which the plan names them.
SERVICES = {service.key: service for service in _ALL}

# Classes of the data storage that belong to another service.
OF_CLASSES = {
    "_User": "users",
    "_File": "files",
    "_Role": "access",
    "_Installation": "push",
    "_Notification": "push",
    "_Conversation": "realtime",
    "_SysMessage": "realtime",
    "_Status": "statuses",
    "_Follower": "followers",
    "_Followee": "followers",
    "_FriendshipRequest": "followers",
}


def of_class(name: str) -> str:
    """Return the key of the service that a class belongs to."""
    return OF_CLASSES.get(name, "objects")
