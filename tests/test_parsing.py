"""What a stranger can write into YAML, TOML, JSON and Python, and that
reading it ends soon with one reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scaffold import parsing
from scaffold.parsing import ParseError

if TYPE_CHECKING:
    from collections.abc import Callable


def _bomb(depth: int) -> str:
    levels = [f"&b{n} [{','.join([f'*b{n - 1}'] * 10)}]" for n in range(1, depth)]
    return f"run: [{', '.join(['&b0 [x,x,x,x,x,x,x,x,x,x]', *levels])}]"


def _chain(depth: int) -> str:
    return "b0: &b0 x\n" + "".join(f"b{n}: &b{n} [*b{n - 1}]\n" for n in range(1, depth))


REFUSED: dict[str, tuple[Callable[[Any], object], str | bytes, int, str]] = {
    "aliases to depth 6": (
        parsing.load_yaml,
        _bomb(6),
        1,
        "with its aliases replaced it has more than 1,000,000",
    ),
    "aliases to depth 8": (
        parsing.load_yaml,
        _bomb(8),
        1,
        "with its aliases replaced it has more than 1,000,000",
    ),
    "merged aliases": (
        parsing.load_yaml,
        "a: &b0 {x: 1}\n"
        + "".join(f"b{n}: &b{n} {{<<: [*b{n - 1}, *b{n - 1}]}}\n" for n in range(1, 40)),
        18,
        "with its aliases replaced",
    ),
    "one long alias": (
        parsing.load_yaml,
        f"a: &a {'x' * 100_000}\nb: [{'*a,' * 20}]",
        2,
        "with its aliases replaced",
    ),
    "a deep chain of aliases": (parsing.load_yaml, _chain(200), 52, "nested too deeply"),
    "an alias of itself": (parsing.load_yaml, "a: 1\nb: &b [*b]", 2, "an alias contains itself"),
    "brackets": (parsing.load_yaml, "[" * 50_000, 1, "nested too deeply"),
    "many keys": (parsing.load_yaml, "a: 1\n" * 40_000, 10_000, "more than 20,000 keys and values"),
    "long": (parsing.load_yaml, "x" * 300_000, 1, "larger than 250,000 bytes"),
    "digits": (parsing.load_yaml, f"a: 1\nb: {'9' * 6000}", 2, "more than 100 characters"),
    "hexadecimal digits": (parsing.load_yaml, f"a: 0x{'f' * 6000}", 1, "more than 100 characters"),
    "sexagesimal digits": (
        parsing.load_yaml,
        f"a: 1{':59' * 20_000}",
        1,
        "more than 100 characters",
    ),
    "no date": (parsing.load_yaml, "a: 1\nb: 2026-13-45", 2, "month must be in 1..12"),
    "no flag": (parsing.load_yaml, "a: !!bool 3", 1, "'3' is no bool"),
    "nothing of a tag": (parsing.load_yaml, "a: !!int ''", 1, "'' is no int"),
    "somebody's class": (
        parsing.load_yaml,
        "a: !!python/object:os.system x",
        1,
        "could not determine a constructor",
    ),
    "not closed": (
        parsing.load_yaml,
        "a: 1\nb: [",
        2,
        "while parsing a flow node, expected the node content",
    ),
    "not UTF-8": (parsing.load_yaml, b"a: \xe9", 1, "unacceptable character"),
    "TOML's brackets": (parsing.load_toml, b"a=" + b"[" * 50_000, 1, "nested too deeply"),
    "a dotted key": (
        parsing.load_toml,
        b"x=1\na" + b".a" * 100_000 + b"=1",
        2,
        "nested too deeply",
    ),
    "a quoted dotted key": (
        parsing.load_toml,
        b"['a='" + b' . "a"' * 9000 + b"]",
        1,
        "nested too deeply",
    ),
    "TOML's digits": (parsing.load_toml, b"a=" + b"9" * 6000, 1, "Exceeds the limit"),
    "TOML of another encoding": (parsing.load_toml, b"a='\xe9'", 1, "can't decode"),
    "JSON's brackets": (parsing.load_json, "[" * 100_000, 1, "nested too deeply"),
    "JSON's digits": (parsing.load_json, "9" * 6000, 1, "Exceeds the limit"),
    "no JSON": (parsing.load_json, '{\n"a": }', 2, "Expecting value"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    """Every reason why a text cannot be read is one error, with the line where it stands."""
    load, source, line, reason = REFUSED[case]
    with pytest.raises(ParseError) as caught:
        load(source)
    assert caught.value.line == line
    assert reason in caught.value.reason
    assert "\n" not in caught.value.reason


def test_read() -> None:
    """What people write is read as ever, aliases included."""
    assert parsing.load_yaml("a: &x [1, 2.5, 2026-11-28]\nb: *x\nc:\n") == {
        "a": (value := parsing.load_yaml("[1, 2.5, 2026-11-28]")),
        "b": value,
        "c": None,
    }
    assert parsing.load_yaml("") is None
    assert parsing.load_toml(b'\xef\xbb\xbfa.b = "c.d"') == {"a": {"b": "c.d"}}
    assert parsing.load_json(b'{"a": [1]}') == {"a": [1]}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("\n".join(" " * n + "if x:" for n in range(900)), "too many levels of indentation"),
        ("(" * 5000, "too many nested parentheses"),
        ("a" + "+a" * 300_000, "nested too deeply"),
        ("-" * 400_000 + "1", "nested too deeply"),
        ("a\0", "null bytes"),
        ("x = 1\nprint 'x'", "Missing parentheses in call to 'print'"),
        ("x = 1\n" * 20_000 + "print 'x'", "Missing parentheses in call to 'print'"),
    ],
)
def test_python_that_cannot_be_parsed(source: str, reason: str) -> None:
    """Source on which Python's own parser ends with an error, or with the process,
    is source that it cannot parse.
    """
    error = parsing.python_error(source.encode())
    assert error is not None
    assert reason in error.reason
    assert error.line == source.count("\n") + 1 or "print" not in source


@pytest.mark.parametrize("source", ["", "x = 1\n", "x = 1\n" * 20_000, "# coding: gbk\n'\\d'"])
def test_python_that_can_be_parsed(source: str) -> None:
    """Source that this Python can compile has no error, whatever it warns of."""
    assert parsing.python_error(source.encode()) is None
