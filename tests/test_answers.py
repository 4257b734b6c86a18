"""Where answers come from, and which of two counts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scaffold import answers, messages
from scaffold.catalog import Catalog
from scaffold.errors import UsageError
from scaffold.questions import Question, UserInput
from tests.conftest import ROOT

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
    found = answers.collect(
        catalog, NO_FLAGS | {"cloud_functions": False}, ["python=3.12"], str(data_file)
    )
    assert found == {
        "server": UserInput("uwsgi", str(data_file)),
        "sessions": UserInput(value=True, origin=str(data_file)),
        "python": UserInput("3.12", "-d python"),
        "cloud_functions": UserInput(value=False, origin="--no-cloud-functions"),
    }


@pytest.mark.parametrize(("flags", "pairs"), [({"server": "gevent"}, []), ({}, ["server=gevent"])])
def test_the_command_line_overrides_the_file(
    catalog: Catalog, data_file: Path, flags: dict[str, str], pairs: list[str]
) -> None:
    """A flag or -d counts more than the data file, which may hold a team's defaults."""
    assert (
        answers.collect(catalog, NO_FLAGS | flags, pairs, str(data_file))["server"].value
        == "gevent"
    )


@pytest.mark.parametrize(
    ("flags", "pairs"),
    [
        ({"server": "uwsgi"}, ["server=uwsgi"]),
        ({"cloud_functions": True}, ["cloud_functions=true"]),
        ({"cloud_functions": False}, ["cloud_functions=False"]),
        ({}, ["server=uwsgi", "server=uwsgi"]),
    ],
)
def test_the_same_answer_twice(
    catalog: Catalog, flags: dict[str, str | bool], pairs: list[str]
) -> None:
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
        (
            b'{"server": "uwsgi", "https_redirect": false}',
            {"server": "uwsgi", "https_redirect": False},
        ),
        (b"# only a comment\nserver: uwsgi # the server\n", {"server": "uwsgi"}),
        (b"---\nserver: uwsgi\n...\n", {"server": "uwsgi"}),
        (b"server: uwsgi\nserver: uwsgi\n", {"server": "uwsgi"}),
        (b"{}", {}),
    ],
)
def test_forms_of_a_data_file(
    catalog: Catalog, tmp_path: Path, content: bytes, expected: dict[str, object]
) -> None:
    """A data file may come from Windows, be JSON, hold comments, or nothing but an
    empty mapping.
    """
    path = tmp_path / "answers.yml"
    path.write_bytes(content)
    assert {
        key: given.value for key, given in answers.collect(catalog, {}, [], str(path)).items()
    } == expected


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
        ("...", ""),
        ("shop!", "shop"),
        ("云", ""),
        ("api", "my_api"),
        ("2048", "my_2048"),
    ],
)
def test_a_project_is_named_after_its_folder(catalog: Catalog, directory: str, name: str) -> None:
    """The folder's name is the project's title; the name in code follows from it where it can."""
    found = answers.with_names({}, directory, catalog)
    assert found.get("project_name") == (UserInput(name, "DIR") if name else None)
    folder = Path(directory).resolve().name
    assert found["title"] == UserInput(folder, "DIR")


@pytest.mark.parametrize("directory", ["/", "a\udcff", "我\n"])
def test_a_folder_that_is_no_title(catalog: Catalog, directory: str) -> None:
    """It is left for the error to show."""
    found = answers.with_names({}, directory, catalog)
    assert found == {"project_name": UserInput(Path(directory).name, "DIR")}


def test_a_title_gives_the_name(catalog: Catalog) -> None:
    """Where there is no folder, or its name gives none; what was given stays."""
    title = {"title": UserInput("My Shop", "-d")}
    for directory in (None, "我的"):
        found = answers.with_names(title, directory, catalog)
        assert found == {**title, "project_name": UserInput("my_shop", "DIR")}
    given = {**title, "project_name": UserInput("mine", "-d")}
    assert answers.with_names(given, "shop", catalog) == given


def test_no_folder_no_name(catalog: Catalog) -> None:
    """Without a folder the name is a question like the others."""
    assert answers.with_names({}, None, catalog) == {}


def test_the_current_folder_gives_the_name(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`.` means the name of the folder one is in."""
    (tmp_path / "shop").mkdir()
    monkeypatch.chdir(tmp_path / "shop")
    assert answers.with_names({}, ".", catalog)["project_name"].value == "shop"


def test_the_running_python_is_preferred(catalog: Catalog) -> None:
    """The Python that runs scaffold is there, so it is the one to suggest."""
    running = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert answers.preferred(catalog)["python"] == running


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_projects_language_is_that_of_messages(catalog: Catalog, language: str) -> None:
    """Who reads Chinese here will read it in the project too."""
    before = messages.language()
    messages.set_language(language)
    try:
        assert answers.preferred(catalog)["language"] == language
    finally:
        messages.set_language(before)


def test_a_question_of_another_template() -> None:
    """What another template means by `language` is asked for, and nothing is suggested."""
    catalog = Catalog(ROOT)
    theirs = Question("language", "str", ("go", "rust"), help="Which language?", default="go")
    vars(catalog)["questions"] = {**catalog.questions, "language": theirs}
    assert "language" not in answers.preferred(catalog)
    assert "-d language=VALUE" in answers.missing(catalog, {})


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
    given = {
        "cloud_functions": UserInput(value=False, origin="x"),
        "python": UserInput("3.11", "x"),
    }
    assert answers.missing(catalog, given) == [
        "DIR",
        "--starter",
        "--server",
        "-d https_redirect=VALUE",
    ]


def test_what_is_wrong_comes_before_what_is_missing(catalog: Catalog) -> None:
    """A wrong answer is refused before anybody is asked for more."""
    with pytest.raises(UsageError):
        answers.missing(catalog, {"server": UserInput("apache", "--server")})
