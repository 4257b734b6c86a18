"""`leancloud-sdk` becomes `leancloud`, wherever it is asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.checks.module import BOM
from scaffold.files import decode
from scaffold.requirements import OPERATORS, package, parse

if TYPE_CHECKING:
    from scaffold.migrate.result import Found

# Not a part of another package's name, but also in the name of a file: leancloud_sdk-1.0.9.tar.gz.
OLD = re.compile(rb"(?<![\w.\-])leancloud[-_.]sdk(?!\w|-(?!\d))", re.IGNORECASE)
NEW = b"leancloud"
_OPERATOR = b"(?:" + OPERATORS.encode() + b")"
_SPEC = (
    rb"(?:[ \t]*\(?[ \t]*"
    + _OPERATOR
    + rb"[ \t]*[\w.*+!\-]+(?:[ \t]*,[ \t]*"
    + _OPERATOR
    + rb"[ \t]*[\w.*+!\-]+)*(?:[ \t]*\))?)"
)
# A requirement: name, extras, versions.
_ASKED = re.compile(
    rb"(?<![\w.\-/=@:])leancloud[-_.]sdk(?![\w\-])(\s*\[[^\]\n]*\])?(" + _SPEC + rb")?",
    re.IGNORECASE,
)
_LINE = re.compile(
    rb"[ \t]*(?P<body>[^\r\n;# "
    rb"\t](?:[^\r\n;#]|(?<=\S)#)*?leancloud[-_.]sdk[^\r\n;]*?|leancloud[-_.]sdk[^\r\n;]*?)"
    rb"(?P<marker>[ \t]*;[^\r\n#]*?)?(?P<rest>[ \t]+#[^\r\n]*)?[ \t]*$",
    re.IGNORECASE,
)
# The SDK's own repository, by address; anything else of that name is somebody's own.
_OFFICIAL = re.compile(
    rb"(?:git\+)?(?:https?|git|ssh)://(?:git@)?github\.com/leancloud/(?:leancloud-)?python-sdk\b",
    re.IGNORECASE,
)
_NAME_ONLY = re.compile(rb"\s*leancloud[-_.]sdk\s*(?:\[[^\]]*\])?\s*@\s*", re.IGNORECASE)
_PRESENT = re.compile(
    rb"^[ \t]*leancloud(?![\w\-.])(?:[ \t]*\[[^\]\n]*\])?[ \t]*([^\s;#\\]*)",
    re.MULTILINE | re.IGNORECASE,
)
_INSTALLS = re.compile(rb"\b(?:pip[\d.]*|uv|poetry|pipenv|pdm|conda|easy_install)\b[^\n]*$")
_TOML = re.compile(
    rb"(?P<mark>[\"']?)leancloud[-_.]sdk(?P=mark)(?P<equals>[ \t]*=[ \t]*)"
    rb"(?P<value>(?P<quote>[\"'])[^\"'\n]*(?P=quote)|\{[^}\n]*\})",
    re.IGNORECASE,
)
_VERSION = re.compile(rb"(\bversion\s*=\s*[\"'])[^\"'\n]*(?=[\"'])")
_ASKS_PACKAGE = re.compile(
    rb"(?:require|get_distribution|version|distribution|metadata)\(\s*[\"']$"
)


def rewrite(found: Found, kind: str) -> None:
    """Rewrite what asks for the SDK in a file of a kind."""
    first = OLD.search(found.data)
    if not first:
        return
    if kind == "requirements":
        _requirements(found)
        return
    if kind == "lock":
        found.leave(first.start(), "lock", "leancloud-sdk")
        return
    if kind == "toml":
        _toml(found)
    for match in _ASKED.finditer(found.data):
        _asked(found, match, kind)


def present_range(requirements: bytes) -> str | None:
    """Return the versions of the new SDK that a requirements file asks for,
    None if it does not ask for it.
    """
    match = _PRESENT.search(requirements)
    return match[1].decode("latin-1") if match else None


def is_official(requirement: bytes) -> bool:
    """Return whether a requirement is the SDK's own repository, by address."""
    return _OFFICIAL.search(requirement) is not None


def _stripped_lines(data: bytes) -> list[bytes]:
    return [line.strip() for line in data.splitlines()]


def merged(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Return a requirements file with the lines that the user added to it,
    None if they did anything else.

    The order of requirements means nothing, so a line that only one side added is in nobody's way.
    """
    old, mine, new = map(_stripped_lines, (base, ours, theirs))
    added = [line for line in mine if line and line not in old and line not in new]
    taken = {_package(line) for line in (*old, *new)} - {""}
    lost = any(line not in mine for line in old if line)
    if lost or any(_package(line) in taken for line in added):
        return None
    end = b"\r\n" if b"\r\n" in theirs else b"\n"
    start = theirs if not theirs or theirs.endswith(b"\n") else theirs + end
    return start + b"".join(line + end for line in added)


def _package(line: bytes) -> str:
    # A name is ASCII; whatever else stands there only has to be read.
    return package(line.decode("latin-1"))


def _requirements(found: Found) -> None:
    position = len(BOM) if found.data.startswith(BOM) else 0
    # By whatever name, address or file the new SDK is asked for beside the old one.
    lines = parse("", decode(found.data)).requirements
    is_present = any(asked.name == NEW.decode() for asked in lines)
    for line in found.data[position:].splitlines(keepends=True):
        body = line.rstrip(b"\r\n")
        match = _LINE.match(body)
        if match and OLD.search(match["body"]):
            _requirement(found, position, line, match, is_present=is_present)
        position += len(line)


def _requirement(
    found: Found, position: int, line: bytes, match: re.Match[bytes], *, is_present: bool
) -> None:
    body = match["body"]
    start, end = position + match.start("body"), position + match.end("body")
    asked = _ASKED.match(body)
    name = asked is not None and not body[asked.end() :].strip()
    address = not name and _OFFICIAL.search(_NAME_ONLY.sub(b"", body)) is not None
    if b"--hash" in line or line.rstrip().endswith(b"\\"):
        found.leave(start, "sdk-hash", "leancloud-sdk")
    elif not (name or address):
        found.leave(start, "sdk-address", "leancloud-sdk")
    elif not found.context.move_sdk:
        found.leave(start, "sdk-held", "leancloud-sdk")
    elif is_present:
        # The last line of a file without a newline at its end takes the one before it along.
        ends = line[-1:] in {b"\r", b"\n"}
        before = (
            0 if ends else len(found.data[:position]) - len(found.data[:position].rstrip(b"\r\n"))
        )
        found.change(position - before, position + len(line), b"")
    else:
        extras = (asked[1] if asked else None) or b""
        found.change(start, end, NEW + extras + _spaced(asked[2] if asked else None, found))


def _spaced(spec: bytes | None, found: Found) -> bytes:
    """Return the range, apart from the name where the old one was."""
    gap = b" " if spec and spec[:1].isspace() else b""
    return gap + found.context.sdk_range.encode()


def _toml(found: Found) -> None:
    for match in _TOML.finditer(found.data):
        value = match["value"]
        if value.startswith(b"{") and not _VERSION.search(value):
            found.leave(match.start(), "sdk-address", "leancloud-sdk")
        elif not found.context.move_sdk:
            found.leave(match.start(), "sdk-held", "leancloud-sdk")
        else:
            new = found.context.sdk_range.encode()
            if value.startswith(b"{"):
                value = _VERSION.sub(rb"\g<1>" + new, value)
            else:
                value = match["quote"] + new + match["quote"]
            found.change(
                *match.span(), match["mark"] + NEW + match["mark"] + match["equals"] + value
            )


def _asked(found: Found, match: re.Match[bytes], kind: str) -> None:
    """Rewrite a requirement inside something else: a list in setup.py, a `pip install`."""
    data = found.data
    line = data.rfind(b"\n", 0, match.start()) + 1
    before, after = data[line : match.start()], data[match.end() : match.end() + 1]
    quoted = before[-1:] in {b'"', b"'"} and after in {b'"', b"'", b";", b" "}
    installs = _INSTALLS.search(before) is not None
    names = _ASKS_PACKAGE.search(before) is not None
    if kind == "toml" and re.match(rb"[\"']?\s*=", data[match.end() :]):
        return
    wanted = installs or names or (quoted and kind in {"setup", "toml"})
    if kind in {"yaml", "ini"} and not wanted:
        wanted = re.fullmatch(rb"[\s\-]*[\"']?", before) is not None and bool(
            before.strip() or kind == "ini"
        )
        quoted = True
    if not wanted:
        return
    if not found.context.move_sdk:
        found.leave(match.start(), "sdk-held", "leancloud-sdk")
    elif names or (installs and not quoted):
        # Without quotes a shell takes `>` for a redirection; the newest version is the right one.
        found.change(*match.span(), NEW + (match[1] or b""))
    else:
        found.change(*match.span(), NEW + (match[1] or b"") + _spaced(match[2], found))
