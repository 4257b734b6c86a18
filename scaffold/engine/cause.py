"""Why a build or an app failed, read from what it printed: the place in the project, the
package that is missing, the Python that is too old.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from scaffold.engine import uv_compile
from scaffold.errors import FailedError
from scaffold.requirements.distributions import distribution

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from scaffold.errors import ScaffoldError

_FRAME = re.compile(r'^\s*File "(?P<file>.+)", line (?P<line>\d+)(?:, in .+)?$')
_EXCEPTION = re.compile(r"^(?P<name>[A-Za-z_][\w.]*)(?:: (?P<message>.*))?$")
_NAMES = re.compile(r"(?:Error|Exception|Exit|Interrupt|Warning|NotFound|Configured)$")
_NO_MODULE = re.compile(r"No module named '?(?P<module>[\w.]+)'?")
_NO_PROGRAM = re.compile(
    r"(?:^|[:\s])(?:sh|bash)?:? ?(?:\d+: )?(?:exec: )?(?P<program>[\w./+-]+): not found$"
)
_TAKEN = re.compile(r"Address already in use|\[Errno 98\]|Connection in use")
# What uv and pip say of a package, of a Python, of a compiler.
_ABSENT = (
    re.compile(r"Because (?P<package>\S+) was not found in the package registry"),
    re.compile(r"[Bb]ecause there (?:is|are) no versions? of (?P<package>\S+?),? "),
    re.compile(r"No matching distribution found for (?P<package>[^\s(]+)"),
)
_PYTHON = (
    re.compile(
        r"current Python version \((?P<python>[\d.]+)\) does not satisfy "
        r"Python(?P<wanted>[<>=!~\d.,]+)(?: and (?P<package>\S+) depends on)?"
    ),
    re.compile(
        r"(?P<package>\S+?)'? requires a different Python: "
        r"(?P<python>[\d.]+) not in '(?P<wanted>[^']+)'"
    ),
)
_COMPILER = re.compile(
    r"command '?(?P<tool>[\w./+-]*(?:gcc|g\+\+|cc|clang|cargo|rustc))'? failed|"
    r"'(?P<missing>(?:\w+-)*(?:gcc|g\+\+|cc|clang|cargo|rustc)(?:-[\d.]+)?)'|"
    r"fatal error: (?P<header>\S+): No such file"
)
_BUILDING = re.compile(
    r"Failed to build (?:installable wheels for )?`?(?P<uv>[\w.+-]+?)(?:==[^`\s]+)?`?(?:\s|$)|"
    r"Failed building wheel for (?P<pip>[\w.+-]+)|"
    r"The build backend returned an error"
)
_VARIABLE = re.compile(r"environ|getenv|env\[|env\(|config\[")
_KEY_ERROR = re.compile(r"^KeyError: '(?P<name>[A-Za-z_]\w*)'$")
_SAYS_ERROR = re.compile(r"\berror\b|\bfailed\b|^fatal|cannot|can't|invalid", re.IGNORECASE)
_KILLED = frozenset({-9, 137})
_NOT_FOUND = 127
# Programs that a package of another name brings.
_PROGRAMS = {"django-admin": "django", "uwsgi": "uWSGI", "daphne": "daphne"}


class Traceback(NamedTuple):
    """The end of a traceback: the last place in the project, and the exception."""

    place: str
    exception: str
    source: str


def project_paths(lines: Iterable[str], app: PurePath, virtualenv: PurePath) -> list[str]:
    """Return lines with the paths of the project in place of those of its copy."""
    return [
        line.replace(f"{app}/", "").replace(str(virtualenv), ".venv").replace(str(app), ".")
        for line in lines
    ]


def explained(error: ScaffoldError, lines: Sequence[str]) -> ScaffoldError:
    """Return an error that names the cause, where the last lines of the log show one.

    Args:
        error: the failure of a step.
        lines: what the failed command printed, with the project's own paths.
    """
    finders = _FINDERS.get(error.key, ())
    for finder in finders:
        found = finder(error, lines)
        if found:
            return found
    return error


def last_traceback(lines: Sequence[str]) -> Traceback | None:
    """Return the last exception of a log with the innermost place in the project."""
    end = _last_exception(lines)
    if end is None:
        return None
    place = source = ""
    for number in range(end - 1, -1, -1):
        frame = _FRAME.match(lines[number])
        if frame and _is_ours(frame["file"]):
            place = f"{frame['file'].removeprefix('./')}:{frame['line']}"
            source = lines[number + 1].strip() if number + 1 < end else ""
            break
        if lines[number].lstrip().startswith("Traceback (most recent"):
            break
    return Traceback(place, lines[end].strip(), source)


def _last_exception(lines: Sequence[str]) -> int | None:
    """Return the line with the exception that ends the last traceback."""
    for number in range(len(lines) - 1, 0, -1):
        match = _EXCEPTION.match(lines[number])
        if match and _NAMES.search(match["name"]) and _follows_a_frame(lines, number):
            return number
    return None


def _follows_a_frame(lines: Sequence[str], end: int) -> bool:
    """Return whether the line is the end of a traceback: indented lines stand before it."""
    return any(_FRAME.match(line) for line in lines[max(0, end - 6) : end])


def _is_ours(file: str) -> bool:
    """Return whether a file is the project's own: a relative path, not in its virtualenv."""
    parts = PurePath(file).parts
    return not PurePath(file).is_absolute() and not file.startswith("<") and ".venv" not in parts


def _exception(error: ScaffoldError, lines: Sequence[str]) -> ScaffoldError | None:
    found = last_traceback(lines)
    if not found:
        return None
    cause = f"{found.place} {found.exception}".strip()
    given = {**error.params, "cause": cause}
    module = _NO_MODULE.search(found.exception)
    if module and found.exception.startswith(("ModuleNotFoundError", "ImportError")):
        return _missing_module(given, module["module"])
    variable = _KEY_ERROR.match(found.exception)
    if variable and (_VARIABLE.search(found.source) or _from_os(lines)):
        return FailedError("boot.error.no-variable", **given, name=variable["name"])
    return _with_cause(error, cause)


def _with_cause(error: ScaffoldError, cause: str) -> ScaffoldError:
    error.cause = cause
    return error


def _from_os(lines: Sequence[str]) -> bool:
    return any('"<frozen os>"' in line or '/os.py"' in line for line in lines[-8:])


def _missing_module(given: dict[str, object], module: str) -> ScaffoldError:
    top = module.partition(".")[0]
    return FailedError("boot.error.no-module", **given, module=module, package=distribution(top))


def _bare_module(error: ScaffoldError, lines: Sequence[str]) -> ScaffoldError | None:
    """Find what `python -m` and servers say without a traceback."""
    for line in reversed(lines):
        if match := _NO_MODULE.search(line):
            cause = line.strip().partition("python: ")[2] or line.strip()
            return _missing_module({**error.params, "cause": cause}, match["module"])
    return None


def _program(error: ScaffoldError, lines: Sequence[str]) -> ScaffoldError | None:
    if error.params.get("code") != _NOT_FOUND:
        return None
    for line in reversed(lines):
        if match := _NO_PROGRAM.search(line.strip()):
            program = PurePath(match["program"]).name
            package = _PROGRAMS.get(program, program)
            return FailedError(
                "boot.error.no-program", **error.params, program=program, package=package
            )
    return None


def _killed(error: ScaffoldError, _lines: Sequence[str]) -> ScaffoldError | None:
    if error.params.get("code") in _KILLED:
        return FailedError("boot.error.killed", **error.params)
    return None


def _port(error: ScaffoldError, lines: Sequence[str]) -> ScaffoldError | None:
    line = next((line.strip() for line in reversed(lines) if _TAKEN.search(line)), "")
    return _with_cause(error, line) if line else None


def _last_words(error: ScaffoldError, lines: Sequence[str]) -> ScaffoldError | None:
    """Take the last line if it says by itself that it is an error, or is all there is."""
    printed = [line.strip() for line in lines if line.strip()]
    if printed and (len(printed) == 1 or _SAYS_ERROR.search(printed[-1])):
        return _with_cause(error, printed[-1])
    return None


def _python(error: ScaffoldError, lines: Sequence[str]) -> ScaffoldError | None:
    printed = uv_compile.message("\n".join(lines))
    for pattern in _PYTHON:
        if match := pattern.search(printed):
            wanted = match["wanted"].rstrip(",.")
            return _unfit(error, match["python"], match["package"] or "", wanted)
    return None


def _unfit(error: ScaffoldError, python: str, package: str, wanted: str) -> ScaffoldError:
    """Return the error for a Python that a pin excludes."""
    dotted = ".".join(python.split(".")[:2])
    key = "too-new" if re.match(r"<", wanted) else "too-old"
    given = {**error.params, "package": package or "requirements.txt", "wanted": wanted}
    return FailedError(f"boot.error.python-{key}", **given, python=dotted)


def _absent(error: ScaffoldError, lines: Sequence[str]) -> ScaffoldError | None:
    printed = uv_compile.message("\n".join(lines))
    for pattern in _ABSENT:
        if match := pattern.search(printed):
            package = match["package"].strip("`',")
            return FailedError("boot.error.no-package", **error.params, package=package)
    return None


def _compiler(error: ScaffoldError, lines: Sequence[str]) -> ScaffoldError | None:
    tool = next((found for line in lines if (found := _COMPILER.search(line))), None)
    if tool is None:
        return None
    missing = tool["tool"] or tool["missing"] or tool["header"]
    package = next(_built(lines), "?")
    return FailedError("boot.error.not-built", **error.params, package=package, missing=missing)


def _built(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        match = _BUILDING.search(line)
        if match and (match["uv"] or match["pip"]):
            yield match["uv"] or match["pip"]


_INSTALL = (_python, _absent, _compiler, _last_words)
_CRASH = (_program, _exception, _bare_module, _port, _killed, _last_words)
_FINDERS: dict[str, tuple[Callable[[ScaffoldError, Sequence[str]], ScaffoldError | None], ...]] = {
    "boot.error.install-failed": _INSTALL,
    "boot.error.build-failed": (_program, _exception, _bare_module, _last_words),
    "boot.error.crashed": _CRASH,
    "boot.error.ended": (_exception,),
    "boot.error.not-listening": (_exception,),
    "boot.error.unhealthy": (_exception,),
    "boot.error.page": (_exception,),
    "boot.error.call": (_exception,),
    "boot.error.functions": (_exception,),
}
