"""Parse what somebody else wrote, in bounded time and memory.

Three hundred bytes of YAML can stand for gigabytes, a number may have too many digits to be
printed, and deep nesting ends Python's own parsers, some of them with the process. Every reason
why a text cannot be read is a `ParseError` here.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from scaffold.messages import text
from scaffold.printable import cut

if TYPE_CHECKING:
    import yaml

# Bytes of a YAML or TOML document. PyYAML reads about 200 kB in a second.
LIMIT = 250_000
# Levels of nesting in YAML; each makes PyYAML slower.
MAX_DEPTH = 50
# Keys and values of a YAML document as it is written.
MAX_NODES = 20_000
# Characters of a YAML document with every alias replaced by what it stands for.
MAX_EXPANDED = 1_000_000
# Digits of a number. Python prints at most 4300.
MAX_DIGITS = 100
# Characters of a value in a message.
MAX_SHOWN = 200
# Python 3.10 needs some 100 kB of source to overflow its stack; larger modules are
# parsed in a process of their own.
_SMALL_SOURCE = 50_000
_PARSER_TIMEOUT = 20.0
# `a.b.c.…`: tomllib remembers every beginning of a dotted key, which takes quadratic memory.
_KEY = rb"(?:[\w-]+|\"(?:[^\"\\\n]|\\.){0,200}\"|'[^'\n]{0,200}')"
_LONG_KEY = rb"(?<![\w-])%b(?:[ \t]*\.[ \t]*%b){100}" % (_KEY, _KEY)
_PARSER = """
import ast, sys, warnings
warnings.simplefilter("ignore")
try:
    ast.parse(sys.stdin.buffer.read())
except SyntaxError as error:
    print(error.lineno or 1, error.msg, sep="\\n")
"""
# What PyYAML's constructors raise for a value that its tag does not fit, such as
# `!!bool 3` or a date of month 13.
_MISFITS = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError)


class ParseError(ValueError):
    """A text cannot be read.

    Attributes:
        reason: why, on one line.
        line: where, counted from 1.
    """

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.reason = " ".join(reason.split())
        self.line = line


def load_yaml(source: bytes | str) -> Any:
    """Return what a YAML document holds.

    Raises:
        ParseError: it is no YAML, or no file that people write.
    """
    return construct_yaml(compose_yaml(source))


def compose_yaml(source: bytes | str) -> yaml.Node | None:
    """Return the nodes of a YAML document, which know their lines; None where it is empty.

    Raises:
        ParseError: as `load_yaml`.
    """
    import yaml

    _check_size(source)
    try:
        node: yaml.Node | None = yaml.compose(source, Loader=_loader())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise yaml_error(error) from error
    if node is not None:
        _check_expanded(node, {})
    return node


def construct_yaml(node: yaml.Node | None) -> Any:
    """Return the value of a node of `compose_yaml`.

    Raises:
        ParseError: a value does not fit its tag.
    """
    import yaml

    if node is None:
        return None
    try:
        return _loader()("").construct_document(node)
    except (yaml.YAMLError, RecursionError) as error:
        raise yaml_error(error) from error


def yaml_error(error: Exception) -> ParseError:
    """Return one of PyYAML's errors with its line."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    parts = [part for name in ("context", "problem") if (part := getattr(error, name, None))]
    reason = ", ".join(parts) or str(error).partition("\n")[0]
    if isinstance(error, RecursionError):
        reason = text("parsing.too-deep")
    return ParseError(reason, mark.line + 1 if mark else 1)


def load_toml(source: bytes) -> dict[str, Any]:
    """Return what a TOML document holds.

    Raises:
        ParseError: it is no TOML, or no file that people write.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    _check_size(source)
    if found := re.search(_LONG_KEY, source):
        raise ParseError(text("parsing.too-deep"), source.count(b"\n", 0, found.start()) + 1)
    try:
        content: dict[str, Any] = tomllib.loads(source.decode("utf-8-sig"))
    except RecursionError as error:
        raise ParseError(text("parsing.too-deep")) from error
    except ValueError as error:  # TOML's own errors, other encodings, too many digits
        raise ParseError(str(error)) from error
    return content


def shown(value: object) -> str:
    """Return a value that was read as Python writes it, shortened."""
    try:
        found = repr(value)
    except ValueError:  # a hexadecimal number of more digits than Python prints
        return text("parsing.long-number", limit=MAX_DIGITS)
    return cut(found, MAX_SHOWN)


def _check_size(source: bytes | str) -> None:
    if len(source) > LIMIT:
        raise ParseError(text("files.reason.large", limit=f"{LIMIT:,}"))


def load_json(source: bytes | str) -> Any:
    """Return what a JSON document holds.

    Raises:
        ParseError: it is no JSON, or nested too deeply.
    """
    import json

    try:
        return json.loads(source)
    except RecursionError as error:
        raise ParseError(text("parsing.too-deep")) from error
    except ValueError as error:
        raise ParseError(str(error), getattr(error, "lineno", 1)) from error


def python_error(source: bytes) -> ParseError | None:
    """Return why the Python that runs this cannot parse source, None if it
    can. Nothing of it is run.
    """
    import ast
    import warnings

    if len(source) > _SMALL_SOURCE:
        return _python_error_apart(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except SyntaxError as error:
        return ParseError(error.msg, error.lineno or 1)
    except (RecursionError, MemoryError):
        return ParseError(text("parsing.too-deep"))
    except ValueError as error:
        return ParseError(str(error))
    return None


def _python_error_apart(source: bytes) -> ParseError | None:
    """Do the same in another process: `a+a+a+…`, long enough, ends the process that parses it."""
    import subprocess

    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _PARSER],
            input=source,
            capture_output=True,
            timeout=_PARSER_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ParseError(text("parsing.too-deep"))
    if done.stdout:
        line, _, reason = done.stdout.decode("utf-8", "replace").partition("\n")
        return ParseError(reason, int(line))
    return ParseError(text("parsing.too-deep")) if done.returncode else None


@cache
def _loader() -> type[yaml.SafeLoader]:
    """Return PyYAML's safe loader with a limit to nesting, and with a line for every error."""
    import yaml
    from yaml.composer import ComposerError
    from yaml.constructor import ConstructorError

    class Loader(yaml.SafeLoader):
        depth = 0
        count = 0

        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            self.depth += 1
            self.count += 1
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            if self.depth > MAX_DEPTH:
                raise ComposerError(None, None, text("parsing.too-deep"), mark)
            if self.count > MAX_NODES:
                raise ComposerError(
                    None, None, text("parsing.too-many", limit=f"{MAX_NODES:,}"), mark
                )
            node: yaml.Node | None = super().compose_node(parent, index)
            self.depth -= 1
            return node

        # The arguments are PyYAML's.
        def construct_object(
            self,
            node: yaml.Node,
            deep: bool = False,  # noqa: FBT001, FBT002
        ) -> Any:
            try:
                return super().construct_object(node, deep)
            except _MISFITS as error:
                tag = node.tag.rpartition(":")[2]
                reason = text("parsing.misfit", tag=tag, value=str(node.value)[:40])
                if tag == "timestamp" and isinstance(error, ValueError):
                    reason = str(error)  # "month must be in 1..12"
                raise ConstructorError(None, None, reason, node.start_mark) from error

    return Loader


def _check_expanded(node: yaml.Node, known: dict[int, tuple[int, int] | None]) -> tuple[int, int]:
    """Return how many characters and levels a node has with its aliases replaced.

    Args:
        node: a node.
        known: what was counted already, by the node's identity; None while it is being counted.

    Raises:
        ParseError: too many, an alias that holds itself, or a number of too many digits.
    """
    line = node.start_mark.line + 1
    if id(node) in known:
        found = known[id(node)]
        if found is None:
            raise ParseError(text("parsing.endless-alias"), line)
        return found
    known[id(node)] = None
    size, depth = 1, 0
    if isinstance(node.value, str):
        size += len(node.value)
        if size > MAX_DIGITS and not node.tag.endswith((":str", ":binary")):
            raise ParseError(text("parsing.long-number", limit=MAX_DIGITS), line)
    for child in _children(node):
        child_size, child_depth = _check_expanded(child, known)
        size, depth = size + child_size, max(depth, child_depth + 1)
    if depth > MAX_DEPTH:
        raise ParseError(text("parsing.too-deep"), line)
    if size > MAX_EXPANDED:
        raise ParseError(text("parsing.alias-bomb", limit=f"{MAX_EXPANDED:,}"), line)
    known[id(node)] = size, depth
    return size, depth


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node.value, str):
        return []
    pairs = [item if isinstance(item, tuple) else (item,) for item in node.value]
    return [child for pair in pairs for child in pair]
