"""Objects as a client gets them: their keys, what is included, their files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import select

from scaffold.store import access
from scaffold.store.errors import ApiError
from scaffold.store.tables import objects
from scaffold.store.values import CLASS_NAME, kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from scaffold.store.schema import Class
    from scaffold.store.values import Document, Json
    from scaffold.store.work import Transaction

MAX_INCLUDED = 20
# A file for which the client wants an address that ends with its name.
KEEPS_NAME = "keepsName"
# Below the version, as all of the service, so that a proxy can tell it from an app by that alone.
DOWNLOADS = "/1.1/download"
# What only the user itself and the master key may see of a user.
PRIVATE = frozenset({"authData"})


@dataclass(frozen=True)
class ViewOptions:
    """How objects are shown.

    Args:
        keys: the paths to show; all where there is none.
        hidden: the paths not to show.
        include: the paths at which pointers are shown with the object that they point to.
        acl: whether the ACL is shown.
    """

    keys: tuple[tuple[str, ...], ...] = ()
    hidden: tuple[tuple[str, ...], ...] = ()
    include: tuple[tuple[str, ...], ...] = ()
    acl: bool = False

    @classmethod
    def read(cls, parameters: Mapping[str, Json]) -> ViewOptions:
        """Read the parameters `keys`, `include` and `returnACL`."""
        names = _names(parameters, "keys")
        included = _names(parameters, "include")
        # Each key stands for as many as it has parts.
        if any(name.count(".") >= MAX_INCLUDED for name in included):
            raise ApiError(1, f"A query may include {MAX_INCLUDED} keys.")
        include = sorted({path for name in included for path in _prefixes(name)})
        if len(include) > MAX_INCLUDED:
            raise ApiError(1, f"A query may include {MAX_INCLUDED} keys.")
        return cls(
            tuple(tuple(name.split(".")) for name in names if not name.startswith("-")),
            tuple(tuple(name[1:].split(".")) for name in names if name.startswith("-")),
            tuple(include),
            str(parameters.get("returnACL", "")).lower() in {"1", "true"},
        )


def _names(parameters: Mapping[str, Json], name: str) -> list[str]:
    value = parameters.get(name) or ""
    listed = value if isinstance(value, list) else str(value).split(",")
    return [str(item).strip() for item in listed if str(item).strip()]


def _prefixes(name: str) -> Iterator[tuple[str, ...]]:
    path = tuple(name.split("."))
    return (path[: length + 1] for length in range(len(path)))


def shown(
    work: Transaction, used: Class, rows: Sequence[Json], options: ViewOptions
) -> list[Document]:
    """Return objects as the caller sees them."""
    found = [record(work, used, row, acl=options.acl) for row in rows]
    for path in options.include:
        _include(work, found, path)
    _show_files(work, found)
    return [_selected(each, options) for each in found]


def record(work: Transaction, used: Class, row: Json, *, acl: bool = False) -> Document:
    """Return one object as the caller sees it, with nothing included."""
    own = {"objectId": row.id, "createdAt": row.created_at, "updatedAt": row.updated_at}
    related = {key: relation(target) for key, target in used.relations.items()}
    result = {**row.document, **related, **own}
    if used.name == "_User" and not work.caller.master and work.caller.user_id != row.id:
        result = {key: value for key, value in result.items() if key not in PRIVATE}
    if used.name == "_File":
        result["url"] = file_url(work.base_url, result)
    # An empty one is nobody's; shown as everybody's, an export would open the object.
    shown_acl = access.EVERYBODY if row.acl is None else row.acl
    return result | ({"ACL": shown_acl} if acl else {})


def relation(target: str | None) -> Document:
    """Return what is shown of a relation."""
    return {"__type": "Relation", "className": target}


def file_url(base_url: str, document: Document) -> Json:
    """Return where a file is: a key of ours, or the address that it was given."""
    key = document.get("key")
    if not key:
        return document.get("url")
    name = f"/{quote(str(document.get('name')), safe='')}" if document.get(KEEPS_NAME) else ""
    return f"{base_url}{DOWNLOADS}/{key}{name}"


def _include(work: Transaction, found: list[Document], path: tuple[str, ...]) -> None:
    """Put objects in the place of the pointers at a path, those that the caller may read."""
    targets: dict[str, set[str]] = {}
    for each in found:
        for value in _at(each, path):
            if kind(value) == "Pointer" and "createdAt" not in value:
                targets.setdefault(value["className"], set()).add(value["objectId"])
    known = {
        (name, key): value
        for name, wanted in targets.items()
        for key, value in _fetched(work, name, wanted)
    }

    def whole(value: Json) -> Json:
        if kind(value) != "Pointer":
            return value
        return {**known.get((value["className"], value["objectId"]), {}), **value}

    for each in found:
        _change(each, path, whole)


def _fetched(
    work: Transaction, class_name: str, wanted: Iterable[str]
) -> Iterator[tuple[str, Document]]:
    used = (
        work.schema.find(work.connection, class_name) if CLASS_NAME.fullmatch(class_name) else None
    )
    if used is None or not access.may_use(used, "get", work.caller):
        return
    query = select(objects).where(objects.c.class_id == used.id, objects.c.id.in_(sorted(wanted)))
    for row in work.connection.execute(query):
        if access.may(row.acl, "read", work.caller):
            yield row.id, record(work, used, row)


def _at(value: Json, path: tuple[str, ...]) -> Iterator[Json]:
    if isinstance(value, list):
        for item in value:
            yield from _at(item, path)
    elif not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:])


def _change(value: Json, path: tuple[str, ...], change: Callable[[Json], Json]) -> None:
    """Put what `change` makes of them in the place of the values at a path."""
    if isinstance(value, list):
        for item in value:
            _change(item, path, change)
    elif isinstance(value, dict) and path[0] in value:
        if len(path) > 1:
            _change(value[path[0]], path[1:], change)
        else:
            value[path[0]] = _each(value[path[0]], change)


def _each(value: Json, change: Callable[[Json], Json]) -> Json:
    return [_each(item, change) for item in value] if isinstance(value, list) else change(value)


def _show_files(work: Transaction, found: list[Document]) -> None:
    """Put the name and the address of each file where only its id is kept."""
    wanted = {value["id"] for value in _files(found)}
    if not wanted:
        return
    known = dict(_fetched(work, "_File", wanted))
    for value in _files(found):
        value.update(known.get(value["id"], {"objectId": value["id"], "name": "", "url": ""}))


def _files(found: Json) -> Iterator[Document]:
    """Go through all files in objects; each value is looked at once, and without a call."""
    waiting = list(found)
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            if value.get("__type") == "File" and "id" in value:
                yield value
            else:
                waiting += value.values()


def _selected(each: Document, options: ViewOptions) -> Document:
    result = each
    if options.keys:
        result = {
            key: each[key] for key in ("objectId", "createdAt", "updatedAt", "ACL") if key in each
        }
        for path in options.keys:
            _copy(each, result, path)
    for path in options.hidden:
        _remove(result, path)
    return result


def _copy(source: Json, target: Document, path: tuple[str, ...]) -> None:
    if not isinstance(source, dict) or path[0] not in source:
        return
    value = source[path[0]]
    if len(path) == 1 or not isinstance(value, dict):
        target[path[0]] = value
        return
    kept = {key: value[key] for key in ("__type", "className", "objectId") if key in value}
    below = target.setdefault(path[0], kept)
    if below is not value:
        _copy(value, below, path[1:])


def _remove(target: Json, path: tuple[str, ...]) -> None:
    if not isinstance(target, dict):
        return
    if len(path) == 1:
        target.pop(path[0], None)
    else:
        _remove(target.get(path[0]), path[1:])
