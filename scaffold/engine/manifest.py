"""Read `leanengine.yaml`, which says how LeanEngine is to build and run a project.

Source: LeanEngine docs, "leanengine.yaml reference" and "Python runtime".
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold import files, messages, parsing
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

FILE = "leanengine.yaml"
RECOGNISED_BY = ("wsgi.py", "requirements.txt")
RUNTIMES = ("cpp", "dotnet", "go", "java", "nodejs", "php", "python", "static")
SYSTEM_DEPENDENCIES = (
    "ffmpeg",
    "imagemagick",
    "fonts-wqy",
    "fonts-noto",
    "chrome-headless",
    "node-canvas",
    "python-talib",
)
FUNCTIONS_MODES = ("strict", "disabled")
STARTUP_TIMEOUT_MIN = 15
STARTUP_TIMEOUT_MAX = 120


@dataclass(frozen=True)
class Command:
    """One line for the shell."""

    line: str


@dataclass(frozen=True)
class UseDefault:
    """`{use: default}`: what the platform would have done had the key been absent."""


@dataclass(frozen=True)
class Require:
    """`{require: [...]}`: project files that the following install commands need."""

    files: tuple[str, ...]


BuildStep = Command | UseDefault | Require


@dataclass(frozen=True)
class Manifest:
    """The content of `leanengine.yaml`; the defaults are the platform's.

    Attributes:
        run: the shell line that starts the server. Without one the platform serves
            `application` of the module `wsgi`; the vendor's `lean up` runs `python
            wsgi.py`, and so does the default here.
        startup_timeout: seconds from the start within which the first health check must pass.
        functions_mode: `strict` asks that the SDK answers, `disabled` that it is
            not asked, None leaves it open.
    """

    runtime: str | None = None
    run: str = "python wsgi.py"
    install: tuple[BuildStep, ...] = (UseDefault(),)
    build: tuple[BuildStep, ...] = ()
    system_dependencies: tuple[str, ...] = ()
    build_root: str = "."
    expose_environments_on_build: bool = False
    startup_timeout: int = 30
    functions_mode: str | None = None
    install_dev_dependencies: bool = False


def load(directory: Path) -> Manifest:
    """Read the manifest of the project in `directory`; a project without one gets the defaults.

    Raises:
        FailedError: the file cannot be read, or one of its keys is not what
            the platform understands.
    """
    try:
        return parse(files.read(directory / FILE, root=directory))
    except FileNotFoundError:
        return Manifest()
    except files.UnreadableError as error:
        raise FailedError(
            "engine.error.manifest-unreadable", file=FILE, problem=error.strerror
        ) from error


def parse(source: bytes | str) -> Manifest:
    """Return the manifest that the YAML text `source` describes.

    Raises:
        FailedError: as `load`.
    """
    try:
        data = parsing.load_yaml(source)
    except parsing.ParseError as error:
        problem = f"line {error.line}: {error.reason}"
        raise FailedError("engine.error.manifest-unreadable", file=FILE, problem=problem) from error
    if data is None:
        return Manifest()
    if not isinstance(data, dict):
        raise FailedError("engine.error.manifest-not-keys", file=FILE, kind=type(data).__name__)
    # A key without a value is a key left out: that is how the platform's own parser reads it.
    values: dict[str, Any] = {}
    for key, value in data.items():
        if value is not None:
            rule = _rule(key)
            values[rule.field] = _checked(key, value, rule)
    return Manifest(**values)


def missing_files(directory: Path, manifest: Manifest) -> tuple[str, ...]:
    """Return the files without which LeanEngine does not take `directory` for a Python project.

    Source: LeanEngine docs, "Python runtime": `wsgi.py` and `requirements.txt` in
    the root, or `runtime: python`.
    """
    if manifest.runtime == "python":
        return ()
    root = directory / manifest.build_root
    return tuple(name for name in RECOGNISED_BY if not files.is_file(root / name))


@dataclass(frozen=True)
class _Key:
    """How one key is checked.

    Args:
        field: the attribute of `Manifest` it sets.
        read: turns the YAML value into the attribute's; ValueError when it cannot.
        expected: the message that says what is understood.
        params: the message's placeholders.
    """

    field: str
    read: Callable[[Any], object]
    expected: str
    params: Mapping[str, object]


def _rule(key: object) -> _Key:
    if isinstance(key, str) and key in KEYS:
        return KEYS[key]
    if key == "cmd":
        raise FailedError("engine.error.manifest-cmd", file=FILE)
    raise FailedError(
        "engine.error.manifest-unknown-key", file=FILE, name=key, nearest=nearest_keys(key)
    )


def nearest_keys(key: object) -> str:
    """Return the key that an unknown one may be meant for; all of them if none is near."""
    close = difflib.get_close_matches(str(key).lower(), [name.lower() for name in KEYS], 1)
    by_lower = {name.lower(): name for name in KEYS}
    return by_lower[close[0]] if close else ", ".join(KEYS)


def _checked(key: str, value: object, rule: _Key) -> object:
    try:
        return rule.read(value)
    except (TypeError, ValueError) as error:
        expected = messages.text(rule.expected, **rule.params)
        raise FailedError(
            "engine.error.manifest-value",
            file=FILE,
            name=key,
            value=parsing.shown(value),
            expected=expected,
        ) from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(value)
    return value.strip()


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _seconds(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(value)
    if not STARTUP_TIMEOUT_MIN <= value <= STARTUP_TIMEOUT_MAX:
        raise ValueError(value)
    return value


def _one_of(known: tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in known:
            raise ValueError(value)
        return str(value)

    return read


def _list_of(read_item: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise TypeError(value)
        return tuple(read_item(item) for item in value)

    return read


def _inner_path(value: Any) -> str:
    path = PurePosixPath(_text(value))
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(value)
    return str(path)


def _steps(*, require: bool) -> Callable[[Any], tuple[BuildStep, ...]]:
    def step(item: Any) -> BuildStep:
        if isinstance(item, str):
            return Command(_text(item))
        if item == {"use": "default"}:
            return UseDefault()
        if require and isinstance(item, dict) and set(item) == {"require"}:
            return Require(_list_of(_inner_path)(item["require"]))
        raise ValueError(item)

    def read(value: Any) -> tuple[BuildStep, ...]:
        return _list_of(step)([value] if isinstance(value, str) else value)

    return read


_EXPECTED = "engine.manifest.expected."
KEYS: dict[str, _Key] = {
    "runtime": _Key(
        "runtime", _one_of(RUNTIMES), _EXPECTED + "one-of", {"known": ", ".join(RUNTIMES)}
    ),
    "run": _Key("run", _text, _EXPECTED + "command", {}),
    "install": _Key("install", _steps(require=True), _EXPECTED + "install", {}),
    "build": _Key("build", _steps(require=False), _EXPECTED + "build", {}),
    "systemDependencies": _Key(
        "system_dependencies",
        _list_of(_one_of(SYSTEM_DEPENDENCIES)),
        _EXPECTED + "list-of",
        {"known": ", ".join(SYSTEM_DEPENDENCIES)},
    ),
    "buildRoot": _Key("build_root", _inner_path, _EXPECTED + "folder", {}),
    "exposeEnvironmentsOnBuild": _Key(
        "expose_environments_on_build", _flag, _EXPECTED + "flag", {}
    ),
    "startupTimeout": _Key(
        "startup_timeout",
        _seconds,
        _EXPECTED + "seconds",
        {"least": STARTUP_TIMEOUT_MIN, "most": STARTUP_TIMEOUT_MAX},
    ),
    "functionsMode": _Key(
        "functions_mode",
        _one_of(FUNCTIONS_MODES),
        _EXPECTED + "one-of",
        {"known": ", ".join(FUNCTIONS_MODES)},
    ),
    "installDevDependencies": _Key("install_dev_dependencies", _flag, _EXPECTED + "flag", {}),
}
