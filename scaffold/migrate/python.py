"""Old names in Python source, of Python 2 and 3 alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.checks.environment import Environment
from scaffold.checks.module import BOM, Module, callee, literal
from scaffold.migrate import stages, text
from scaffold.migrate.names import NAME, PART, RENAMED, STAGE_NAME, part_code
from scaffold.migrate.result import Found
from scaffold.parsing import python_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_ASCII = range(0x80)
_NOT_ASCII = bytes(byte if byte in _ASCII else 0xE9 for byte in range(256))
# Where a string is a command line.
_SHELLS = re.compile(
    r"(?:^|\.)(?:system|popen|expandvars|call|check_call|check_output"
    r"|run|Popen|getoutput|local|sudo)$"
)
_NAMED_ATTRIBUTE = frozenset({"getattr", "setattr", "hasattr", "delattr"})
_TEXT = text.Rules(assigned=False)
_SHELL = text.Rules()


def shadow(data: bytes) -> bytes:
    """Return source in which every byte that is not ASCII is the letter é of Latin-1.

    Then a position in the text is a position in the file whatever its encoding, names in any
    script are names, and no second half of a Chinese character in GBK passes for a backslash.
    """
    start = len(BOM) if data.startswith(BOM) else 0
    head = data[start:].split(b"\n", 2)[:2]
    cookie = next((match[1].decode() for line in head if (match := _COOKIE.match(line))), "utf-8")
    body = data[start:]
    if cookie.lower().replace("_", "-") not in {"utf-8", "utf8", "latin-1", "iso-8859-1", "ascii"}:
        try:
            characters = body.decode(cookie)
            encoded = [character.encode(cookie) for character in characters]
        except (LookupError, UnicodeError):
            encoded = []
        if b"".join(encoded) == body:
            body = b"".join(c if c.isascii() and len(c) == 1 else b"\xe9" * len(c) for c in encoded)
    return data[:start] + body.translate(_NOT_ASCII)


def rewrite(found: Found) -> None:
    """Rewrite a whole module."""
    module = Module("", shadow(found.data))
    if not module.is_parsable:
        found.leave_all()
        return
    environment = Environment(module, found.context.readers)
    reads: list[SgNode] = []
    for node in module.nodes("string"):
        start, end = module.span(node)
        if NAME.search(found.data, start, end):
            _string(found, module, environment, node, reads)
        elif (part := PART.search(found.data, start, end)) and _asks(environment, node):
            found.leave(part.start(), part_code(part[0]), part[0].decode())
    for name in environment.keywords():
        _keyword(found, module, name)
    stages.rewrite(found, module, reads)
    for start, end in _comments(module):
        _text(found, start, end)


def _string(
    found: Found, module: Module, environment: Environment, node: SgNode, reads: list[SgNode]
) -> None:
    start, end = _content(module, node)
    name = found.data[start:end].decode("latin-1")
    if literal(node) is not None and (name in RENAMED or name == STAGE_NAME):
        if not environment.is_key(node) and node.range().start.index not in environment.indirect:
            if not _names_attribute(node):
                found.leave(start, "string", name)
        elif name == STAGE_NAME:
            reads.append(node)
        elif _has_new_name(node, RENAMED[name]):
            found.leave(start, "both", name)
        else:
            found.rename(start, name, RENAMED[name])
    elif _is_block(node) or node.text().startswith("`"):
        _text(found, start, end)
    elif _is_command(node):
        text.scan(found, start, end, _SHELL)
    else:
        _mention(found, module, node)


def _has_new_name(node: SgNode, new: str) -> bool:
    """Return whether a dictionary that has an old name for a key has the new one too."""
    pair = node.parent()
    entries = pair.parent() if pair is not None and pair.kind() == "pair" else None
    keys = (child.field("key") for child in entries.named_children()) if entries is not None else ()
    return any(literal(key) == new for key in keys)


def _asks(environment: Environment, node: SgNode) -> bool:
    """Return whether a string is a part of the name of a variable: `os.environ['LC_' + name]`."""
    whole: SgNode | None = node
    while whole is not None:
        if environment.is_key(whole):
            return True
        whole = whole.parent()
        if whole is None or whole.kind() not in {
            "binary_operator",
            "parenthesized_expression",
            "attribute",
            "call",
        }:
            return False
    return False


def _mention(found: Found, module: Module, node: SgNode) -> None:
    for part in node.children():
        if part.kind() != "interpolation":
            for match in NAME.finditer(found.data, *module.span(part)):
                found.leave(match.start(), "mention", match[0].decode())


def _keyword(found: Found, module: Module, node: SgNode) -> None:
    name = node.text()
    if name in RENAMED:
        found.rename(module.span(node)[0], name, RENAMED[name])
    elif name == STAGE_NAME:
        found.sets_stage = True
        found.stage_use(module.span(node)[0], None)


def _text(found: Found, start: int, end: int) -> None:
    """Rewrite code that is out of use, in comments and block strings: all
    of its LC_APP_PROD, or none.
    """
    part = Found(found.data[start:end], found.context)
    text.scan(part, 0, end - start, _TEXT)
    found.add_part(part, start, counts=False)


def _comments(module: Module) -> Iterator[tuple[int, int]]:
    """Yield where comments begin and end, those on lines of their own that
    follow one another together.
    """
    begun = ended = -1
    for node in module.nodes("comment"):
        start, end = module.span(node)
        if begun >= 0 and module.data[ended:start].strip(b" \t\r\n"):
            yield begun, ended
            begun = start
        elif begun < 0:
            begun = start
        ended = end
    if begun >= 0:
        yield begun, ended


def _content(module: Module, node: SgNode) -> tuple[int, int]:
    """Return where a string's text begins and ends, between its quotes."""
    children = node.children()
    if len(children) < 2:  # noqa: PLR2004 - the quotes
        return module.span(node)
    return module.span(children[0])[1], module.span(children[-1])[0]


def _is_block(node: SgNode) -> bool:
    """Return whether a string is no value: a docstring, or code out of use between quotes."""
    parent = node.parent()
    return parent is not None and parent.kind() == "expression_statement"


def _call(node: SgNode) -> SgNode | None:
    above = node.parent()
    while above is not None and above.kind() in {"list", "binary_operator", "concatenated_string"}:
        above = above.parent()
    call = above.parent() if above is not None and above.kind() == "argument_list" else None
    return call if call is not None and call.kind() == "call" else None


def _is_command(node: SgNode) -> bool:
    call = _call(node)
    return call is not None and _SHELLS.search(callee(call)) is not None


def _names_attribute(node: SgNode) -> bool:
    """Return whether a string names an attribute: `getattr(settings, 'LC_APP_ID')`."""
    call = _call(node)
    return call is not None and callee(call) in _NAMED_ATTRIBUTE


def still_parses(before: bytes, after: bytes) -> bool:
    """Return whether source that a Python could compile is still source that it can compile."""
    if before == after:
        return True
    return _faults(after) <= _faults(before) and (
        python_error(after) is None or python_error(before) is not None
    )


def _faults(data: bytes) -> int:
    return len(Module("", shadow(data)).nodes("ERROR"))
