"""Documents and conditions as hypothesis makes them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from scaffold.store import values

if TYPE_CHECKING:
    from scaffold.store.values import Json

WORDS = [
    "",
    "a",
    "ab",
    "b",
    "Ab",
    "ä",
    "张三",
    "\U0001f600",
    "a.b",
    "10",
    "%",
    "_",
    "'",
    '"',
    "\\",
    "x' OR '1'='1",
]
NUMBERS = [
    0,
    1,
    -1,
    1.0,
    1.5,
    0.1,
    2**53,
    2**53 + 1,
    2**63 - 1,
    -(2**63),
    1e300,
    -1e-7,
    5e-324,
    123456789.125,
]
DATES = ["2026-11-28T00:00:00.000Z", "2026-11-28T00:00:00.001Z", "1969-12-31T23:59:59.999Z"]
# Columns by type, as in a class whose columns were fixed by their first use;
# `mixed` keeps anything below it.
TYPES = {
    "n": "Number",
    "s": "String",
    "b": "Boolean",
    "d": "Date",
    "p": "Pointer",
    "g": "GeoPoint",
    "y": "Bytes",
    "l": "Array",
    "mixed": "Object",
}
PATHS = [(name,) for name in TYPES] + [
    ("mixed", "x"),
    ("mixed", "y z"),
    ("mixed", "x", "x"),
    ("l", "x"),
    ("l", "x", "x"),
    ("nowhere",),
    ("objectId",),
    ("createdAt",),
]

words = st.sampled_from(WORDS)
numbers = st.sampled_from(NUMBERS)
dates = st.sampled_from(DATES).map(values.date)
pointers = st.builds(values.pointer, st.sampled_from(["A", "B"]), st.sampled_from(["1", "2"]))
points = st.builds(
    lambda latitude, longitude: {
        "__type": "GeoPoint",
        "latitude": latitude,
        "longitude": longitude,
    },
    st.sampled_from([0, 10, 45.5, -90, 90]),
    st.sampled_from([0, 10.25, 179, -180, 180]),
)
binary = st.sampled_from(["", "YQ==", "/+8="]).map(lambda text: {"__type": "Bytes", "base64": text})
scalars = st.one_of(st.none(), st.booleans(), numbers, words, dates, pointers, points, binary)


def _nested(children: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.lists(children, max_size=3) | st.dictionaries(
        st.sampled_from(["x", "y z", "z"]), children, max_size=3
    )


anything = st.recursive(scalars, _nested, max_leaves=6)
objects = st.dictionaries(st.sampled_from(["x", "y z"]), anything, max_size=2)
BY_TYPE = {
    "n": numbers,
    "s": words,
    "b": st.booleans(),
    "d": dates,
    "p": pointers,
    "g": points,
    "y": binary,
    "l": st.lists(anything, max_size=3),
    "mixed": objects,
}
documents = st.fixed_dictionaries(
    {}, optional={name: st.none() | kept for name, kept in BY_TYPE.items()}
).map(values.normalise)


def _key(path: tuple[str, ...]) -> str:
    return ".".join(path)


def _operators(path: tuple[str, ...]) -> st.SearchStrategy[Json]:
    value = BY_TYPE.get(path[0], anything) | anything if len(path) == 1 else anything
    ordered = st.one_of(numbers, words, dates, st.booleans())
    near = st.fixed_dictionaries(
        {"$nearSphere": points},
        optional={
            "$maxDistanceInKilometers": st.sampled_from([1, 5000]),
            "$minDistance": st.sampled_from([0.01, 1]),
        },
    )
    box = st.lists(points, min_size=2, max_size=2).map(
        lambda corners: {"$within": {"$box": corners}}
    )
    regex = st.fixed_dictionaries(
        {
            "$regex": st.sampled_from(
                ["a", "^a", "b$", "^ab$", "a.b", "[ab]", "^.$", "\\Qa.b\\E", "三"]
            )
        },
        optional={"$options": st.sampled_from(["i", "s"])},
    )
    return st.one_of(
        value,
        value.map(lambda found: {"$ne": found}),
        st.builds(
            lambda name, found: {name: found},
            st.sampled_from(["$lt", "$lte", "$gt", "$gte"]),
            ordered,
        ),
        st.builds(
            lambda name, found: {name: found},
            st.sampled_from(["$in", "$nin", "$all"]),
            st.lists(value, max_size=3),
        ),
        st.booleans().map(lambda found: {"$exists": found}),
        st.sampled_from([0, 1, 2]).map(lambda size: {"$size": size}),
        regex,
        near,
        box,
    )


entries = st.sampled_from(PATHS).flatmap(
    lambda path: _operators(path).map(lambda value: {_key(path): value})
)
wheres = st.recursive(
    entries,
    lambda inner: st.builds(
        lambda name, found: {name: found},
        st.sampled_from(["$or", "$and"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=4,
)
orders = st.lists(st.tuples(st.sampled_from(PATHS), st.booleans()), max_size=2)
