"""LC_APP_PROD in Python: '1' is production, '0' is stage.

What the platform's guide shows is rewritten, and what is written in its image: a read that is
compared with '1' or '0', by itself or by a name that is used for nothing else; a read that is a
condition as a number; and the same values given to the variable. Everything else (shown, handed
on, counted with, asked whether it is there) may be meant in another way and is left.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from scaffold.checks.module import arguments, callee, literal
from scaffold.edits import Edit
from scaffold.migrate.names import DEVELOPMENT, NEW_STAGE_NAME, STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ast_grep_py import SgNode

    from scaffold.checks.module import Module
    from scaffold.migrate.result import Found

_READS = frozenset({"get", "getenv"})
_WRITES = frozenset({"setdefault", "putenv", "setenv", "__setitem__"})
_EQUALITY = frozenset({"==", "!=", "<>"})
_MEMBERSHIP = frozenset({"in", "not in"})
_ROWS = frozenset({"tuple", "list", "set"})


def rewrite(found: Found, module: Module, names: list[SgNode]) -> None:
    """Rewrite the uses of LC_APP_PROD.

    Args:
        found: what is found in the module.
        module: the module.
        names: the strings that name it where a variable's name is meant.
    """
    uses = _Uses(module)
    for node in names:
        access = _access(node)
        place = module.span(node)[0]
        if access is None:
            found.stage_use(place, None)
        elif _is_written(access):
            found.sets_stage = True
            found.stage_use(place, _edits(module, [(node, NEW_STAGE_NAME)], [_given(access)]))
        else:
            found.stage_use(place, _read(found, uses, access, node))


class _Uses:
    """Where the names of a module are used."""

    def __init__(self, module: Module) -> None:
        self.module = module

    @cached_property
    def _by_name(self) -> dict[str, list[SgNode]]:
        found: dict[str, list[SgNode]] = {}
        for node in self.module.nodes("identifier"):
            found.setdefault(node.text(), []).append(node)
        return found

    def of(self, target: SgNode) -> Iterable[SgNode]:
        """Yield where else a name is used, in the function or module that gives it its value."""
        functions = (above for above in target.ancestors() if above.kind() == "function_definition")
        function = next(functions, self.module.root).range()
        first, last = function.start.index, function.end.index
        for use in self._by_name[target.text()]:
            above = use.parent()
            is_attribute = (
                above is not None
                and above.kind() == "attribute"
                and above.field("attribute") == use
            )
            is_keyword = (
                above is not None
                and above.kind() == "keyword_argument"
                and above.field("name") == use
            )
            is_inside = first <= use.range().start.index < last
            if is_inside and use != target and not (is_attribute or is_keyword):
                yield use


def _read(found: Found, uses: _Uses, access: SgNode, name: SgNode) -> list[Edit] | None:
    """Return how to rewrite a read, None where it is not certain what is meant."""
    if (number := _number(access)) is not None:
        return _truth(uses.module, number, access, name) if _is_condition(number) else None
    compared = _compared_with(found, uses, access)
    if compared is None:
        return None
    changed = [(name, NEW_STAGE_NAME)]
    default = _default(access)
    if default is not None:
        # `.get(…, '0') == '0'` takes development for stage, which has a name of its own now.
        given = literal(default)
        if given not in STAGES or given in [literal(value) for value in compared]:
            return None
        changed.append((default, DEVELOPMENT))
    return _edits(uses.module, changed, compared)


def _access(name: SgNode) -> SgNode | None:
    """Return what reads or writes the variable: `os.environ['X']`, `os.getenv('X')`, `'X': …`."""
    parent = name.parent()
    access = parent.parent() if parent is not None and parent.kind() == "argument_list" else parent
    return access if access is not None and access.kind() in {"subscript", "call", "pair"} else None


def _is_written(access: SgNode) -> bool:
    if access.kind() == "call":
        return callee(access).rpartition(".")[2] in _WRITES
    above = access.parent()
    is_target = above is not None and above.kind() == "assignment" and above.field("left") == access
    return is_target or access.kind() == "pair"


def _given(access: SgNode) -> SgNode | None:
    """Return the value that the variable is given; None where the old value comes back too."""
    above = access.parent()
    if access.kind() == "pair" or above is None:
        return access.field("value")
    if access.kind() == "subscript":
        return above.field("right")
    positional, _ = arguments(access)
    return positional[1] if len(positional) > 1 and above.kind() == "expression_statement" else None


def _compared_with(found: Found, uses: _Uses, access: SgNode) -> list[SgNode] | None:
    """Return the values that a read is compared with; None where it has other uses."""
    is_read = access.kind() == "subscript" or callee(access).rpartition(".")[2] in _READS
    if not is_read:
        return None
    node = _outside_brackets(access)
    above = node.parent()
    target = above.field("left") if above is not None and above.kind() == "assignment" else None
    if target is None:
        return _sides(node)
    if target.kind() != "identifier" or target.text() in found.context.imported:
        return None
    values: list[SgNode] = []
    for use in uses.of(target):
        compared = _sides(use)
        if compared is None:
            return None
        values += compared
    return values or None


def _sides(node: SgNode) -> list[SgNode] | None:
    """Return what a value is compared with by `==`, `!=` or `in`, None if it is not."""
    node = _outside_brackets(node)
    comparison = node.parent()
    if comparison is None or comparison.kind() != "comparison_operator":
        return None
    first, *rest = (child for child in comparison.children() if child.kind() != "comment")
    operators, last = [child.text() for child in rest[:-1] if not child.is_named()], rest[-1]
    operator = " ".join(" ".join(operators).split())
    if len(comparison.named_children()) != len((first, last)):
        return None  # a < b < c
    if operator in _EQUALITY:
        return [last if first == node else first]
    if operator in _MEMBERSHIP and first == node and last.kind() in _ROWS:
        return [child for child in last.named_children() if child.kind() != "comment"]
    return None


def _number(access: SgNode) -> SgNode | None:
    """Return the call that makes a number of a read: `int(os.environ.get('LC_APP_PROD', 0))`."""
    inside = access.parent()
    call = inside.parent() if inside is not None and inside.kind() == "argument_list" else None
    return (
        call
        if call is not None and callee(call) == "int" and arguments(call) == ([access], {})
        else None
    )


def _is_condition(node: SgNode) -> bool:
    """Return whether only the truth of an expression counts."""
    parent = node.parent()
    if parent is None:
        return False
    if parent.kind() == "conditional_expression":
        return parent.named_children()[1] == node
    return parent.kind() == "not_operator" or parent.field("condition") == node


def _truth(module: Module, number: SgNode, access: SgNode, name: SgNode) -> list[Edit] | None:
    """Return how to ask for production instead of a number that is not 0."""
    edits = _edits(module, [(name, NEW_STAGE_NAME)], [])
    default = _default(access)
    mark = name.text()[-1]
    if edits is None or (default is not None and default.text().strip("'\"") != "0"):
        return None
    if default is not None:
        edits.append(Edit(*module.span(default), f"{mark}{DEVELOPMENT}{mark}".encode()))
    (start, end), (inner, inner_end) = module.span(number), module.span(access)
    asked = f" == {mark}{STAGES['1']}{mark}".encode()
    return [*edits, Edit(start, inner, b""), Edit(inner_end, end, asked)]


def _default(access: SgNode) -> SgNode | None:
    """Return the value for where the variable is not set; None where that is nothing."""
    positional, named = arguments(access) if access.kind() == "call" else ([], {})
    default = positional[1] if len(positional) > 1 else named.get("default")
    is_nothing = default is None or default.text() == "None" or literal(default) == ""
    return None if is_nothing else default


def _edits(
    module: Module, names: list[tuple[SgNode, str]], values: Iterable[SgNode | None]
) -> list[Edit] | None:
    """Return how to give plain strings another text, quotes and prefix left.

    Args:
        module: the module.
        names: strings and what they become.
        values: strings that hold an old value. Where one holds anything else, None is returned.
    """
    edits = []
    for node, new in (*names, *((value, STAGES.get(literal(value) or "")) for value in values)):
        content = (
            [child for child in node.children() if child.kind() == "string_content"] if node else []
        )
        if new is None or len(content) != 1:
            return None
        edits.append(Edit(*module.span(content[0]), new.encode()))
    return edits


def _outside_brackets(node: SgNode) -> SgNode:
    parent = node.parent()
    while parent is not None and parent.kind() == "parenthesized_expression":
        node, parent = parent, parent.parent()
    return node
