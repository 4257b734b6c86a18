"""Keys and secrets that stand in files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.checks import secrets
from scaffold.checks.module import Module, arguments, callee, conditions, literal
from scaffold.checks.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.project import Project

_LONG_WORD = re.compile(rb"[A-Za-z0-9]{20}")
_NAMES = re.compile(rb"key|secret|init", re.IGNORECASE)
# In these a value is in quotes, and a word without is a name.
_PROGRAM = re.compile(
    r"\.(?:[cm]?[jt]sx?|vue|html?|wxml|java|kts?|groovy|gradle"
    r"|scala|swift|mm?|h|c|cc|cpp|cs|go|php|rb|rs|dart|lua|pl)$",
    re.IGNORECASE,
)
# What visitors get: the app key is in it by design.
_FOR_VISITORS = re.compile(
    r"\.(?:html?|vue|[jt]sx|wxml)$|(?:^|/)(?:static|public|assets|www"
    r"|dist|templates|views|front-?end|client|web|js|"
    r"miniprogram)/.*\.[jt]s$",
    re.IGNORECASE,
)
# The place for keys; git's and .leanignore's rules say who sees it.
_DOTENV = re.compile(r"(?:^|/)\.env(?:\.(?!example|sample|template|dist)[\w.-]+)?$")
# Classes of settings that are not those of production.
_FOR_DEVELOPMENT = re.compile(r"dev|test|local", re.IGNORECASE)
_INIT_NAMES = ("app_key", "master_key", "hook_key")
# What stands between a literal and the name that it is given to.
_WRAPPERS = frozenset(
    {
        "parenthesized_expression",
        "concatenated_string",
        "binary_operator",
        "boolean_operator",
        "conditional_expression",
    }
)
_NAMED_BY = {
    "pair": "key",
    "keyword_argument": "name",
    "default_parameter": "name",
    "typed_default_parameter": "name",
    "assignment": "left",
}


class HardCodedKey(Rule):
    """Hard-coded key in Python source."""

    id = "LE080"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each literal or comment that gives a key to a
        name that says one, or to `init`.
        """
        for module in project.modules:
            if _is_worth_reading(module.data) and not project.repository.leaves_out(module.path):
                seen = set()
                for node in (*module.nodes("string"), *module.nodes("comment")):
                    for line, name, value in _in_node(node):
                        if value not in seen:
                            seen.add(value)
                            file, first, column = module.place(node)
                            yield self.at(
                                file, first + line, column, name=name, value=secrets.masked(value)
                            )


def _in_node(node: SgNode) -> Iterator[tuple[int, str, str]]:
    """Yield the keys in a literal or a comment: how many lines below its first, name, value."""
    value = literal(node)
    if value is not None and secrets.is_key(value):
        if name := _name_of(node):
            yield 0, name, value
        return
    text = node.text()
    for given in secrets.in_text(text):
        yield text.count("\n", 0, given.start), given.name, given.value


def _name_of(node: SgNode) -> str:
    """Return the name of a secret that an expression is given to, empty if there is none."""
    parent = node.parent()
    if parent is None:
        return ""
    kind = parent.kind()
    if kind in _WRAPPERS:
        return _name_of(parent)
    if kind in _NAMED_BY:
        target = parent.field(_NAMED_BY[kind])
        return _secret_name(target) if target is not None and target != node else ""
    if kind in {"argument_list", "tuple", "list", "expression_list"}:
        return _name_by_position(parent, node)
    return ""


def _secret_name(target: SgNode) -> str:
    """Return the last name of `x`, `a.x` or `a['x']`, if it is a secret's."""
    if target.kind() == "subscript":
        subscript = target.field("subscript")
        name = literal(subscript) or ""
    else:
        name = literal(target) or target.text().rpartition(".")[2]
    return name if secrets.names_secret(name) else ""


def _name_by_position(sequence: SgNode, node: SgNode) -> str:
    """Return the name of one of several: `set('name', value)`, `init(id, key)`, `a, b = x, y`."""
    items = [item for item in sequence.named_children() if item.kind() != "comment"]
    place = items.index(node)
    above = sequence.parent()
    if (
        above is not None
        and above.kind() == "call"
        and callee(above).rpartition(".")[2] in {"init", "initialize"}
    ):
        return _INIT_NAMES[place - 1] if 0 < place <= len(_INIT_NAMES) else ""
    if above is not None and above.kind() == "assignment":
        targets = above.field("left")
        names = targets.named_children() if targets is not None else []
        return _secret_name(names[place]) if len(names) == len(items) else ""
    before = literal(items[place - 1]) if place else None
    return before if before and secrets.names_secret(before) else ""


def _is_worth_reading(data: bytes) -> bool:
    """Return whether there can be a key at all; this is cheap."""
    return _LONG_WORD.search(data) is not None and _NAMES.search(data) is not None


class KeyInFile(Rule):
    """Hard-coded key in a script, a settings file or a README."""

    id = "LE081"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each name of a secret that is given one;
        `.env` is the place for them.
        """
        for path in (*project.files, *project.editor_files):
            if (
                path.endswith(".py")
                or _DOTENV.search(path)
                or not _is_worth_reading(project.read(path))
            ):
                continue
            text = project.text(path)
            seen = set()
            for given in secrets.in_text(text, quoted=_PROGRAM.search(path) is not None):
                public = _FOR_VISITORS.search(path) and not secrets.gives_all_rights(
                    given.name, given.value
                )
                if (
                    given.value not in seen
                    and not public
                    and not project.repository.leaves_out(path)
                ):
                    seen.add(given.value)
                    line = text.count("\n", 0, given.start) + 1
                    column = given.start - text.rfind("\n", 0, given.start)
                    yield self.at(
                        path, line, column, name=given.name, value=secrets.masked(given.value)
                    )


class HardCodedSecret(Rule):
    """Hard-coded secret that signs cookies."""

    id = "LE082"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each SECRET_KEY or the like with a literal, under no condition."""
        for module in project.modules_with(
            b"SECRET_KEY", b"secret_key", b"CookieSessionMiddleware("
        ):
            for node, name in _secrets(module):
                text = literal(node)
                if (
                    text
                    and not conditions(node)
                    and not _FOR_DEVELOPMENT.search(_class_around(node))
                ):
                    yield self.at(*module.place(node), name=name, value=secrets.masked(text))


def _class_around(node: SgNode) -> str:
    """Return the name of the class that a node is in, empty if it is in none."""
    above = next((above for above in node.ancestors() if above.kind() == "class_definition"), None)
    name = above.field("name") if above is not None else None
    return name.text() if name is not None else ""


def _secrets(module: Module) -> Iterator[tuple[SgNode, str]]:
    for node in module.nodes("assignment"):
        left, right = node.field("left"), node.field("right")
        if left is not None and right is not None:
            name = left.text()
            if name == "SECRET_KEY" or name.endswith(
                (".secret_key", "config['SECRET_KEY']", 'config["SECRET_KEY"]')
            ):
                yield right, name
    for call in module.calls("CookieSessionMiddleware"):
        positional, named = arguments(call)
        yield from (
            (node, "secret")
            for node in (*positional[1:2], *([named["secret"]] if "secret" in named else []))
        )
