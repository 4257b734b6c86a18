"""Requirements keep every package of the user's, and say why a line could not stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.adopt import pins, resolve
from scaffold.adopt.known_versions import PYTHON_2, PYTHON_2_DEPENDENCIES
from scaffold.adopt.pins_python2 import for_python_2
from scaffold.adopt.resolve import Resolved, Unresolved
from tests.adopt.conftest import names

if TYPE_CHECKING:
    from pathlib import Path


def choose(folder: Path, text: str, pythons: tuple[str, ...] = ("3.11",)) -> pins.Pins:
    """Return the best pins for requirements, with nothing to add."""
    return next(pins.candidates(pins.ResolutionRequest(folder, text, lambda _python: {}, pythons)))


@pytest.mark.parametrize(
    ("requested", "sdk", "first", "last"),
    [
        ("", True, "3.11", "3.8"),
        ("", False, "3.11", "3.8"),
        ("2.7.11", True, "3.11", "3.8"),
        ("3.8.10", True, "3.8", "3.9"),
        ("3.6.3", True, "3.8", "3.11"),
        ("3.13", True, "3.11", "3.8"),
        ("3.13", False, "3.13", "3.8"),
        ("3.14.1", False, "3.13", "3.8"),
    ],
)
def test_order(requested: str, first: str, last: str, *, sdk: bool) -> None:
    """What the project asks for comes first, then what is nearest; the SDK's own pins end
    at 3.11.
    """
    order = pins.order(requested, sdk=sdk)
    assert (order[0], order[-1]) == (first, last)
    assert pins.order(requested, sdk=sdk, fixed="3.9") == ("3.9",)


@pytest.mark.parametrize(
    ("line", "loosened"),
    [
        ("gunicorn==19.3.0", "gunicorn>=19.3.0"),
        (
            "gunicorn[gevent]~=19.3 ; python_version > '3'",
            "gunicorn[gevent]>=19.3; python_version > '3'",
        ),
        ("gunicorn>=19,<20", "gunicorn>=19"),
        ("gunicorn<20", "gunicorn"),
    ],
)
def test_loosened(tmp_path: Path, line: str, loosened: str) -> None:
    """Of a range that no version fits, the lower end stays, and the line says what it was."""
    made = choose(tmp_path, f"# mine\n{line}\nflask\n")
    assert made.failure is None
    assert [(change.line, change.before, change.after) for change in made.loosened] == [
        (2, line, loosened)
    ]
    assert made.source == f"# mine\n{loosened}  # was {line} (scaffold adopt)\nflask\n"
    assert made.pins["gunicorn"] == "gunicorn==23.0.0"


def test_unknown_package_is_kept_as_a_comment(tmp_path: Path) -> None:
    """What is in no index cannot be installed anywhere, and is not forgotten."""
    made = choose(tmp_path, "nowhere>=2.7\nflask\n")
    assert made.source == "# nowhere>=2.7  # not in the package index (scaffold adopt)\nflask\n"
    assert [change.reason for change in made.loosened] == ["unknown"]


def test_own_ranges_before_loosened_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python on which the user's own ranges fit is better than a newer one on which they
    do not.
    """

    def by_python(_folder: Path, source: str, python: str) -> Resolved | Unresolved:
        if python != "3.8" and source.startswith("lxml==3.8.0"):
            return Unresolved("wheel", "lxml", "no wheels", ("lxml",))
        return Resolved({"lxml": "lxml==3.8.0"})

    monkeypatch.setattr(pins, "resolve", by_python)
    wanted = pins.ResolutionRequest(
        tmp_path, "lxml==3.8.0\n", lambda _python: {}, ("3.11", "3.10", "3.9", "3.8")
    )
    found = list(pins.candidates(wanted))
    assert [(made.python, len(made.loosened)) for made in found] == [("3.8", 0), ("3.11", 1)]


def test_python_too_new_for_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django 1.11 installs on every Python and starts on none after 3.9."""
    monkeypatch.setattr(pins, "resolve", lambda *_: Resolved({"django": "django==1.11.29"}))
    wanted = pins.ResolutionRequest(
        tmp_path, "django<2\n", lambda _python: {}, ("3.11", "3.10", "3.9", "3.8")
    )
    assert next(pins.candidates(wanted)).python == "3.9"


def test_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the index nothing is pinned, nothing is lost, and it is tried once."""
    calls = []

    def offline(*_: object) -> Unresolved:
        calls.append(1)
        return Unresolved("offline", "", "error sending request")

    monkeypatch.setattr(pins, "resolve", offline)
    made = choose(tmp_path, "flask\n", ("3.11", "3.10"))
    assert (made.pins, made.source, len(calls)) == ({}, "flask\n", 1)


def test_gevent_gets_what_it_needs(tmp_path: Path) -> None:
    """The gevent of the SDK imports pkg_resources, and prints tracebacks with a greenlet
    of today.
    """
    assert {"setuptools", "greenlet", "gevent"} == names(choose(tmp_path, "gevent\n").source)
    needed = pins._needed(Resolved({"gevent": "gevent==22.10.2"}), "3.8")
    assert "setuptools==75.3.4" in needed.values()
    assert pins._needed(Resolved({"gevent": "gevent==26.9.0"}), "3.11") == {}


def test_python_2_set(tmp_path: Path) -> None:
    """On Python 2 the measured versions are taken, unless the user's own range leaves them out."""
    made = for_python_2(
        "Flask==0.10.1\nleancloud>=2.9.12,<4\nqrcode==5.1\n", {"gunicorn": "gunicorn<20"}, tmp_path
    )
    assert made.pins["flask"] == "Flask==0.10.1"
    assert made.pins["qrcode"] == "qrcode==5.1"
    assert made.pins["leancloud"] == "leancloud==2.9.12"
    assert made.pins["gunicorn"] == "gunicorn==19.10.0"
    assert made.pins["werkzeug"] == "werkzeug==1.0.1"
    assert names(made.source) == {"flask", "leancloud", "qrcode", "gunicorn"}


def test_python_2_set_is_complete_or_says_so(tmp_path: Path) -> None:
    """What the packages bring is pinned too; one that was not measured is named."""
    made = for_python_2("beautifulsoup4\ndjango<2\n", {}, tmp_path)
    assert made.pins.keys() == {
        "backports-functools-lru-cache",
        "beautifulsoup4",
        "django",
        "pytz",
        "soupsieve",
    }
    assert not made.is_partial
    assert for_python_2("flask==0.10.1\nredis>4\nodd==1\n", {}, tmp_path).unpinned == (
        "odd",
        "redis",
    )


def test_python_2_set_is_closed() -> None:
    """Whatever a measured package brings is measured itself."""
    assert {
        name for brought in PYTHON_2_DEPENDENCIES.values() for name in brought
    } <= PYTHON_2.keys()
    assert PYTHON_2_DEPENDENCIES.keys() <= PYTHON_2.keys()


def test_line_over_several_lines(tmp_path: Path) -> None:
    """A requirement that goes on in further lines is replaced with all of them."""
    made = choose(tmp_path, "gunicorn==19.3.0 \\\n    --hash=sha256:00\nflask\n")
    assert made.source == "gunicorn>=19.3.0  # was gunicorn==19.3.0 (scaffold adopt)\nflask\n"


def test_marker_of_another_python(tmp_path: Path) -> None:
    """A package that is asked for on Python 2 only is still missing on 3."""
    text = "gunicorn<20; python_version < '3'\n"
    assert "\ngunicorn>=23\n" in pins.combined(text, {"gunicorn": "gunicorn>=23"}, "3.11", tmp_path)
    assert pins.combined(text, {"gunicorn": "gunicorn>=23"}, "2.7", tmp_path) == text


# What uv 0.13 says, word for word but for its drawing.
_NONE = "error: No solution found when resolving dependencies\n  cause: "
_END = " are unsatisfiable."
MESSAGES = {
    "unknown": (
        f"{_NONE}Because python was not found in the package registry and you require python>=2.7, "
        f"we can conclude that your requirements{_END}"
    ),
    "wheel": (
        f"{_NONE}Because gevent<=1.5.0 has no usable wheels and only the following versions "
        "of gevent are available:\n"
        "             gevent<=1.5.0\n             gevent>2\n         we can conclude that "
        "gevent<2 cannot be used.\n"
        "         And because you require gevent<2, we can conclude that your "
        f"requirements{_END}\n\n"
        "hint: Wheels are required for `gevent`"
    ),
    "wheel of all": (
        f"{_NONE}Because all versions of evil have no usable wheels and you require evil, "
        f"we can conclude that your requirements{_END}"
    ),
    "clash": (
        f"{_NONE}Because leancloud>=2.9.12 depends on gevent>=22.10.2,<23.0.0 and you "
        "require leancloud>=2.9.12, "
        "we can conclude that you require gevent>=22.10.2,<23.0.0.\n         And because "
        "you require gevent<2, "
        f"we can conclude that your requirements{_END}"
    ),
    "clash of two": (
        f"{_NONE}Because arrow>=1.0.0 depends on python-dateutil>=2.7.0 and "
        "leancloud>=2.9.12 depends on arrow>=1.0.0, "
        "we can conclude that leancloud>=2.9.12 depends on python-dateutil>=2.7.0.\n        "
        " And because you require "
        "leancloud>=2.9.12 and python-dateutil==2.6.1, we can conclude that your "
        f"requirements{_END}"
    ),
    "build": (
        "error: Failed to build `leancloud==2.1.13`\n  cause: The build backend returned an error"
    ),
    "offline": "error: Failed to fetch: `https://index.example/simple/flask/`\n  cause: dns error",
    "other": "error: something that nobody has seen yet",
}
ABOUT = {
    "unknown": "python",
    "wheel": "gevent",
    "wheel of all": "evil",
    "clash": "leancloud",
    "clash of two": "leancloud",
    "build": "leancloud",
}


@pytest.mark.parametrize("reason", MESSAGES)
def test_reasons(reason: str) -> None:
    """What uv says becomes one of our reasons, with the package that it is about."""
    found = resolve._reason(MESSAGES[reason])
    assert (found.reason, found.name) == (reason.partition(" ")[0], ABOUT.get(reason, ""))
    assert "hint" not in found.message
    if reason == "clash":
        assert found.yours == ("leancloud", "gevent")
    if reason == "clash of two":
        assert found.yours == ("leancloud", "python-dateutil")


@pytest.mark.parametrize(
    ("package", "expected"),
    [("qrcode", [["qiniu"], ["qiniu", "qrcode"]]), ("thing", [["qiniu"]]), ("gevent", [["qiniu"]])],
)
def test_what_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, expected: list[list[str]]
) -> None:
    """A well-known package without a wheel is built; any other one is not."""
    calls: list[list[str]] = []

    def compiled(
        _folder: Path, _source: str, _python: str, _constraints: list[str], built: list[str]
    ) -> dict[str, str] | Unresolved:
        calls.append(list(built))
        wheel = Unresolved("wheel", package, "no wheels", (package,))
        return {} if package in built else wheel

    monkeypatch.setattr(resolve, "_compile", compiled)
    found = resolve.resolve(tmp_path, f"{package}\n", "3.11")
    assert calls == expected
    assert isinstance(found, Resolved) == (len(expected) > 1)
