"""Where answers come from, and which of two counts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from scaffold import answers
from scaffold.errors import UsageError
from scaffold.starters import Catalog, Given

if TYPE_CHECKING:
    from pathlib import Path

NO_FLAGS: dict[str, str | bool | None] = {"server": None, "cloud_functions": None}


@pytest.fixture
def data_file(tmp_path: Path) -> Path:
    """A file with two answers."""
    path = tmp_path / "answers.yml"
    path.write_text("server: uwsgi\nsessions: true\n", "utf-8")
    return path


def test_nothing_given(catalog: Catalog) -> None:
    """Flags that were not given are no answers."""
    assert answers.collect(catalog, NO_FLAGS, [], None) == {}


def test_origins(catalog: Catalog, data_file: Path) -> None:
    """Each answer keeps where it comes from, for the error that it may cause."""
    found = answers.collect(catalog, NO_FLAGS | {"cloud_functions": False}, ["python=3.12"], str(data_file))
    assert found == {
        "server": Given("uwsgi", str(data_file)),
        "sessions": Given(value=True, origin=str(data_file)),
        "python": Given("3.12", "-d python"),
        "cloud_functions": Given(value=False, origin="--no-cloud-functions"),
    }


@pytest.mark.parametrize(("flags", "pairs"), [({"server": "gevent"}, []), ({}, ["server=gevent"])])
def test_the_command_line_overrides_the_file(
    catalog: Catalog, data_file: Path, flags: dict[str, str], pairs: list[str]
) -> None:
    """A flag or -d counts more than the data file, which may hold a team's defaults."""
    assert answers.collect(catalog, NO_FLAGS | flags, pairs, str(data_file))["server"].value == "gevent"


@pytest.mark.parametrize(
    ("flags", "pairs"),
    [
        ({"server": "uwsgi"}, ["server=uwsgi"]),
        ({"cloud_functions": True}, ["cloud_functions=true"]),
        ({"cloud_functions": False}, ["cloud_functions=False"]),
        ({}, ["server=uwsgi", "server=uwsgi"]),
    ],
)
def test_the_same_answer_twice(catalog: Catalog, flags: dict[str, str | bool], pairs: list[str]) -> None:
    """To say the same twice is no contradiction."""
    assert len(answers.collect(catalog, NO_FLAGS | flags, pairs, None)) == 1


def test_values_may_hold_equals_signs(catalog: Catalog) -> None:
    """Only the first = of -d separates."""
    assert answers.collect(catalog, {}, ["project_name=a=b"], None)["project_name"].value == "a=b"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xef\xbb\xbfserver: uwsgi\n", {"server": "uwsgi"}),
        (b"server: uwsgi\r\nsessions: yes\r\n", {"server": "uwsgi", "sessions": True}),
        (b'{"server": "uwsgi", "https_redirect": false}', {"server": "uwsgi", "https_redirect": False}),
        (b"# only a comment\nserver: uwsgi # the server\n", {"server": "uwsgi"}),
        (b"---\nserver: uwsgi\n...\n", {"server": "uwsgi"}),
        (b"server: uwsgi\nserver: uwsgi\n", {"server": "uwsgi"}),
        (b"{}", {}),
    ],
)
def test_forms_of_a_data_file(catalog: Catalog, tmp_path: Path, content: bytes, expected: dict[str, object]) -> None:
    """A data file may come from Windows, be JSON, hold comments, or nothing but an empty mapping."""
    path = tmp_path / "answers.yml"
    path.write_bytes(content)
    assert {key: given.value for key, given in answers.collect(catalog, {}, [], str(path)).items()} == expected


@pytest.mark.parametrize(
    ("directory", "name"),
    [
        ("shop", "shop"),
        ("my-shop", "my_shop"),
        ("my shop", "my_shop"),
        ("My.Shop", "my_shop"),
        ("a - b", "a_b"),
        ("path/to/shop", "shop"),
        ("path/to/shop/", "shop"),
        ("path/to/../shop", "shop"),
        (".hidden", "hidden"),
        ("-shop-", "shop"),
        ("...", "..."),
        ("shop!", "shop!"),
        ("云", "云"),
        ("/", ""),
    ],
)
def test_a_project_is_named_after_its_folder(directory: str, name: str) -> None:
    """The folder's name gives the project's where it can; what it cannot be is left for the error to show."""
    assert answers.named_after(directory) == {"project_name": Given(name, "DIR")}


def test_no_folder_no_name() -> None:
    """Without a folder the name is a question like the others."""
    assert answers.named_after(None) == {}


def test_the_current_folder_gives_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`.` means the name of the folder one is in."""
    (tmp_path / "shop").mkdir()
    monkeypatch.chdir(tmp_path / "shop")
    assert answers.named_after(".")["project_name"].value == "shop"


def test_the_running_python_is_preferred() -> None:
    """The Python that runs scaffold is there, so it is the one to suggest."""
    assert answers.preferred() == {"python": f"{sys.version_info[0]}.{sys.version_info[1]}"}


def test_what_is_missing(catalog: Catalog) -> None:
    """What is missing is named as it would be given; what does not apply is not missing."""
    assert answers.missing(catalog, {}) == [
        "DIR",
        "--starter",
        "--server",
        "--cloud-functions",
        "--dependencies",
        "--python",
        "-d sessions=VALUE",
        "-d https_redirect=VALUE",
    ]
    given = {"cloud_functions": Given(value=False, origin="x"), "python": Given("3.11", "x")}
    assert answers.missing(catalog, given) == ["DIR", "--starter", "--server", "-d https_redirect=VALUE"]


def test_what_is_wrong_comes_before_what_is_missing(catalog: Catalog) -> None:
    """A wrong answer is refused before anybody is asked for more."""
    with pytest.raises(UsageError):
        answers.missing(catalog, {"server": Given("apache", "--server")})
