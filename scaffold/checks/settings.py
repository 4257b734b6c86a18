"""Which rules count and which files: from the command line, `.scaffold.toml`
or `pyproject.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold import files, parsing
from scaffold.checks.rules import RULES
from scaffold.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scaffold.hosts import Host

OWN_FILE = ".scaffold.toml"
SHARED_FILE = "pyproject.toml"
KEYS = ("select", "ignore", "exclude")


@dataclass(frozen=True)
class CheckSettings:
    """What a check takes into account.

    Attributes:
        select: beginnings of the ids that count; all where there are none.
        ignore: beginnings of the ids that do not.
        exclude: paths from the root, or names anywhere, that are not read.
        host: where the project is to run instead of the platform.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    host: Host | None = None

    def wants(self, rule: str) -> bool:
        """Return whether a rule counts; where two beginnings fit, the longer one decides."""
        chosen = max(
            (len(start) for start in self.select if rule.startswith(start)),
            default=0 if self.select else 1,
        )
        dropped = max((len(start) for start in self.ignore if rule.startswith(start)), default=0)
        return chosen > dropped


def load(directory: Path, select: Iterable[str], ignore: Iterable[str]) -> CheckSettings:
    """Return the settings of a project, with what the command line says in
    place of what its files say.

    Raises:
        UsageError: a file cannot be read, or names a key or rule that does not exist.
    """
    table, origin = _table(directory)
    for key, value in table.items():
        if key not in KEYS:
            raise UsageError(
                "check.error.unknown-setting", key=key, origin=origin, known=", ".join(KEYS)
            )
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise UsageError(
                "check.error.setting-not-list", key=key, origin=origin, value=parsing.shown(value)
            )
    chosen = _ids(select, "--select") or _ids(table.get("select", ()), origin)
    dropped = _ids(ignore, "--ignore") or _ids(table.get("ignore", ()), origin)
    exclude = tuple(path.removeprefix("./").rstrip("/") for path in table.get("exclude", ()))
    return CheckSettings(chosen, dropped, exclude)


def _ids(given: Iterable[str], origin: str) -> tuple[str, ...]:
    """Return ids, which may be several with commas between them, in upper case."""
    ids = tuple(part.strip().upper() for text in given for part in text.split(",") if part.strip())
    for start in ids:
        if not any(rule.id.startswith(start) for rule in RULES):
            raise UsageError("check.error.unknown-rule", rule=start, origin=origin)
    return ids


def _table(directory: Path) -> tuple[dict[str, Any], str]:
    for name, path in ((OWN_FILE, ("check",)), (SHARED_FILE, ("tool", "scaffold", "check"))):
        found: Any = _read(directory / name)
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, dict):
            return found, name
    return {}, ""


def _read(path: Path) -> dict[str, Any]:
    try:
        return parsing.load_toml(files.read(path, root=path.parent))
    except FileNotFoundError:
        return {}
    except (files.UnreadableError, parsing.ParseError) as error:
        reason = error.strerror if isinstance(error, OSError) else error.reason
        raise UsageError("check.error.settings-unreadable", path=path, reason=reason) from error
