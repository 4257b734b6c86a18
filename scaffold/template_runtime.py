"""Run compiled templates: a small program in plain JSON data instead of Jinja at run time.

Importing and compiling with Jinja costs more than everything else that `scaffold new` does, so
`scaffold.template_compiler` turns each template into a program once (when the wheel is built)
and this module runs it. A program is a list of statements: a string is text; `["print", EXPR]`,
`["if", [[EXPR, PROGRAM], …], PROGRAM]` and `["set", NAME, EXPR]` mean what they mean in Jinja. An
expression is `["const", VALUE]` or an operator of `_EXPRESSIONS` with its operands.

That the results are Jinja's, byte for byte, is proved by the tests, which render every combination
of answers with copier and cookiecutter too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Expression: TypeAlias = list[Any]
Program: TypeAlias = list[Any]
Context: TypeAlias = Mapping[str, Any]

# What a template may call: pure string methods, so that a program cannot
# reach anything but its context.
METHODS = frozenset(
    {"isascii", "isidentifier", "isprintable", "lower", "replace", "startswith", "strip", "upper"}
)

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "lt": lambda left, right: left < right,
    "lteq": lambda left, right: left <= right,
    "gt": lambda left, right: left > right,
    "gteq": lambda left, right: left >= right,
    "in": lambda left, right: left in right,
    "notin": lambda left, right: left not in right,
}


def _to_json(value: object) -> str:
    """Return JSON as Jinja's `tojson` writes it: sorted keys, safe inside HTML."""
    text = json.dumps(value, sort_keys=True)
    for mark in "<>&'":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


FILTERS: dict[str, Callable[..., Any]] = {
    "join": lambda value, separator="": separator.join(map(str, value)),
    "length": len,
    "lower": lambda value: str(value).lower(),
    "tojson": _to_json,
    "upper": lambda value: str(value).upper(),
}


def evaluate(expression: Expression, context: Context) -> Any:
    """Return the value of an expression.

    Raises:
        KeyError: a name that the context does not have.
    """
    operator, *operands = expression
    return _EXPRESSIONS[operator](operands, context)


def _name(operands: list[Any], context: Context) -> Any:
    return context[operands[0]]


def _attribute(operands: list[Any], context: Context) -> Any:
    return evaluate(operands[0], context)[operands[1]]


def _compare(operands: list[Any], context: Context) -> bool:
    left = evaluate(operands[0], context)
    for operator, operand in operands[1]:
        right = evaluate(operand, context)
        if not _COMPARISONS[operator](left, right):
            return False
        left = right
    return True


def _call(operands: list[Any], context: Context) -> Any:
    target, method, arguments = operands
    if method not in METHODS:
        raise ValueError(method)
    return getattr(str(evaluate(target, context)), method)(
        *(evaluate(a, context) for a in arguments)
    )


def _choose(operands: list[Any], context: Context) -> Any:
    test, yes, no = operands
    return evaluate(yes if evaluate(test, context) else no, context)


_EXPRESSIONS: dict[str, Callable[[list[Any], Context], Any]] = {
    "and": lambda o, c: evaluate(o[0], c) and evaluate(o[1], c),
    "attribute": _attribute,
    "call": _call,
    "compare": _compare,
    "concat": lambda o, c: "".join(str(evaluate(part, c)) for part in o[0]),
    "const": lambda o, _: o[0],
    "filter": lambda o, c: FILTERS[o[0]](evaluate(o[1], c), *(evaluate(a, c) for a in o[2])),
    "if": _choose,
    "list": lambda o, c: [evaluate(item, c) for item in o[0]],
    "name": _name,
    "not": lambda o, c: not evaluate(o[0], c),
    "or": lambda o, c: evaluate(o[0], c) or evaluate(o[1], c),
}


def computed_name(key: str) -> str:
    """Return how templates call what copier.yml computes from answers;
    cookiecutter does not ask for `__NAME`.
    """
    return f"__{key}"


def names(program: Program) -> set[str]:
    """Return the names of the context that a program may ask for."""
    if program[:1] == ["name"]:
        return {program[1]}
    return {name for part in program if isinstance(part, list) for name in names(part)}


def run(program: Program, context: Context) -> str:
    """Return the text that a program makes of a context.

    Args:
        program: a compiled template.
        context: the values of the template's variables; it is not changed.

    Raises:
        KeyError: the template uses a name that the context does not have.
    """
    parts: list[str] = []
    _run(program, dict(context), parts)
    return "".join(parts)


def _run(program: Program, context: dict[str, Any], parts: list[str]) -> None:
    for statement in program:
        if isinstance(statement, str):
            parts.append(statement)
        elif statement[0] == "print":
            parts.append(str(evaluate(statement[1], context)))
        elif statement[0] == "set":
            context[statement[1]] = evaluate(statement[2], context)
        else:
            _, branches, otherwise = statement
            chosen = next((body for test, body in branches if evaluate(test, context)), otherwise)
            _run(chosen, context, parts)
