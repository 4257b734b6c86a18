"""Rename imports of modules that were removed: `gevent.wsgi`, `flask.ext.…`, and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.checks.listening import qualified
from scaffold.checks.removed import REMOVED, REMOVED_FROM_SDK
from scaffold.edits import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.adopt.draft import Draft
    from scaffold.checks.module import Module
    from scaffold.checks.removed import Removed

# What is below these went to packages of their own: `flask.ext.login` to `flask_login`.
_PREFIX = "flask.ext."
# The replacement of this one is another kind of app.
_BY_HAND = frozenset({"tornado.wsgi.WSGIApplication"})
# Extensions of Flask with a package that is surely the one meant.
_EXTENSIONS = frozenset(
    {
        "admin",
        "assets",
        "babel",
        "bcrypt",
        "bootstrap",
        "cors",
        "debugtoolbar",
        "httpauth",
        "login",
        "mail",
    }
    | {
        "migrate",
        "moment",
        "mongoengine",
        "oauthlib",
        "principal",
        "pymongo",
        "restful",
        "script",
        "security",
    }
    | {"socketio", "sqlalchemy", "uploads", "wtf"}
)


def rename(draft: Draft) -> set[str]:
    """Rename in the copy the modules that the versions to be installed no longer have.

    Returns:
        Packages that the new names belong to, as far as they are known for certain.
    """
    project = draft.project
    found: set[str] = set()
    for removed in (*REMOVED, *REMOVED_FROM_SDK):
        if removed.name in _BY_HAND or removed.is_kept(project):
            continue
        for module in project.modules_with(
            removed.name.rstrip(".").rpartition(".")[2].encode(), tests=True
        ):
            edits = list(_edits(module, removed))
            if edits:
                old, new = removed.name.rstrip("."), removed.instead
                draft.edit(
                    module.path,
                    edits,
                    "renamed",
                    old=old,
                    new=f"{new}…" if new.endswith("_") else new,
                )
                found |= {f"flask-{name}" for name in _extensions(module) & _EXTENSIONS}
        project = draft.project
    return found


def _extensions(module: Module) -> set[str]:
    """Return the extensions of Flask that a module imports by their old names."""
    below = {f"{found.module}.{found.name}" for found in module.imports}
    return {
        name.removeprefix(_PREFIX).partition(".")[0] for name in below if name.startswith(_PREFIX)
    }


def _edits(module: Module, removed: Removed) -> Iterator[Edit]:
    yield from _from_imports(module, removed)
    yield from _plain_imports(module, removed)
    yield from _attributes(module, removed)


def _from_imports(module: Module, removed: Removed) -> Iterator[Edit]:
    for node in module.nodes("import_from_statement"):
        source = node.field("module_name")
        if source is None:
            continue
        if removed.covers(source.text()) and source.text() != _PREFIX.rstrip("."):
            yield _replace(module, source, removed)
        elif source.text() == _PREFIX.rstrip(".") and removed.name == _PREFIX:
            names = [_as(part, "flask_") for part in node.field_children("name")]
            yield Edit(*module.span(node), f"import {', '.join(names)}".encode())
        else:
            yield from _names(module, node, removed)


def _names(module: Module, node: SgNode, removed: Removed) -> Iterator[Edit]:
    """Yield the edits of `from gevent import wsgi`."""
    parent, _, last = removed.name.rpartition(".")
    source = node.field("module_name")
    if source is None or source.text() != parent:
        return
    new = removed.instead.rpartition(".")[2]
    for part in node.field_children("name"):
        name = part.field("name") if part.kind() == "aliased_import" else part
        if name is not None and name.text() == last:
            text = new if part.kind() == "aliased_import" else f"{new} as {last}"
            yield Edit(*module.span(name), text.encode())


def _as(part: SgNode, prefix: str) -> str:
    """Return one name of `from flask.ext import …` for `import`: `flask_login as login`."""
    name, alias = part.field("name"), part.field("alias")
    if name is not None and alias is not None:
        return f"{prefix}{name.text()} as {alias.text()}"
    return f"{prefix}{part.text()} as {part.text()}"


def _plain_imports(module: Module, removed: Removed) -> Iterator[Edit]:
    for node in module.nodes("import_statement"):
        for part in node.field_children("name"):
            name = part.field("name") if part.kind() == "aliased_import" else part
            if (
                name is None
                or not removed.covers(name.text())
                or name.text() == _PREFIX.rstrip(".")
            ):
                continue
            edit = _replace(module, name, removed)
            if removed.name == _PREFIX and part.kind() != "aliased_import":
                # `import flask.ext.login` binds `flask` too.
                edit = Edit(edit.start, edit.end, b"flask, " + edit.new)
            yield edit


def _attributes(module: Module, removed: Removed) -> Iterator[Edit]:
    """Yield the edits of `leancloud.cloudfunc.run(…)`, also where the package has an alias."""
    if removed.name == _PREFIX:
        for node in module.nodes("attribute"):
            name = "".join(node.text().split())
            if name.startswith(_PREFIX) and name.count(".") == _PREFIX.count("."):
                yield _replace(module, node, removed)
        return
    for node in module.nodes("attribute"):
        name = "".join(node.text().split())
        last = node.field("attribute")
        if last is not None and qualified(module, name) == removed.name:
            yield Edit(*module.span(last), removed.instead.rpartition(".")[2].encode())


def _replace(module: Module, node: SgNode, removed: Removed) -> Edit:
    name = node.text()
    new = removed.replacement(name)
    if not removed.name.endswith("."):
        new = removed.instead + name[len(removed.name) :]
    return Edit(*module.span(node), new.encode())
