"""What a secret looks like: names that say one, values that may be one, and
where text gives the one the other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# What says which key it is: `app_key`, `masterKey`, `X-LC-Key`, `X-AVOSCloud-Application-Key`,
# `LEANCLOUD_KEY`, `avos_app_key`.
_OWNERS = (
    r"app|application|master|hook|api|private|client|server|lc|lean|lean-?cloud|avos|avos-?cloud|av"
)
# Which of several it is: `APP_KEY_PROD`, `master_key2`.
_COPIES = (
    r"(?:-?(?:prod|production|stage|staging|test|dev|development|local"
    r"|cn|us|intl|old|new|default|\d{1,2}))*"
)
_NAME = re.compile(
    rf"(?:.*-)?(?:{_OWNERS})-?keys?{_COPIES}"
    rf"|(?:.*-)?(?:[a-z]+)?secret(?:-(?:access-)?key)?{_COPIES}"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# The signing secrets of Django and Flask, which have a rule of their own.
_SIGNS = frozenset({"secret-key", "secret"})
# App keys go into every page by design; these give all rights.
_ALL_RIGHTS = re.compile(r"master|hook|secret|private|server")

_VALUE = r"[A-Za-z0-9]{20,64}(?:,master)?"
_KEY = re.compile(rf"(?=[A-Za-z]*\d)(?=\d*[A-Za-z]){_VALUE}", re.ASCII)
_STAND_IN = re.compile(
    r"your|example|sample|dummy|fake|placeholder|changeme"
    r"|replace|secret|master[-_]?key|app[-_]?key|xxxx|01234567|12345678|abcdefgh",
    re.IGNORECASE,
)
# Fewer different characters are a stand-in: `xxxxxxxxxxxxxxxxxxxx1`.
_LEAST_CHARACTERS = 8
_SHOWN = 3
_LONGEST_NAME = 60

# From the end of a name to the value that it is given. Everything is
# bounded, so that no file takes long.
_GIVES = re.compile(
    r"(?P<end>(?:key|secret)[A-Za-z0-9_]{0,16})"
    r"(?P<between>"
    # name = value, "name": value, name => value
    r"[\\\"'`\]]{0,4}\s{0,8}(?:=>|:=|[=:：])\s{0,20}"
    # a call's arguments
    r"|[\"'`]\s{0,8},\s{0,20}"
    # <env name="name" value="value"/>, - name: name, value: value
    r"|[\"']?,?\s{1,40}[\"']?value[\"']?\s{0,5}[:=]\s{0,5}"
    # <name>value</name>
    r"|[\"']?\s?>\s{0,20}"
    # <key>name</key> <string>value</string>
    r"|\s{0,4}</\w{1,20}>\s{0,40}<\w{1,20}>\s{0,20}"
    # ENV name value
    r"|[ \t]{1,10})"
    rf"(?P<quote>[A-Za-z]?\\?[\"'`])?(?P<value>{_VALUE})(?![\w-])",
    re.IGNORECASE | re.ASCII,
)
_SETS = re.compile(r"(?:^|\s)(?:ENV|ARG|export|setx?|setenv)[ \t]+$", re.IGNORECASE)
_NAME_AT_END = re.compile(
    r"(?:\b(?:app|application|master|hook) )?[\w.-]*$", re.IGNORECASE | re.ASCII
)
# Where a page or an app in a visitor's hands is initialised: AV.init('id', 'key', 'master key').
_INIT = re.compile(
    rf"\b(?:AV|AVOS|AVOSCloud|leancloud|LeanCloud)"
    rf"\.(?:init|initialize|initialise)\w{{0,20}}\(\s{{0,20}}"
    rf"[\"'`][\w-]{{10,80}}[\"'`]\s{{0,8}},\s{{0,20}}(?P<quote>[\"'`])(?P<value>{_VALUE})(?P=quote)"
    rf"(?:\s{{0,8}},\s{{0,20}}[\"'`](?P<master>{_VALUE})[\"'`])?",
    re.ASCII,
)


class NamedSecret(NamedTuple):
    """A secret in a text.

    Attributes:
        start: where its value begins.
        name: what it is called there.
        value: the secret.
    """

    start: int
    name: str
    value: str


def is_key(text: str | None) -> bool:
    """Return whether a text looks like a key of the platform, and not like a stand-in for one."""
    if not text or not _KEY.fullmatch(text):
        return False
    key = text.removesuffix(",master")
    return len(set(key)) >= _LEAST_CHARACTERS and not _STAND_IN.search(key)


def names_secret(name: str) -> bool:
    """Return whether a variable, an option or a header of this name holds a secret."""
    words = _words(name)
    return words not in _SIGNS and _NAME.fullmatch(words) is not None


def gives_all_rights(name: str, value: str) -> bool:
    """Return whether whoever has this secret may do anything, unlike with an
    app key, which visitors have too.
    """
    return value.endswith(",master") or _ALL_RIGHTS.search(_words(name)) is not None


def masked(text: str) -> str:
    """Return enough of a secret to find it."""
    return f"{text[: min(_SHOWN, len(text) // 4)]}…"


def in_text(text: str, *, quoted: bool = False) -> Iterator[NamedSecret]:
    """Yield the secrets that a text of any kind gives a name to.

    Args:
        text: a script, settings, a page, source of any language.
        quoted: whether values are in quotes, as in programs; without them a word is a name.
    """
    for match in _GIVES.finditer(text):
        before, name = _named(text, match)
        # With nothing but a space between them, the two may be words of a sentence.
        gives = not match["between"].isspace() or _SETS.search(before)
        if (
            gives
            and (match["quote"] or not quoted)
            and names_secret(name)
            and is_key(match["value"])
        ):
            yield NamedSecret(match.start("value"), name, match["value"])
    for match in _INIT.finditer(text):
        for group, name in (("value", "app_key"), ("master", "master_key")):
            if is_key(match[group]):
                yield NamedSecret(match.start(group), name, match[group])


def _named(text: str, match: re.Match[str]) -> tuple[str, str]:
    """Return what stands before a name on its line, and the whole name, of
    which only the end was matched.
    """
    before = text[max(0, match.start() - _LONGEST_NAME) : match.start()].rpartition("\n")[2]
    begun = _NAME_AT_END.search(before)
    start = begun.start() if begun else len(before)
    return before[:start], before[start:] + match["end"]


def _words(name: str) -> str:
    """Return a name's words in lower case with `-` between them:
    `X-AVOSCloud-MasterKey` is x-avos-cloud-master-key.
    """
    return re.sub(r"[^a-z0-9]+", "-", _HUMP.sub("-", name[-_LONGEST_NAME:]).lower()).strip("-")
