"""Old names in text: shell, settings, comments. What counts is what stands
before and after a name on its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.edits import Edit
from scaffold.migrate.names import (
    NAME,
    NEW_STAGE_NAME,
    PART,
    RENAMED,
    STAGE_NAME,
    STAGES,
    new_name,
    part_code,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.migrate.result import Found

# What stands farther from a name on its line says nothing of it; looking at
# all of a long line takes long.
_WINDOW = 500
_STAGE = STAGE_NAME.encode()
# What hands names of variables to a command, before one or several of them.
_WORDS = (
    rb"export|unset|readonly|declare|typeset|printenv|setenv|unsetenv|setx|SETX"
    rb"|--env|-e|-v|(?:set|local)\s+-\w+"
)
_SEVERAL = (
    rb"(?:\s+(?:-{1,2}[\w-]+|[A-Za-z_]\w*(?:=(?:\"[^\"]*\"|'[^']*'|[^\s\"';]*))?))*\s+[\"']?$"
)
_BEFORE = re.compile(
    # A value: $X, ${X}, $env:X, %(ENV_X)s, {env:X}, ${{ env.X }}.
    rb"(?:\$(?:\{[#!]?|(?i:env):|\{(?i:env):)?|\b(?i:Env):\\?|%\(ENV_|\{env:|\$\{\{\s*env\.)$"
    rb"|(?:^|[\s;&|({`\"'\[#])(?:" + _WORDS + rb")" + _SEVERAL
)
# A loop over names, and what reads values into them.
_LISTED = re.compile(
    rb"(?:^|[\s;&|(])(?:for\s+\w+\s+in(?:\s+[\w\"']+)*\s+[\"']?"
    rb"|read(?:\s+(?:-\w+|\"[^\"]*\"|'[^']*'|\w+))*\s+)$"
)
_WORD_ENDS = re.compile(rb"[\"']?(?:[\s;]|$)")
# The same for words that are also English: only with a value behind.
_BEFORE_VALUE = re.compile(rb"(?:^|[\s;&|({`\"'\[#@])(?:set|SET|env|local)" + _SEVERAL)
# What reads the environment in Python, up to the name.
_READ = re.compile(
    rb"(?:environb?\s*\[|environb?\s*\.\s*(?:get|setdefault|pop|has_key|__getitem__)\s*\("
    rb"|\b(?:get|put|unset)env\s*\()"
    rb"\s*[bu]?[\"']$",
    re.IGNORECASE,
)
_IN_ENVIRON = re.compile(rb"[\"']\s+(?:not\s+)?in\s+(?:os\s*\.\s*)?environ\b")
_QUOTED = re.compile(rb"[\"']$")
_ASSIGNED = re.compile(rb"\+?=(?!=)")
SPACED = re.compile(rb"\s*(?:[:?+]{0,2}=)(?!=)")
# What may stand right before `NAME=`: nothing that would make it a part of another word.
_EDGE = re.compile(rb"(?:^|[\s\"'`;&|(,{=!\[])$")
# LC_APP_PROD with a value: `=1`, ` 1` after a word that sets, `: "1"`.
_SET = re.compile(rb"(\s*[:?]?=\s*|\s*:\s*[\"']?|[\"']?\s*:\s*|\s+)([\"']?)([01])\2(?![\w.\-])")
# `[ "$LC_APP_PROD" = 1 ]` and its like.
_TEST = re.compile(
    rb"(?P<open>[\"']?)(?P<x>x?)\$(?P<brace>\{?)"
    + _STAGE
    + rb"(?P<default>:?-[01]?)?(?P<close>\}?)(?P=open)"
    rb"(?P<space>\s*)(?P<test>==|=|!=|-eq|-ne)"
    rb"(?P<after>\s*)(?P<quote>[\"']?)(?P=x)(?P<value>[01])(?P=quote)(?![\w.])"
)
_STRING_TESTS = {b"-eq": b"=", b"-ne": b"!="}
# The comparison of a read in Python, from the name on.
_COMPARED = re.compile(
    rb"(?P<end>[\"']\s*(?:,\s*(?:None|''|\"\")\s*)?[\])])"
    rb"(?P<test>\s*(?:==|!=)\s*)(?P<mark>[bu]?[\"'])(?P<value>[01])(?=[\"'])"
)


@dataclass(frozen=True)
class Rules:
    """What a kind of file lets pass for a variable, beside `$X`, `export X`
    and what reads it in Python.

    Attributes:
        assigned: `X=` with no space before it.
        spaced: `X =`, `X :=` at the start of a line, or after `export`.
        words: other words than the shell's that name a variable after them, such as `ENV`.
        make: `$(X)`.
        percent: `%X%`.
        listed: `for name in X Y`, `read X`.
    """

    assigned: bool = True
    spaced: bool = False
    words: bytes = b""
    make: bool = False
    percent: bool = False
    listed: bool = False


_SETS = rb"(?:^|[\s;&|(])%s\s*[:?+]{0,2}=(?!=)"


def set_twice(data: bytes) -> frozenset[str]:
    """Return the old names that a text sets beside the new ones, which may have other values."""
    found = {match[0].decode() for match in NAME.finditer(data)}
    return frozenset(name for name in found if _is_set(data, name) and _is_set_anew(data, name))


def _is_set_anew(data: bytes, name: str) -> bool:
    return any(_is_set(data, other) for other in _others(name))


def _others(name: str) -> tuple[str, ...]:
    # LC_APP_ENV and LC_APP_PROD become one.
    return (NEW_STAGE_NAME, "LC_APP_ENV") if name == STAGE_NAME else (RENAMED[name],)


def _is_set(data: bytes, name: str) -> bool:
    return re.search(_SETS % name.encode(), data, re.MULTILINE) is not None


def scan(found: Found, start: int, end: int, rules: Rules) -> None:
    """Look for old names between two positions.

    What is not certain is left and noted.
    """
    data = found.data
    found.both |= set_twice(data[start:end])
    for match in PART.finditer(data, start, end):
        if data[match.end() : match.end() + 1] == b"$":
            found.leave(match.start(), part_code(match[0]), match[0].decode())
    for match in NAME.finditer(data, start, end):
        prefix, suffix = around(data, match, start, end)
        name = match[0].decode()
        if not names_variable(prefix, suffix, rules):
            found.leave(match.start(), "mention", name)
        elif name == STAGE_NAME:
            stage(found, match.start(), prefix, suffix)
        else:
            found.rename(match.start(), name, new_name(name))


def around(
    data: bytes, match: re.Match[bytes], start: int = 0, end: int | None = None
) -> tuple[bytes, bytes]:
    """Return what stands before and after a name on its line, as far as it can matter.

    Args:
        data: the text.
        match: the name.
        start: where the part of the text begins that counts.
        end: where it ends.
    """
    end = len(data) if end is None else end
    first, last = max(start, match.start() - _WINDOW), min(end, match.end() + _WINDOW)
    line = max(data.rfind(b"\n", first, match.start()) + 1, first)
    stop = data.find(b"\n", match.end(), last)
    return data[line : match.start()], data[match.end() : last if stop < 0 else stop]


def names_variable(prefix: bytes, suffix: bytes, rules: Rules) -> bool:
    """Return whether a name is that of a variable, by what stands before and after it on
    its line.
    """
    return (
        _BEFORE.search(prefix) is not None
        or (_ASSIGNED.match(suffix) is not None and _BEFORE_VALUE.search(prefix) is not None)
        or _READ.search(prefix) is not None
        or (_QUOTED.search(prefix) is not None and _IN_ENVIRON.match(suffix) is not None)
        or any(_by_rules(prefix, suffix, rules))
    )


def _by_rules(prefix: bytes, suffix: bytes, rules: Rules) -> Iterator[bool]:
    if rules.assigned:
        yield _EDGE.search(prefix) is not None and _ASSIGNED.match(suffix) is not None
    if rules.spaced:
        yield (
            re.fullmatch(rb"[\s#;]*(?:export\s+)?", prefix) is not None
            and SPACED.match(suffix) is not None
        )
    if rules.words:
        yield re.search(rb"(?:^|[\s#])(?:" + rules.words + rb")" + _SEVERAL, prefix) is not None
    if rules.make:
        yield prefix.endswith((b"$(", b"$$", b"$${")) and not prefix.endswith(b"\\$(")
    if rules.listed:
        yield _LISTED.search(prefix) is not None and _WORD_ENDS.match(suffix) is not None
    if rules.percent:
        yield prefix.endswith((b"%", b"!")) and suffix[:1] == prefix[-1:]


def stage(found: Found, start: int, prefix: bytes, suffix: bytes) -> None:
    """Note a use of LC_APP_PROD at a position: set, compared, handed on, or something else."""
    if STAGE_NAME in found.both:
        found.leave(start, "both", STAGE_NAME)
        return
    new = NEW_STAGE_NAME.encode()
    end = start + len(_STAGE)
    if compared := _COMPARED.match(suffix):
        value = end + compared.start("value")
        edits = (Edit(start, end, new), Edit(value, value + 1, _stage_value(compared)))
        found.stage_use(start, edits)
    elif "$" in prefix.decode("latin-1")[-3:]:
        found.stage_use(start, _tested(found.data, start - len(prefix), start))
    elif given := _SET.match(suffix):
        found.sets_stage = True
        place = end + given.start(3)
        found.stage_use(
            start,
            (Edit(start, end, new), Edit(place, place + 1, STAGES[given[3].decode()].encode())),
        )
    elif not re.match(rb"\s*[:?+]{0,2}=|\s*:\s*\S|[\"']?\s*[:,\])]|\s+[\"'$\w]", suffix):
        # `export LC_APP_PROD`, `unset LC_APP_PROD`: no value that could be meant in another way.
        found.stage_use(start, (Edit(start, end, new),))
    else:
        found.sets_stage |= re.match(rb"\s*[:?+]{0,2}=", suffix) is not None
        found.stage_use(start, None)


def _stage_value(match: re.Match[bytes]) -> bytes:
    return STAGES[match["value"].decode()].encode()


def _tested(data: bytes, line: int, start: int) -> tuple[Edit, ...] | None:
    """Return how to rewrite a comparison in shell; None if there is none."""
    text = data[line : start + _WINDOW].partition(b"\n")[0]
    for match in _TEST.finditer(text):
        if match.start() <= start - line < match.end() and bool(match["brace"]) == bool(
            match["close"]
        ):
            default = match["default"] or b""
            if default.endswith((match["value"], b"1")) or (default and not match["brace"]):
                return None
            place, test = match.span("value"), match.span("test")
            edits = [Edit(start, start + len(_STAGE), NEW_STAGE_NAME.encode())]
            if default.endswith(b"0"):
                spot = line + match.end("default")
                edits.append(Edit(spot - 1, spot, b"development"))
            if match["test"] in _STRING_TESTS:
                edits.append(Edit(line + test[0], line + test[1], _STRING_TESTS[match["test"]]))
            edits.append(Edit(line + place[0], line + place[1], _stage_value(match)))
            return tuple(edits)
    return None
