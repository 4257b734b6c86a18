"""What the site says of the project itself: its version, its repository, and how many days
the platform has left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold import __version__
from scaffold.leave.dates import CLOSES, days_left
from tools.repository import address

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CLOSES", "days_left", "footer"]


def footer(pyproject: Path) -> str:
    """Return the line at the foot of every page, as HTML; with a link to the repository once its
    address is known.
    """
    line = f"scaffold {__version__} · MIT"
    url = address(pyproject)
    return f'{line} · <a href="{url}">{url.partition("://")[2]}</a>' if url else line
