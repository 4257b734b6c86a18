"""When the platform ends."""

from __future__ import annotations

from datetime import date

# Source: the vendor's announcement,
# https://docs.leancloud.cn/sdk/announcements/sunset-announcement/
CLOSES = date(2027, 1, 12)


def days_left(today: date) -> int:
    """Return the days until the platform closes; 0 on that day and after it."""
    return max((CLOSES - today).days, 0)
