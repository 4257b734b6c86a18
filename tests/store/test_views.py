"""Classes as views of SQL: typed, and in step with the classes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from click.testing import CliRunner
from sqlalchemy import inspect, text

from scaffold.commands.store import command
from scaffold.store import values
from tests.store.conftest import name

if TYPE_CHECKING:
    from scaffold.store.values import Json
    from tests.store.conftest import Api

DAY = {"__type": "Date", "iso": "2026-11-28T08:00:00.000Z"}


def _make(api: Api) -> list[str]:
    url = api.store.database.engine.url.render_as_string(hide_password=False)
    made = CliRunner().invoke(command, ["views", "--database", url], catch_exceptions=False)
    return made.output.splitlines()


def _rows(api: Api, view: str) -> list[dict[str, Json]]:
    query = text("SELECT * FROM NAME".replace("NAME", f'"{view}"'))
    with api.store.database.reading() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def test_typed(api: Api) -> None:
    """A view has the values of its class with types of SQL; one for each relation its entries."""
    film, other = name(), name()
    other_id = api.save(other, x=1)
    pointer = values.pointer(other, other_id)
    reviews = {"__op": "AddRelation", "objects": [pointer]}
    given = {"n": 1.5, "s": "x' y", "b": True, "d": DAY, "p": pointer, "l": [1], "reviews": reviews}
    object_id = api.save(film, **given)
    api.save(film, n=None)
    assert {f"class_{film}", f"class_{other}", f"relation_{film}.reviews"} <= set(_make(api))
    row, empty = sorted(_rows(api, f"class_{film}"), key=lambda each: each["s"] is None)
    assert row["objectId"] == object_id
    assert (float(row["n"]), row["s"], bool(row["b"]), row["p"]) == (1.5, "x' y", True, other_id)
    assert str(row["d"])[:10] == "2026-11-28"
    assert empty["n"] is None
    entries = _rows(api, f"relation_{film}.reviews")
    assert entries == [{"owner": object_id, "target": other_id}]


def test_in_step(api: Api) -> None:
    """A new column is in the view soon after the write that made it, also under other views."""
    film = name()
    api.save(film, b=1)
    _make(api)
    on_top = 'CREATE VIEW "mine_FILM" AS SELECT * FROM "class_FILM"'.replace("FILM", film)
    api.store.database.writing(lambda connection: connection.exec_driver_sql(on_top))
    api.save(film, a="text")
    deadline = time.monotonic() + 20
    while "a" not in _columns(api, film):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert sorted(str(row["a"]) for row in _rows(api, f"class_{film}")) == ["None", "text"]


def _columns(api: Api, film: str) -> list[str]:
    found = inspect(api.store.database.engine).get_columns(f"class_{film}")
    return [column["name"] for column in found]
