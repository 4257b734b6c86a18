"""Old names in YAML, JSON, TOML and ini files: a key is a variable only below a key that
says so.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from scaffold.checks.module import has_long_line
from scaffold.migrate import text
from scaffold.migrate.names import NAME, STAGE_NAME, new_name

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from scaffold.migrate.result import Found

# Keys with variables as entries: in CI systems, Compose, Kubernetes, Heroku,
# PM2, fly.io, tox, pytest-env.
ENVIRONMENTS = re.compile(
    r"(?:container|remote|build|run|pytest|set|pass)?_?env"
    r"(?:ironments?|_?vars?|_?variables?|ironment_?variables?|_file)?"
    r"|variables|build_?args?|args|env_?(?:production|development|staging|prod|dev|test)",
    re.IGNORECASE,
)
_PAIRS = frozenset({"block_mapping_pair", "flow_pair", "pair"})
_VALUE_RULES = text.Rules()
_INI_RULES = text.Rules(make=True)
_SECTION = re.compile(rb"\s*\[\[?([^\]\n]+)\]")
_KEY = re.compile(rb"(\s*)([\"']?)([\w.%\- ]+?)\2\s*[=:]")
# ini files in which a line of this key holds variables.
_INI_KEYS = re.compile(r"environment|env|setenv|passenv|set_env|pass_env", re.IGNORECASE)
# Where YAML's levels may begin. A line may begin several: `- - - key:`.
_INDENTATION = re.compile(rb"^[ \t]*(?:[-?:][ \t]+)*", re.MULTILINE)
_MAX_LEVELS = 80
_ASCII = range(0x80)
# For tree-sitter: every byte is one character, and what is not ASCII is a letter.
_ONE_BYTE_EACH = bytes(byte if byte in _ASCII else 0xE9 for byte in range(256))
_CI_VALUE = re.compile(rb"\b(?:secrets|vars|inputs|needs|steps|params?)\.$")


def rewrite_tree(found: Found, language: str) -> None:
    """Rewrite YAML or JSON."""
    from ast_grep_py import SgRoot

    # The levels would end the process: the parser has room for some 250 of them.
    is_deep = language == "yaml" and _levels(found.data) > _MAX_LEVELS
    if is_deep or has_long_line(found.data):
        found.leave_all()
        return
    source = found.data.translate(_ONE_BYTE_EACH).decode("latin-1")
    matches = list(NAME.finditer(found.data))
    nodes = _nodes_at(SgRoot(source, language).root(), [match.start() for match in matches])
    keys: dict[tuple[int, int], set[str]] = {}
    for match in matches:
        node = nodes[match.start()]
        if node.kind() != "comment" and _is_key(node, match[0].decode()):
            _rename_key(found, match, node, keys)
        else:
            _scan_line(found, match)


def _levels(data: bytes) -> int:
    """Return how many levels of nesting a YAML document has at most: each
    begins in a column of its own.
    """
    columns: set[int] = set()
    for prefix in set(_INDENTATION.findall(data)):
        columns.add(len(prefix))
        columns.update(column for column, byte in enumerate(prefix) if byte in b"-?:")
    return len(columns)


def _nodes_at(root: SgNode, positions: list[int]) -> dict[int, SgNode]:
    """Return the innermost node at each of some positions, which are in order."""
    found: dict[int, SgNode] = {}
    waiting = [(root, positions)]
    while waiting:
        node, inside = waiting.pop()
        found |= dict.fromkeys(inside, node)
        for child in node.children():
            place = child.range()
            part = inside[
                bisect_left(inside, place.start.index) : bisect_left(inside, place.end.index)
            ]
            if part and child.is_named():
                waiting.append((child, part))
    return found


def _is_key(node: SgNode, name: str) -> bool:
    """Return whether a node is a whole key, or a whole entry of a list of variables."""
    return node.text().strip("\"'") == name


def _rename_key(
    found: Found, match: re.Match[bytes], node: SgNode, known: dict[tuple[int, int], set[str]]
) -> None:
    name = match[0].decode()
    path, role = _place(node)
    is_variable = any(ENVIRONMENTS.fullmatch(key) for key in path)
    if role == "value" or not is_variable:
        found.leave(match.start(), "key" if role == "key" else "mention", name)
    elif role == "key" and _has_sibling(node, _successors(name), known):
        found.leave(match.start(), "both", name)
    elif name == STAGE_NAME:
        text.stage(found, match.start(), *text.around(found.data, match))
    else:
        found.rename(match.start(), name, new_name(name))


def _successors(name: str) -> set[str]:
    """Return the names of which one beside an old name would be there twice after renaming."""
    return {new_name(name), "LC_APP_ENV"} if name == STAGE_NAME else {new_name(name)}


def _place(node: SgNode) -> tuple[list[str], str]:
    """Return the keys above a node, and whether it is itself a key, an
    entry of a list, a name or a value.
    """
    path: list[str] = []
    role = ""
    below = node
    for above in node.ancestors():
        if above.kind() in _PAIRS:
            key = above.field("key")
            is_key = key is not None and key.range().start.index == below.range().start.index
            if is_key and not role:
                role = "key"
            elif key is not None:
                name = key.text().strip("\"'")
                if not role:
                    # Kubernetes: `- name: LC_APP_ID`.
                    role = "name" if name == "name" else "value"
                path.append(name)
        elif above.kind() in {"block_sequence_item", "flow_sequence", "array"} and not role:
            role = "entry"
        below = above
    return path, role or "value"


def _has_sibling(node: SgNode, names: set[str], known: dict[tuple[int, int], set[str]]) -> bool:
    """Return whether the mapping that a key is in has one of these keys too.

    Args:
        node: the key.
        names: the others.
        known: the keys of the mappings that were asked already, by their place.
    """
    pair = next((a for a in node.ancestors() if a.kind() in _PAIRS), None)
    mapping = pair.parent() if pair is not None else None
    if mapping is None:
        return False
    place = mapping.range().start.index, mapping.range().end.index
    if place not in known:
        keys = (child.field("key") for child in mapping.children())
        known[place] = {key.text().strip("\"'") for key in keys if key is not None}
    return not known[place].isdisjoint(names)


def _scan_line(found: Found, match: re.Match[bytes]) -> None:
    """Rewrite a name inside a longer value, such as a command, or in a comment."""
    prefix, suffix = text.around(found.data, match)
    name = match[0].decode()
    if _CI_VALUE.search(prefix):
        found.leave(match.start(), "ci-secret", name)
    elif not text.names_variable(prefix, suffix, _VALUE_RULES):
        found.leave(match.start(), "mention", name)
    elif name == STAGE_NAME:
        text.stage(found, match.start(), prefix, suffix)
    else:
        found.rename(match.start(), name, new_name(name))


def rewrite_lines(found: Found) -> None:
    """Rewrite ini and TOML: sections, keys, and values that go on for several lines."""
    found.both |= text.set_twice(found.data)
    section = key = ""
    position = 0
    for line in found.data.splitlines(keepends=True):
        if header := _SECTION.match(line):
            section, key = header[1].decode("utf-8", "replace").strip(), ""
        elif (entry := _KEY.match(line)) and not (
            entry[1] and key and not entry[3].startswith(b"LC_")
        ):
            key = (
                key
                if entry[1] and _INI_KEYS.fullmatch(key)
                else entry[3].decode("utf-8", "replace")
            )
        for match in NAME.finditer(found.data, position, position + len(line)):
            _in_line(found, match, section, key)
        position += len(line)


def _in_line(found: Found, match: re.Match[bytes], section: str, key: str) -> None:
    prefix, suffix = text.around(found.data, match)
    name = match[0].decode()
    is_key = not prefix.strip(b" \t\"'#;") and text.SPACED.match(suffix.lstrip(b"\"'")) is not None
    below = any(
        ENVIRONMENTS.fullmatch(part) for part in re.split(r"[.:\s]", section)
    ) or _INI_KEYS.fullmatch(key)
    passed = key.lower().replace("_", "") == "passenv"
    if is_key and not below:
        found.leave(match.start(), "key", name)
    elif not (
        is_key
        or passed
        or (below and not prefix.strip())
        or text.names_variable(prefix, suffix, _INI_RULES)
    ):
        found.leave(match.start(), "mention", name)
    elif name == STAGE_NAME:
        text.stage(found, match.start(), prefix, suffix)
    else:
        found.rename(match.start(), name, new_name(name))
