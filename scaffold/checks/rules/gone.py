"""What the SDK had and has no longer. What there is was read in its source (1.13, 2.9.12, 3.0.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.checks.module import Module, show
from scaffold.checks.project import NEW_SDK
from scaffold.checks.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.project import Project

# Where HttpsRedirectMiddleware is found.
_REDIRECTS = frozenset({"leancloud", "leancloud.engine", "leancloud.engine.https_redirect_middleware"})
# What gives an object of the data store, and what gives many.
_ONE = re.compile(r"\.(?:first|create_without_data)\([^()]*\)$")
_MANY = re.compile(r"\.find\(\)$")


class GoneApi(Rule):
    """A name that the SDK no longer has."""

    id = "LE073"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for modules and attributes that were there in `leancloud-sdk`."""
        removed = (f"{name}.current_user".encode() for name in project.engine_names)
        gone = {"leancloud.cloudfunc": "leancloud.cloud"}
        gone |= {f"{name}.current_user": f"{name}.current.user" for name in project.engine_names}
        for module in project.modules_with(b"cloudfunc", b"HttpsRedirectMiddleware", *removed):
            for found in module.imports_from(NEW_SDK):
                full = f"{found.module}.{found.name}" if found.name else found.module
                if full.startswith("leancloud.cloudfunc"):
                    yield self.at(*module.place(found.node), seen=full, instead="leancloud.cloud")
                elif found.name == "HttpsRedirectMiddleware" and found.module not in _REDIRECTS:
                    yield self.at(*module.place(found.node), seen=full, instead="leancloud.HttpsRedirectMiddleware")
            for node in module.nodes("attribute"):
                if node.text() in gone:
                    yield self.at(*module.place(node), seen=node.text(), instead=gone[node.text()])
        yield from self._members(project)

    def _members(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for what objects and relations of the data store no longer have."""
        for module in project.modules_with(b".attributes", b".query(", beside=b"leancloud"):
            if not module.imports_from(NEW_SDK):
                continue
            for node in module.nodes("attribute"):
                name, owner, above = node.field("attribute"), node.field("object"), node.parent()
                if name is None or owner is None or above is None:
                    continue
                if name.text() == "attributes" and _is_stored(module, owner):
                    yield self.at(*module.place(node), seen=show(node), instead=f"{show(owner)}.dump()")
                called = above.kind() == "call" and above.field("function") == node
                if name.text() == "query" and called and ".relation(" in _value_of(module, owner):
                    yield self.at(*module.place(node), seen=f"{show(node)}()", instead=show(node))


def _value_of(module: Module, node: SgNode) -> str:
    """Return the source of an expression, or of what a plain name was last given before."""
    values = module.assignments.get(node.text(), []) if node.kind() == "identifier" else []
    before = [value for value in values if value.range().end.index <= node.range().start.index]
    return before[-1].text() if before else node.text()


def _is_stored(module: Module, node: SgNode) -> bool:
    """Return whether an expression surely is an object of the data store: it was found by a query."""
    if _ONE.search(_value_of(module, node)):
        return True
    for above in node.ancestors():
        left, right = above.field("left"), above.field("right")
        if above.kind() == "for_statement" and left is not None and right is not None and left.text() == node.text():
            return _MANY.search(_value_of(module, right)) is not None
    return False
