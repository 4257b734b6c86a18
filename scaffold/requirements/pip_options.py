"""The options of a line of a requirements file, read as pip reads them."""

from __future__ import annotations

import shlex
from functools import cache
from optparse import SUPPRESS_HELP, OptionParser
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from optparse import Values

# optparse takes quadratic time for a long word; thousands of checksums are shorter.
_MAX_OPTIONS = 100_000
_MAX_WORD = 10_000
# pip's documentation, "Supported options": those that take values, those that do not,
# those of a single requirement.
_WITH_VALUE = (
    ("-i", "--index-url", "--pypi-url"),
    ("--extra-index-url",),
    ("-c", "--constraint"),
    ("-r", "--requirement"),
    ("-e", "--editable"),
    ("-f", "--find-links"),
    ("--no-binary",),
    ("--only-binary",),
    ("--trusted-host",),
    ("--use-feature",),
    ("--hash",),
    ("--global-option",),
    ("--install-option",),
    ("-C", "--config-settings", "--config-setting"),
)
_FLAGS = (
    ("--no-index",),
    ("--prefer-binary",),
    ("--require-hashes",),
    ("--pre",),
    ("-Z", "--always-unzip"),
)


class _UnknownOptionError(Exception):
    """pip does not know an option."""


class _OptionParser(OptionParser):
    def error(self, msg: str) -> NoReturn:
        raise _UnknownOptionError(msg)


@cache
def _parser() -> OptionParser:
    parser = _OptionParser(add_help_option=False)
    kept = {
        "--requirement": "requirements",
        "--constraint": "constraints",
        "--editable": "editables",
    }
    kept |= {"--find-links": "links", "--hash": "hashes"}
    for names in _WITH_VALUE:
        target = next((kept[name] for name in names if name in kept), "others")
        parser.add_option(*names, action="append", dest=target, default=None, help=SUPPRESS_HELP)
    for names in _FLAGS:
        parser.add_option(*names, action="store_true", dest="flags", help=SUPPRESS_HELP)
    return parser


def parse(text: str) -> Values | None:
    """Return the options as pip understands them, None where it does not."""
    if not text:
        return _none()
    if len(text) > _MAX_OPTIONS:
        return None
    try:
        words = shlex.split(text)
        if any(len(word) > _MAX_WORD for word in words):
            return None
        values, rest = _parser().parse_args(words, _empty())
    except (_UnknownOptionError, ValueError):
        return None
    return None if rest else values


@cache
def _none() -> Values:
    """Return what a line without options has; nobody changes it."""
    return _empty()


def _empty() -> Values:
    values = _parser().get_default_values()
    for name in ("requirements", "constraints", "editables", "links", "hashes", "others"):
        setattr(values, name, [])
    return values
