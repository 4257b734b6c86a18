"""Read the values of timers.yaml from its nodes, which know where they stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scaffold import parsing
from scaffold.messages import text
from scaffold.printable import cut

if TYPE_CHECKING:
    from collections.abc import Callable

    import yaml

_LONGEST_TEXT, _LONGEST_NAME = 1000, 200
_DIGITS = re.compile(r"[1-9][0-9]{0,8}|0")
# YAML 1.1, which is read here, and YAML 1.2 differ: `on` is true, `010` is 8 and 1:30 is 90 in
# one of them only. What both read alike, by its kind, and what is text in 1.1 only.
_SAME_IN_ALL = {
    "str": re.compile(""),
    "int": re.compile(r"[-+]?(0|[1-9][0-9]*|0x[0-9a-fA-F]+)"),
    "float": re.compile(
        r"[-+]?[0-9]+\.[0-9]*([eE][-+][0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
    ),
    "bool": re.compile("true|True|TRUE|false|False|FALSE"),
    "null": re.compile("~|null|Null|NULL|"),
}
_AMBIGUOUS = re.compile(r"[-+]?(0[0-9]+|0o[0-7]+|([0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+)")


class TimersError(ValueError):
    """The file does not say what it should.

    Attributes:
        problem: what is wrong, in the user's language.
        line, column: where, counted from 1.
    """

    def __init__(self, problem: str, line: int, column: int = 1) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line
        self.column = column

    @classmethod
    def at(cls, node: yaml.Node, problem: str, **params: object) -> TimersError:
        """Return an error at a node of the file, with the message that says what is wrong there."""
        mark = node.start_mark
        shown = {name: cut(str(value), parsing.MAX_SHOWN) for name, value in params.items()}
        found = text(f"timers.problem.{problem}", **shown)
        return cls(found, mark.line + 1, mark.column + 1)


def one_of(*known: str) -> Callable[[yaml.Node], str]:
    """Return a reader of a text that is one of those known."""

    def read_choice(node: yaml.Node) -> str:
        value = line(node)
        if value not in known:
            raise TimersError.at(node, "one-of", value=value, known=", ".join(known))
        return value

    return read_choice


def whole_number(node: yaml.Node, least: int, most: int) -> int:
    """Return a number without quotes, sign or leading zeros, between two others."""
    value = str(node.value) if kind_of(node) == "int" else ""
    if not _DIGITS.fullmatch(value) or not least <= int(value) <= most:
        raise TimersError.at(node, "whole", least=least, most=most)
    return int(value)


def line(node: yaml.Node) -> str:
    """Return a text of one line that can be printed."""
    value = str(node.value).strip() if kind_of(node) == "str" else ""
    if not value or len(value) > _LONGEST_TEXT or not value.isprintable():
        raise TimersError.at(node, "text", most=_LONGEST_TEXT)
    return value


def name(node: yaml.Node) -> str:
    """Return a line that is short enough for a name."""
    value = line(node)
    if len(value) > _LONGEST_NAME:
        raise TimersError.at(node, "name", most=_LONGEST_NAME)
    return value


def mapping(node: yaml.Node, known: tuple[str, ...] | None) -> dict[str, yaml.Node]:
    """Return the values of a mapping by their keys.

    Args:
        node: should be a mapping.
        known: the keys that it may have; None for any text.
    """
    if kind_of(node) != "map":
        raise TimersError.at(node, "mapping")
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        label = key.value if isinstance(key.value, str) else key.tag
        if known is None and kind_of(key) != "str":
            raise TimersError.at(key, "key", key=label)
        if known is not None and label not in known:
            raise TimersError.at(key, "unknown-key", key=label, known=", ".join(known))
        if label in found:
            raise TimersError.at(key, "twice", key=label)
        found[label] = value
    return found


def sequence(node: yaml.Node) -> list[yaml.Node]:
    """Return the items of a list."""
    if kind_of(node) != "seq":
        raise TimersError.at(node, "list")
    return list(node.value)


def kind_of(node: yaml.Node) -> str:
    """Return what a node is for YAML: `map`, `seq`, `str`, `int`, …; empty where its tag says
    something else than its form.
    """
    import yaml

    kind = str(node.tag).rpartition(":")[2]
    form = {"map": yaml.MappingNode, "seq": yaml.SequenceNode}.get(kind, yaml.ScalarNode)
    return kind if isinstance(node, form) else ""


def json_value(node: yaml.Node) -> Any:
    """Return a value that JSON has, and that every reader of YAML reads in the same way."""
    kind = kind_of(node)
    if kind == "map":
        return {key: json_value(value) for key, value in mapping(node, None).items()}
    if kind == "seq":
        return [json_value(inner) for inner in sequence(node)]
    if kind not in _SAME_IN_ALL:
        label = node.value if isinstance(node.value, str) else node.tag
        raise TimersError.at(node, "no-json", value=label)
    if _is_ambiguous(node):
        raise TimersError.at(node, "ambiguous", value=node.value)
    return parsing.construct_yaml(node)


def _is_ambiguous(node: yaml.Node) -> bool:
    """Return whether YAML 1.1 and 1.2 read a value without quotes differently."""
    if getattr(node, "style", None):
        return False
    kind, value = kind_of(node), str(node.value)
    if kind == "str":
        return bool(_AMBIGUOUS.fullmatch(value))
    return not _SAME_IN_ALL[kind].fullmatch(value)
