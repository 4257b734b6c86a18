"""What the SDK had and has no longer. What there is was read in its source (1.13,
2.9.12, 3.0.2).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.checks.module import Module, callee, show
from scaffold.checks.project import NEW_SDK
from scaffold.checks.removed import REMOVED_FROM_SDK, SDK_WITHOUT_OLD_MEMBERS
from scaffold.checks.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.project import Project

# Where HttpsRedirectMiddleware is found.
_REDIRECTS = frozenset(
    {"leancloud", "leancloud.engine", "leancloud.engine.https_redirect_middleware"}
)
# What gives an object of the data store, and what gives many.
_ONE = re.compile(r"\.(?:first|create_without_data)\([^()]*\)$")
_MANY = re.compile(r"\.find\(\)$")


class RemovedApi(Rule):
    """A name that the SDK no longer has."""

    id = "LE073"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for modules and attributes that older SDKs have, unless
        the requirements keep such a one.
        """
        yield from self._imports(project)
        sdk = project.requirement(NEW_SDK)
        if not (sdk and sdk.is_below(SDK_WITHOUT_OLD_MEMBERS)):
            yield from self._current_user(project)
            yield from self._members(project)

    def _imports(self, project: Project) -> Iterator[Finding]:
        for module in project.modules_with(b"cloudfunc", b"HttpsRedirectMiddleware"):
            for found in module.imports_from(NEW_SDK):
                full = f"{found.module}.{found.name}" if found.name else found.module
                for removed in REMOVED_FROM_SDK:
                    if removed.covers(full) and not removed.is_kept(project):
                        yield self.at(
                            *module.place(found.node), seen=removed.name, instead=removed.instead
                        )
                if found.name == "HttpsRedirectMiddleware" and found.module not in _REDIRECTS:
                    yield self.at(
                        *module.place(found.node),
                        seen=full,
                        instead="leancloud.HttpsRedirectMiddleware",
                    )

    def _current_user(self, project: Project) -> Iterator[Finding]:
        removed = {f"{name}.current_user": f"{name}.current.user" for name in project.engine_names}
        for module in project.modules_with(*(name.encode() for name in removed)):
            for node in module.nodes("attribute"):
                if node.text() in removed:
                    yield self.at(
                        *module.place(node), seen=node.text(), instead=removed[node.text()]
                    )

    def _members(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for what objects and relations of the data store no longer have."""
        for module in project.modules_with(b".attributes", b".query(", also=b"leancloud"):
            if not module.imports_from(NEW_SDK):
                continue
            for node in module.nodes("attribute"):
                name, owner, above = node.field("attribute"), node.field("object"), node.parent()
                if name is None or owner is None or above is None:
                    continue
                if name.text() == "attributes" and _is_stored(module, owner):
                    seen, instead = _instead_of_attributes(node, show(owner))
                    yield self.at(*module.place(node), seen=seen, instead=instead)
                called = above.kind() == "call" and above.field("function") == node
                if name.text() == "query" and called and ".relation(" in _value_of(module, owner):
                    yield self.at(*module.place(node), seen=f"{show(node)}()", instead=show(node))


def _instead_of_attributes(node: SgNode, owner: str) -> tuple[str, str]:
    """Return what is written with an object's `attributes`, and the same with its methods."""
    above = node.parent()
    if above is not None and above.kind() == "subscript":
        key = above.field("subscript")
        return show(above), f"{owner}.{_method(above)}" % (show(key) if key is not None else "…")
    if above is not None and above.kind() == "comparison_operator":
        first = above.named_children()[0]
        return show(above), f"{owner}.has({show(first)})"
    call = above.parent() if above is not None and above.kind() == "attribute" else None
    if above is not None and call is not None and callee(call).endswith(".attributes.get"):
        inside = call.field("arguments")
        return show(call), f"{owner}.get{show(inside) if inside is not None else '(…)'}"
    # All values at once, as in JSON.
    return show(node), f"{owner}.dump()"


def _method(subscript: SgNode) -> str:
    """Return the method that does what is done to one attribute."""
    above = subscript.parent()
    if above is not None and above.kind() == "delete_statement":
        return "unset(%s)"
    if above is not None and above.kind() == "assignment" and above.field("left") == subscript:
        return "set(%s, …)"
    return "get(%s)"


def _value_of(module: Module, node: SgNode) -> str:
    """Return the source of an expression, or of what a plain name was last given before."""
    values = module.assignments.get(node.text(), []) if node.kind() == "identifier" else []
    before = [value for value in values if value.range().end.index <= node.range().start.index]
    return before[-1].text() if before else node.text()


def _is_stored(module: Module, node: SgNode) -> bool:
    """Return whether an expression surely is an object of the data store: it was found by
    a query.
    """
    if _ONE.search(_value_of(module, node)):
        return True
    for above in node.ancestors():
        left, right = above.field("left"), above.field("right")
        if (
            above.kind() == "for_statement"
            and left is not None
            and right is not None
            and left.text() == node.text()
        ):
            return _MANY.search(_value_of(module, right)) is not None
    return False
