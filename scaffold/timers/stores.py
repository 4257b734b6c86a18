"""Where runners keep what they share, by its address."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from scaffold.timers.redis_state import RedisState
    from scaffold.timers.state import SharedState

    State: TypeAlias = SharedState | RedisState

REDIS = ("redis://", "rediss://", "unix://")


def open_state(url: str) -> State:
    """Return the state at an address.

    Args:
        url: of SQLite, PostgreSQL or Redis.
    """
    if url.startswith(REDIS):
        from scaffold.timers.redis_state import RedisState

        return RedisState.at(url)
    from scaffold.timers.state import SharedState

    return SharedState.at(url)


def problems() -> tuple[type[Exception], ...]:
    """Return what is raised where a state cannot be opened or used."""
    from sqlalchemy.exc import SQLAlchemyError

    redis = sys.modules.get("redis")
    of_redis = (redis.RedisError,) if redis else ()
    return (SQLAlchemyError, ImportError, OSError, ValueError, *of_redis)
