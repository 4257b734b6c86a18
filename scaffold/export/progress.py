"""How far an export or an import is."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from scaffold import output
from scaffold.messages import text

_SHOW_EVERY = 5.0  # seconds


@dataclass
class RowsProgress:
    """Shows now and then how much is read."""

    _read: dict[str, int] = field(default_factory=dict)
    _shown: float = field(default_factory=time.monotonic)

    def __call__(self, name: str, more: int) -> None:
        """Count, and show it if nothing was shown for some seconds."""
        self._read[name] = self._read.get(name, 0) + more
        now = time.monotonic()
        if now - self._shown >= _SHOW_EVERY:
            self._shown = now
            output.say(text("export.progress", name=name, number=f"{self._read[name]:,}"))
