"""Figures of a service's data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from scaffold.store.tables import classes, objects

if TYPE_CHECKING:
    from scaffold.store.database import Database


def objects_by_class(database: Database) -> dict[str, int]:
    """Return how many objects each class has, by the name of the class."""
    query = (
        select(classes.c.name, func.count(objects.c.id))
        .select_from(classes)
        .outerjoin(objects, objects.c.class_id == classes.c.id)
        .group_by(classes.c.name)
        .order_by(classes.c.name)
    )
    with database.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}
