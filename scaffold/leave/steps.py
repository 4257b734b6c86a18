"""The steps of the way out, in the order in which they are done.

The texts are the messages `leave.step.<key>.title` and `.how`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scaffold.cli import COMMANDS
from scaffold.leave.services import SERVICES
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Collection

# `irreversible`: what is not done before the end can never be done. `person`: no program can.
Kind = Literal["irreversible", "person", "command", "code"]


@dataclass(frozen=True)
class LeaveStep:
    """A step.

    Attributes:
        key: how programs and `--done` name it.
        kind: what sort it is.
        lead: how many days before the end it has to begin.
        services: those that make it necessary; all do where it names none.
        commands: the commands of this tool for it.
    """

    key: str
    kind: Kind
    lead: int
    services: frozenset[str] = frozenset()
    commands: tuple[str, ...] = ()

    def is_for(self, used: Collection[str]) -> bool:
        """Return whether an app that uses these services needs it."""
        return not self.services or not self.services.isdisjoint(used)

    @property
    def offered(self) -> tuple[str, ...]:
        """Those of its commands that this version of scaffold has."""
        return tuple(line for line in self.commands if line.split()[1] in COMMANDS)

    def text(self, part: str) -> str:
        """Return one of its texts in the current language."""
        return text(f"leave.step.{self.key}.{part}")


# What is kept in the data storage's classes; the data service holds it afterwards.
_STORED = frozenset(
    {"objects", "users", "files", "access", "relations", "followers", "geo", "cql", "hooks"}
)
_ASKED = _STORED | {"third-party", "email", "sms"}
_EXPORTED = _ASKED | {"push", "realtime", "statuses"}
_CALLED = _ASKED | {"functions", "addresses"}
_EXPORT = ("scaffold export", "scaffold export --verify")
_IMPORT = ("scaffold import export",)
STEPS = (
    LeaveStep("export", "irreversible", 60, _EXPORTED, _EXPORT),
    LeaveStep("passwords", "irreversible", 60, frozenset({"users", "third-party", "email", "sms"})),
    LeaveStep("history", "irreversible", 60, frozenset({"realtime"}), _EXPORT),
    LeaveStep("leandb", "irreversible", 60, frozenset({"leandb"})),
    LeaveStep("leaderboards", "irreversible", 60, frozenset({"leaderboards"})),
    LeaveStep("console", "person", 60),
    LeaveStep("icp", "person", 45),
    LeaveStep("sms", "person", 45, frozenset({"sms"})),
    LeaveStep(
        "replace",
        "code",
        45,
        frozenset(key for key, service in SERVICES.items() if service.replaced == "none"),
    ),
    LeaveStep("third-party", "code", 40, frozenset({"third-party"})),
    LeaveStep("adopt", "command", 40, commands=("scaffold adopt --dry-run", "scaffold check")),
    LeaveStep("container", "command", 35, commands=("scaffold boot --container",)),
    LeaveStep("store", "command", 35, _ASKED, ("scaffold store migrate", "scaffold store serve")),
    LeaveStep("import", "command", 35, _EXPORTED, _IMPORT),
    LeaveStep(
        "timers",
        "command",
        35,
        frozenset({"functions", "timers"}),
        ("scaffold timers check", "scaffold timers serve"),
    ),
    LeaveStep("rehearse", "command", 30, commands=("scaffold up",)),
    LeaveStep("clients", "person", 30, _CALLED),
    LeaveStep("ttl", "person", 16),
    LeaveStep("move", "person", 14, commands=("scaffold store proxy URL", *_EXPORT, *_IMPORT)),
    LeaveStep("watch", "person", 14),
    LeaveStep("stop", "person", 0),
)
KEYS = tuple(step.key for step in STEPS)
