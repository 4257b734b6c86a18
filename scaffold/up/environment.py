"""What an app under `scaffold up` finds in its environment: `.env`, then throw-away values."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from scaffold import files, parsing
from scaffold.engine import environment
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FILE = ".env"
_MAX_BYTES = 1_000_000
KEPT = ".venv/scaffold-keys.json"
KEYS = (
    "LEANCLOUD_APP_ID",
    "LEANCLOUD_APP_KEY",
    "LEANCLOUD_APP_MASTER_KEY",
    "LEANCLOUD_APP_HOOK_KEY",
)
# LeanEngine docs, "Deploy to several regions": the id of an app of the
# international version ends so.
US_SUFFIX = "-MdYXbMMI"
_NAME = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*", re.ASCII)
_QUOTED = re.compile(r"""'((?:\\'|[^'])*)'|"((?:[^"\\]|\\.)*)\"""", re.DOTALL)
# Of several lines only if nothing but a comment follows: a quote that was forgotten must
# not swallow the next variable.
_QUOTED_LINES = re.compile(rf"(?:{_QUOTED.pattern})(?=[ \t]*(?:#[^\n]*)?(?:\n|\Z))", re.DOTALL)
_SINGLE_ESCAPE = re.compile(r"\\([\\'])")
_DOUBLE_ESCAPE = re.compile(r"\\([\\'\"abfnrtv])")
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def read_dotenv(path: Path) -> dict[str, str]:
    r"""Return the variables of a `.env` file, as python-dotenv reads it; a
    file that is not there has none.

    `NAME=value`, with or without `export`. Quotes around a value are left out; `\n` and the like
    count within double quotes only. Between quotes a value may have several lines, as a private
    key has. Without quotes it ends at ` #`. Lines of any other form are skipped. `$NAME` is not
    replaced: a password may hold one.

    Raises:
        FailedError: the file cannot be read.
    """
    try:
        content = files.decode(files.read(path, limit=_MAX_BYTES), coding_comment=False)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise FailedError(
            "up.error.dotenv-unreadable", file=path, problem=error.strerror or error
        ) from error
    return dict(_entries("\n".join(files.lines(content))))


def _entries(content: str) -> Iterator[tuple[str, str]]:
    """Yield each variable with its value."""
    position = 0
    while position < len(content):
        line_end = content.find("\n", position)
        end = len(content) if line_end < 0 else line_end
        if match := _NAME.match(content, position, end):
            start = match.end()
            quoted = _QUOTED.match(content, start, end) or _QUOTED_LINES.match(content, start)
            yield match[1], _unquoted(quoted) if quoted else _bare(content[start:end])
            # What a closed quote is followed by on its line is a comment.
            end = max(end, quoted.end() if quoted else end)
            end = content.find("\n", end)
        if end < 0:
            return
        position = end + 1


def _unquoted(quoted: re.Match[str]) -> str:
    if quoted[1] is not None:
        return _SINGLE_ESCAPE.sub(r"\1", quoted[1])
    return _DOUBLE_ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), quoted[2])


def _bare(value: str) -> str:
    """Return a value without quotes, up to a `#` that a blank, or nothing, stands before."""
    for match in re.finditer("#", value):
        start = match.start()
        if start == 0 or value[start - 1].isspace():
            return value[:start].strip()
    return value.strip()


def throw_away(directory: Path) -> dict[str, str]:
    """Return made-up values: the platform's variables, for development, and
    secrets that `.env.example` names.

    Keys and secrets are those that `keep` wrote, if it did: so users stay logged in when `scaffold
    up` starts anew, and `scaffold env` in another shell knows the keys of the app that runs.
    """
    own = _secrets(directory)
    variables = environment.platform_variables(0) | {"LEANCLOUD_APP_ENV": "development"}
    variables["LEANCLOUD_VERSION_TAG"] = "development"
    made_up = {"PYTHONUNBUFFERED": "1", **own, **variables}
    try:
        kept = parsing.load_json(files.read(directory / KEPT))
    except (OSError, parsing.ParseError):
        return made_up
    names = [
        name for name in (*own, *KEYS) if isinstance(kept, dict) and isinstance(kept.get(name), str)
    ]
    return made_up | {name: kept[name] for name in names}


def _secrets(directory: Path) -> dict[str, str]:
    """Return throw-away values for what `.env.example` names beside the platform's
    own variables.
    """
    platform = environment.platform_variables(0)
    return {
        name: value
        for name, value in environment.example_secrets(directory).items()
        if name not in platform
    }


def keep(directory: Path, made_up: Mapping[str, str]) -> None:
    """Write made-up keys and secrets into the virtualenv, which neither git nor an upload takes.

    They open nothing but the app on this machine; still, only its user may read them.
    """
    path = directory / KEPT
    if path.parent.is_dir() and not path.exists():
        names = [*_secrets(directory), *KEYS]
        path.touch(mode=0o600)
        path.write_text(
            json.dumps({name: made_up[name] for name in names if name in made_up}), "utf-8"
        )


def variables(
    made_up: Mapping[str, str], dotenv: Mapping[str, str], given: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables of the app, beside the inherited ones and the port.

    What the user names with `--env` counts most, then `.env`, then what was made up. An empty
    value in `.env`, as in a copy of `.env.example` that is not filled in, counts only if nothing
    was made up. Keys that stand in the shell from elsewhere do not count at all: a forgotten
    `export` must not send a try-out to real data.

    Args:
        made_up: from `throw_away`, the same throughout one run, so that a reload logs nobody out.
        dotenv: from `read_dotenv`.
        given: the user's `--env`.
    """
    chosen = {name: value for name, value in dotenv.items() if value or name not in made_up} | dict(
        given
    )
    found = {**made_up, **chosen}
    app_id = chosen.get("LEANCLOUD_APP_ID")
    if app_id:
        # A real app: its data lives in its own region, and the SDK finds the server by itself.
        found["LEANCLOUD_REGION"] = chosen.get(
            "LEANCLOUD_REGION", "US" if app_id.endswith(US_SUFFIX) else "CN"
        )
        if "LEANCLOUD_API_SERVER" not in chosen:
            del found["LEANCLOUD_API_SERVER"]
    return found


def missing_keys(dotenv: Mapping[str, str], given: Mapping[str, str]) -> tuple[str, ...]:
    """Return which keys are made up although others are real: the two do not go together."""
    real = [name for name in KEYS if given.get(name) or dotenv.get(name)]
    return tuple(name for name in KEYS if name not in real) if real else ()
