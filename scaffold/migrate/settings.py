"""Old names in YAML, JSON, TOML and ini files: a key is a variable only below a key that says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.migrate import text
from scaffold.migrate.names import NAME, STAGE_NAME, new_name

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from scaffold.migrate.result import Found

# Keys whose entries are variables: in CI systems, Compose, Kubernetes, Heroku, PM2, fly.io, tox, pytest-env.
ENVIRONMENTS = re.compile(
    r"(?:container|remote|build|run|pytest|set|pass)?_?env"
    r"(?:ironments?|_?vars?|_?variables?|ironment_?variables?|_file)?"
    r"|variables|build_?args?|args|env_?(?:production|development|staging|prod|dev|test)",
    re.IGNORECASE,
)
_VALUE_RULES = text.Rules()
_INI_RULES = text.Rules(make=True)
_SECTION = re.compile(rb"\s*\[\[?([^\]\n]+)\]")
_KEY = re.compile(rb"(\s*)([\"']?)([\w.%\- ]+?)\2\s*[=:]")
# ini files in which a line of this key holds variables.
_INI_KEYS = re.compile(r"environment|env|setenv|passenv|set_env|pass_env", re.IGNORECASE)
_CI_VALUE = re.compile(rb"\b(?:secrets|vars|inputs|needs|steps|params?)\.$")


def rewrite_tree(found: Found, language: str) -> None:
    """Rewrite YAML or JSON."""
    from ast_grep_py import SgRoot  # noqa: PLC0415 - slow to import

    source = found.data.translate(bytes(0xE9 if byte > 0x7F else byte for byte in range(256))).decode("latin-1")  # noqa: PLR2004
    root = SgRoot(source, language).root()
    for match in NAME.finditer(found.data):
        node = _node_at(root, match.start())
        if node.kind() == "comment":
            _scan_line(found, match)
        elif _is_key(node, match[0].decode()):
            _rename_key(found, match, node)
        else:
            _scan_line(found, match)


def _node_at(root: SgNode, position: int) -> SgNode:
    node = root
    while True:
        inside = next(
            (c for c in node.children() if c.range().start.index <= position < c.range().end.index and c.is_named()),
            None,
        )
        if inside is None:
            return node
        node = inside


def _is_key(node: SgNode, name: str) -> bool:
    """Return whether a node is a whole key, or a whole entry of a list of variables."""
    return node.text().strip("\"'") == name


def _rename_key(found: Found, match: re.Match[bytes], node: SgNode) -> None:
    name = match[0].decode()
    path, role = _place(node)
    is_variable = any(ENVIRONMENTS.fullmatch(key) for key in path)
    if role == "value" or not is_variable:
        found.leave(match.start(), "key" if role == "key" else "mention", name)
    elif role == "key" and _has_sibling(node, {new_name(name)} | ({"LC_APP_ENV"} if name == STAGE_NAME else set())):
        found.leave(match.start(), "both", name)
    elif name == STAGE_NAME:
        line, stop = _line(found.data, match)
        text.stage(found, match.start(), found.data[line : match.start()], found.data[match.end() : stop])
    else:
        found.rename(match.start(), name, new_name(name))


def _place(node: SgNode) -> tuple[list[str], str]:
    """Return the keys above a node, and whether it is itself a key, an entry of a list, a name or a value."""
    path: list[str] = []
    role = ""
    below = node
    for above in node.ancestors():
        if above.kind() in {"block_mapping_pair", "flow_pair", "pair"}:
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


def _has_sibling(node: SgNode, names: set[str]) -> bool:
    """Return whether the mapping that a key is in has one of these keys too."""
    pair = next((a for a in node.ancestors() if a.kind() in {"block_mapping_pair", "flow_pair", "pair"}), None)
    mapping = pair.parent() if pair is not None else None
    keys = [child.field("key") for child in mapping.children()] if mapping is not None else []
    return any(key is not None and key.text().strip("\"'") in names for key in keys)


def _line(data: bytes, match: re.Match[bytes]) -> tuple[int, int]:
    stop = data.find(b"\n", match.end())
    return data.rfind(b"\n", 0, match.start()) + 1, len(data) if stop < 0 else stop


def _scan_line(found: Found, match: re.Match[bytes]) -> None:
    """Rewrite a name inside a longer value, such as a command, or in a comment."""
    line, stop = _line(found.data, match)
    prefix, suffix = found.data[line : match.start()], found.data[match.end() : stop]
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
        elif (entry := _KEY.match(line)) and not (entry[1] and key and not entry[3].startswith(b"LC_")):
            key = key if entry[1] and _INI_KEYS.fullmatch(key) else entry[3].decode("utf-8", "replace")
        for match in NAME.finditer(found.data, position, position + len(line)):
            _in_line(found, match, section, key)
        position += len(line)


def _in_line(found: Found, match: re.Match[bytes], section: str, key: str) -> None:
    line, stop = _line(found.data, match)
    prefix, suffix = found.data[line : match.start()], found.data[match.end() : stop]
    name = match[0].decode()
    is_key = not prefix.strip(b" \t\"'#;") and text.SPACED.match(suffix.lstrip(b"\"'")) is not None
    below = any(ENVIRONMENTS.fullmatch(part) for part in re.split(r"[.:\s]", section)) or _INI_KEYS.fullmatch(key)
    passed = key.lower().replace("_", "") == "passenv"
    if is_key and not below:
        found.leave(match.start(), "key", name)
    elif not (is_key or passed or (below and not prefix.strip()) or text.names_variable(prefix, suffix, _INI_RULES)):
        found.leave(match.start(), "mention", name)
    elif name == STAGE_NAME:
        text.stage(found, match.start(), prefix, suffix)
    else:
        found.rename(match.start(), name, new_name(name))
