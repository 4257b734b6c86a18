"""LC_APP_PROD in Python: '1' is production, '0' is stage.

A read is certain where it is compared with one of these, or given to a name of which all uses are. Everything else
(shown, handed on, asked whether it is there) may be meant in another way and is left.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.checks.module import arguments, callee, literal
from scaffold.checks.rule import Edit
from scaffold.migrate.names import DEVELOPMENT, NEW_STAGE_NAME, STAGES

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from scaffold.checks.module import Module
    from scaffold.migrate.result import Found

_READS = frozenset({"get", "getenv"})
_FUNCTIONS = frozenset({"function_definition", "lambda"})
_ROWS = frozenset({"tuple", "list", "set"})
# Where only the truth of an expression counts.
_CONDITIONS = frozenset({"if_statement", "elif_clause", "while_statement"})
_COMPARED = re.compile(r"LC_APP_PROD['\"]\s*[\])]\s*==\s*u?['\"][01]['\"]")
_LOGIC = frozenset({"not_operator", "boolean_operator"})


def rewrite(found: Found, module: Module, names: list[SgNode]) -> None:
    """Rewrite the uses of LC_APP_PROD.

    Args:
        found: what is found in the module.
        module: the module.
        names: the strings that name it where a variable's name is meant.
    """
    for node in names:
        use = _Use(found, module, node)
        found.sets_stage |= use.sets
        found.stage_use(module.span(node)[0], use.edits())


class _Use:
    """One place that names LC_APP_PROD."""

    def __init__(self, found: Found, module: Module, node: SgNode) -> None:
        self._found = found
        self._module = module
        self._node = node
        self._changed: list[Edit] = []
        parent = node.parent()
        self._access = parent
        self._default: SgNode | None = None
        if parent is not None and parent.kind() == "argument_list":
            self._access = parent.parent()
        self.sets = self._sets()

    def _sets(self) -> bool:
        access = self._access
        if access is None:
            return False
        above = access.parent()
        if access.kind() == "call":
            return callee(access).rpartition(".")[2] in {"setdefault", "putenv", "setenv", "__setitem__"}
        is_target = above is not None and above.kind() == "assignment" and above.field("left") == access
        return access.kind() == "pair" or is_target

    def edits(self) -> list[Edit] | None:
        """Return how to rewrite it; None if its meaning is not certain."""
        access = self._access
        if access is None or not self._name(self._node, NEW_STAGE_NAME):
            return None
        if self._guards(access):
            return self._changed
        certain = self._write(access) if self.sets else self._is_read(access) and self._read(access)
        return self._changed if certain else None

    def _guards(self, access: SgNode) -> bool:
        """Return whether it is only asked for before it is compared: `'X' in environ and environ['X'] == '1'`."""
        asks = access.kind() == "comparison_operator" and " ".join(_operators(access)) == "in"
        asks |= access.kind() == "call" and callee(access).endswith(".has_key")
        node = _outside_brackets(access)
        above = node.parent()
        if not asks or above is None or above.kind() != "boolean_operator" or above.field("left") != node:
            return False
        right = above.field("right")
        return _operators(above) == ["and"] and right is not None and _COMPARED.search(right.text()) is not None

    # What it is given

    def _write(self, access: SgNode) -> bool:
        above = access.parent()
        value: SgNode | None
        if access.kind() == "call":
            positional, _ = arguments(access)
            used = above is None or above.kind() != "expression_statement"
            value = positional[1] if len(positional) > 1 and not used else None
        else:
            value = access.field("value") if access.kind() == "pair" else above.field("right") if above else None
        return value is not None and self._value(value, as_number=False)

    # What is asked

    def _is_read(self, access: SgNode) -> bool:
        if access.kind() == "subscript":
            above = access.parent()
            return above is None or above.kind() not in {"delete_statement", "expression_list"}
        if access.kind() != "call" or callee(access).rpartition(".")[2] not in _READS:
            return False
        positional, named = arguments(access)
        self._default = positional[1] if len(positional) > 1 else named.get("default")
        return len(positional) <= 2  # noqa: PLR2004 - name and default

    def _read(self, access: SgNode) -> bool:
        """Follow a read to where its value is used."""
        node = _outside_brackets(access)
        call = node.parent().parent() if node.parent() is not None and node.parent().kind() == "argument_list" else None  # type: ignore[union-attr]
        as_number = (
            call is not None and call.kind() == "call" and callee(call) == "int" and len(arguments(call)[0]) == 1
        )
        if as_number and call is not None:
            return self._number(call, node)
        compared = self._compared(node, as_number=False)
        if compared is None:
            compared = self._named(node, as_number=False)
        return compared is not None and self._with_default(compared, as_number=False)

    def _number(self, call: SgNode, read: SgNode) -> bool:
        node = _outside_brackets(call)
        compared = self._compared(node, as_number=True)
        if compared is None and _is_condition(node):
            # int('1') is true, int('0') is not.
            self._insert(self._module.span(call)[1], f" == {self._quoted('production')}")
            compared = {"1"}
        if compared is None:
            compared = self._named(node, as_number=True)
        if compared is None:
            return False
        (start, end), (inner, inner_end) = self._module.span(call), self._module.span(read)
        self._changed += [Edit(start, inner, b""), Edit(inner_end, end, b"")]
        return self._with_default(compared, as_number=True)

    def _with_default(self, compared: set[str], *, as_number: bool) -> bool:
        """Rewrite the value for where the variable is not set; return whether it means the same afterwards."""
        default = self._default
        if default is None:
            return True
        if default.text() == "None" or literal(default) == "":
            return not as_number
        given = literal(default) if literal(default) is not None else default.text()
        if given not in STAGES or given in compared:
            # `.get(…, '0') == '0'` takes development for stage; `lean up` now says development by name.
            return False
        start, end = self._module.span(default)
        self._changed.append(Edit(start, end, self._quoted(DEVELOPMENT).encode()))
        return True

    def _named(self, node: SgNode, *, as_number: bool) -> set[str] | None:
        """Follow a value to the uses of the name it is given; None where one of them is not a comparison."""
        parent = node.parent()
        target = parent.field("left") if parent is not None and parent.kind() == "assignment" else None
        if parent is None or target is None or target.kind() != "identifier" or parent.field("right") != node:
            return None
        name = target.text()
        function = next((above for above in parent.ancestors() if above.kind() in _FUNCTIONS), None)
        if function is None and name in self._found.context.imported:
            return None
        scope = function if function is not None else self._module.root
        uses = [use for use in scope.find_all(kind="identifier") if use.text() == name and use != target]
        compared: set[str] = set()
        for use in uses:
            above = use.parent()
            if above is None or (above.kind() == "keyword_argument" and above.field("name") == use):
                continue
            if above.kind() == "attribute" and above.field("attribute") == use:
                continue
            values = self._compared(use, as_number=as_number)
            if values is None and as_number and _is_condition(use):
                self._insert(self._module.span(use)[1], f" == {self._quoted('production')}")
                values = {"1"}
            if values is None:
                return None
            compared |= values
        return compared or None

    def _compared(self, node: SgNode, *, as_number: bool) -> set[str] | None:
        """Rewrite what an expression is compared with; return the old values, None if it is not compared so."""
        node = _outside_brackets(node)
        parent = node.parent()
        if parent is None or parent.kind() != "comparison_operator":
            return None
        parts = [child for child in parent.children() if child.kind() != "comment"]
        if len(parts) != 3:  # noqa: PLR2004 - two sides and an operator
            return None
        other = parts[2] if parts[0] == node else parts[0]
        test = " ".join(parts[1].text().split())
        if test in {"==", "!=", "<>"}:
            values = [other]
        elif test in {"in", "not in"} and other == parts[2] and other.kind() in _ROWS:
            values = [child for child in other.named_children() if child.kind() != "comment"]
        else:
            return None
        old = {literal(value) if literal(value) is not None else value.text() for value in values}
        if as_number and "0" in old and self._default is not None:
            return None  # int(… or 0) == 0 is also true in development
        if values and all(self._value(value, as_number=as_number) for value in values):
            return {str(value) for value in old}
        return None

    # Edits

    def _value(self, node: SgNode, *, as_number: bool) -> bool:
        """Rewrite '1' or '0', or the number; return whether it was one."""
        if as_number:
            if node.kind() != "integer" or node.text() not in STAGES:
                return False
            start, end = self._module.span(node)
            self._changed.append(Edit(start, end, self._quoted(STAGES[node.text()]).encode()))
            return True
        value = literal(node)
        return value in STAGES and self._name(node, STAGES[value])

    def _name(self, node: SgNode, new: str) -> bool:
        """Replace the text of a plain string, quotes and prefix left."""
        content = [child for child in node.children() if child.kind() == "string_content"]
        if len(content) != 1:
            return False
        start, end = self._module.span(content[0])
        self._changed.append(Edit(start, end, new.encode()))
        return True

    def _insert(self, place: int, new: str) -> None:
        self._changed.append(Edit(place, place, new.encode()))

    def _quoted(self, value: str) -> str:
        mark = next((c for c in self._node.text() if c in "'\""), "'")
        return f"{mark}{value}{mark}"


def _operators(node: SgNode) -> list[str]:
    return [child.text() for child in node.children() if not child.is_named()]


def _outside_brackets(node: SgNode) -> SgNode:
    parent = node.parent()
    while parent is not None and parent.kind() == "parenthesized_expression":
        node, parent = parent, parent.parent()
    return node


def _is_condition(node: SgNode) -> bool:
    """Return whether only the truth of an expression counts where it stands."""
    node = _outside_brackets(node)
    parent = node.parent()
    while parent is not None and parent.kind() in _LOGIC:
        node = _outside_brackets(parent)
        if parent.kind() == "boolean_operator":
            # `a and b` is a value unless its own truth is all that counts.
            return _is_condition(node)
        if parent.kind() == "not_operator":
            return True
        parent = node.parent()
    if parent is None:
        return False
    if parent.kind() in _CONDITIONS:
        return parent.field("condition") == node
    if parent.kind() == "conditional_expression":
        return parent.named_children()[1] == node
    call = parent.parent() if parent.kind() == "argument_list" else None
    return call is not None and call.kind() == "call" and callee(call) == "bool"
