"""Templates of others: `scaffold new --template` and `scaffold list --template`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from scaffold import labels, versions
from scaffold.external_template import opened
from tests.conftest import ROOT, snapshot
from tests.repositories import commit, git
from tests.trees import build_file_tree
from tools.bundle import published

if TYPE_CHECKING:
    from scaffold.catalog import Catalog
    from tests.conftest import Scaffold

PROJECT = "templates/mini/{{cookiecutter.project_slug}}"
COPIER_YML = """
_subdirectory: "templates/{{ starter }}/{% raw %}{{cookiecutter.project_slug}}{% endraw %}"
_templates_suffix: ""
_envops: {trim_blocks: true, lstrip_blocks: true, keep_trailing_newline: true}
_exclude: ["*.pyc"]

project_name:
  type: str
  help: What is it called?
  default: shop
  validator: "{% if project_name == 'bad' %}Not bad, please{% endif %}"
starter: {type: str, choices: [mini, tiny], default: mini}
loud: {type: bool, default: "{{ project_name == 'shop' }}"}
cookiecutter:
  type: yaml
  when: false
  default: >-
    {{ dict(project_name=project_name, starter=starter, loud=loud,
    _commit=_copier_answers._commit | default(''),
    _src_path=_copier_answers._src_path | string) | to_json }}
"""
ANSWERS = """_src_path: {{ cookiecutter._src_path | tojson }}
{% if cookiecutter._commit %}
_commit: {{ cookiecutter._commit | tojson }}
{% endif %}
"""
FILES = {
    "copier.yml": COPIER_YML,
    f"{PROJECT}/.copier-answers.yml": ANSWERS,
    f"{PROJECT}/hello.txt": (
        "{{ cookiecutter.project_name }}{{ '!' if cookiecutter.loud else '' }}\n"
    ),
}


def _build(root: Path, **changes: str | bytes) -> Path:
    """Write the small template; `changes` replace or add files, by names of which
    `project/` begins its project.
    """
    files = {**FILES, **changes}
    return build_file_tree(
        root, {path.replace("project/", f"{PROJECT}/"): files[path] for path in files}
    )


def _release(root: Path, *tags: str) -> None:
    """Commit the template once for each tag."""
    for tag in tags:
        commit(root, {f"{PROJECT}/version.txt": f"{tag}\n"}, tag=tag)


def _recorded(folder: Path) -> dict[str, str]:
    recorded: dict[str, str] = yaml.safe_load((folder / ".copier-answers.yml").read_text())
    return {key: value for key, value in recorded.items() if key.startswith("_")}


def test_a_folder(scaffold: Scaffold, workspace: Path) -> None:
    """A folder that is no repository is recorded by its whole path, and the
    next steps are those that it has.
    """
    _build(workspace / "mine")
    result = scaffold("new", "shop", "--template", "mine", "--defaults", "--no-git")
    assert result.code == 0, result.err
    assert "Made" in result.err
    assert "from mine" in result.err
    assert result.err.rstrip().endswith("cd shop")
    assert (workspace / "shop" / "hello.txt").read_text() == "shop!\n"
    assert _recorded(workspace / "shop") == {"_src_path": str(workspace / "mine")}


def test_a_repository(scaffold: Scaffold, workspace: Path) -> None:
    """A checkout is taken as it is, and recorded by its tag, or by how far it is from one."""
    root = _build(workspace / "mine")
    _release(root, "1.0.0")
    assert scaffold("new", "a", "--template", str(root), "--defaults", "--no-git").code == 0
    assert _recorded(workspace / "a") == {"_commit": "1.0.0", "_src_path": str(root)}
    commit(root, {"more": ""})
    assert scaffold("new", "b", "--template", str(root), "--defaults", "--no-git").code == 0
    assert _recorded(workspace / "b")["_commit"].startswith("1.0.0-1-g")


def test_a_part_of_a_repository(scaffold: Scaffold, workspace: Path) -> None:
    """The versions of a repository around the template are not the template's."""
    _build(workspace / "all" / "mine")
    git(workspace / "all", "init", "--quiet")
    assert scaffold("new", "shop", "--template", "all/mine", "--defaults", "--no-git").code == 0
    assert "_commit" not in _recorded(workspace / "shop")


def test_an_address(scaffold: Scaffold, workspace: Path) -> None:
    """Of a repository with releases the newest is taken, by number; without any, what is there."""
    root = _build(workspace / "mine")
    _release(root, "v1.9", "v1.10", "v2.0rc1", "other")
    for address in (root.as_uri(), f"git+{root.as_uri()}"):
        folder = str(len(address))
        assert (
            scaffold(
                "new",
                "--template",
                address,
                "--defaults",
                "--no-git",
                folder,
                "-d",
                "project_name=a",
            ).code
            == 0
        )
        assert (workspace / folder / "version.txt").read_text() == "v1.10\n"
        assert _recorded(workspace / folder) == {
            "_commit": "v1.10",
            "_src_path": f"git+{root.as_uri()}",
        }
    for tag in ("v1.9", "v1.10"):
        git(root, "tag", "--delete", tag)
    assert scaffold("new", "shop", "--template", root.as_uri(), "--defaults", "--no-git").code == 0
    assert (workspace / "shop" / "version.txt").read_text() == "other\n"


def test_what_copier_makes(scaffold: Scaffold, workspace: Path) -> None:
    """What is recorded, and all else, is what copier writes of the same template."""
    root = _build(workspace / "mine")
    _release(root, "1.0.0")
    assert scaffold("new", "shop", "--template", str(root), "--defaults", "--no-git").code == 0
    copier = str(Path(sys.executable).with_name("copier"))
    command = [
        copier,
        "copy",
        "--quiet",
        "--defaults",
        "--data",
        "project_name=shop",
        str(root),
        "theirs",
    ]
    subprocess.run(command, cwd=workspace, check=True, capture_output=True)
    assert snapshot(workspace / "shop") == snapshot(workspace / "theirs")


@pytest.mark.parametrize("starter", ["flask", "django"])
def test_an_old_version_of_ours(starter: str, scaffold: Scaffold, workspace: Path) -> None:
    """The templates of 1.0.0 are in the dialect too."""
    for path, content in published(versions.BUNDLE, "1.0.0").items():
        (workspace / "old" / path).parent.mkdir(parents=True, exist_ok=True)
        (workspace / "old" / path).write_bytes(content)
    result = scaffold(
        "new", "shop", "--template", "old", "--starter", starter, "--defaults", "--no-git"
    )
    assert result.code == 0, result.err
    assert "LC_APP_MASTER_KEY" in (workspace / "shop" / "wsgi.py").read_text()


def test_our_own(scaffold: Scaffold, workspace: Path) -> None:
    """The published starters are a template as others, under the address that projects record."""
    assert (
        scaffold("new", "shop", "--template", versions.SOURCE, "--defaults", "--no-git").code == 0
    )
    assert _recorded(workspace / "shop") == {
        "_commit": versions.newest(),
        "_src_path": versions.SOURCE,
    }


def test_a_checkout_of_ours(scaffold: Scaffold, workspace: Path) -> None:
    """Unreleased starters are tried out of their checkout, and the project says so."""
    result = scaffold("new", "shop", "--template", str(ROOT), "--defaults", "--dry-run", "--json")
    recorded = yaml.safe_load(json.loads(result.out)["files"][".copier-answers.yml"])
    assert recorded["_src_path"] == str(ROOT)
    assert not (workspace / "shop").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"copier.yml": "a: [1\n"}, "copier.yml:2: "),
        ({"copier.yml": "- a\n"}, "copier.yml:1: there are no questions"),
        ({"copier.yml": COPIER_YML + "_tasks: [ls]\n"}, "copier.yml (_tasks) is not in"),
        (
            {"copier.yml": COPIER_YML + "_templates_suffix: .jinja\n"},
            "copier.yml (_templates_suffix): only ''",
        ),
        (
            {"copier.yml": COPIER_YML.replace('"*.pyc"', '"secret.txt"')},
            "copier.yml (_exclude): secret.txt is not in",
        ),
        ({"copier.yml": COPIER_YML + "size: 3\n"}, "copier.yml (size): a question"),
        ({"copier.yml": COPIER_YML + "size: {type: int}\n"}, "copier.yml (size): a question"),
        (
            {"copier.yml": COPIER_YML + "size: {type: str, secret: true}\n"},
            "copier.yml (size): secret is not in",
        ),
        (
            {"copier.yml": COPIER_YML + "size: {type: str, choices: [1]}\n"},
            "copier.yml (size): choices",
        ),
        (
            {"copier.yml": COPIER_YML + "size: {type: str, when: '{{ late }}'}\n"},
            "copier.yml (size):1: there is no late",
        ),
        ({"project/a.txt": "\n{% for a in b %}{% endfor %}"}, "/a.txt:2: For is not in"),
        ({"project/a.txt": "{{ project_name }}"}, "/a.txt:1: there is no project_name here"),
        ({"project/a.txt": "{{ cookiecutter.server }}"}, "/a.txt:1: there is no question server"),
        ({"project/a.png": b"\x89PNG"}, "/a.png is not text in UTF-8"),
        ({"copier.yml": COPIER_YML.replace("default: mini", "default: tiny")}, "templates/tiny/"),
        (
            {"copier.yml": "project_name: {type: str, default: a}\n"},
            "copier.yml: there is no question starter",
        ),
    ],
)
def test_outside_of_the_dialect(
    changes: dict[str, str | bytes], message: str, scaffold: Scaffold, workspace: Path
) -> None:
    """What scaffold would render otherwise than copier does is refused, with its
    place, and nothing is written.
    """
    _build(workspace / "mine", **changes)
    result = scaffold("new", "shop", "--template", "mine", "--defaults", "--no-git")
    assert result.code == 1
    assert "Error: The template says something that scaffold does not understand\n" in result.err
    assert message in result.err
    assert not (workspace / "shop").exists()


@pytest.mark.parametrize("mode", ["--dry-run", "--json", "--force"])
def test_a_path_that_becomes_git(mode: str, scaffold: Scaffold, workspace: Path) -> None:
    """A template cannot place settings of git's, which would name programs; nothing is written."""
    settings = f'[filter "x"]\n\tclean = "touch {workspace / "MARK"}; cat"\n'
    bad = {"project/{% if true %}.git{% endif %}/config": settings}
    root = _build(workspace / "mine", **bad, **{"project/.gitattributes": "* filter=x\n"})
    _release(root, "1.0.0")
    (workspace / "shop").mkdir()
    git(workspace / "shop", "init", "--quiet")
    before = snapshot(workspace / "shop")
    result = scaffold("new", "shop", "--template", root.as_uri(), "--defaults", mode)
    assert (result.code, result.out) == (2, "")
    assert "scaffold explain new-path-in-git\n" in result.err
    assert snapshot(workspace / "shop") == before
    assert not (workspace / "MARK").exists()


def test_a_link_out_of_the_template(scaffold: Scaffold, workspace: Path) -> None:
    """A template cannot bring in files of the machine that it is rendered on."""
    _build(workspace / "mine")
    (workspace / "secret.txt").write_text("secret")
    (workspace / "mine" / PROJECT / "a.txt").symlink_to("../../../../secret.txt")
    result = scaffold("new", "shop", "--template", "mine", "--defaults", "--no-git")
    assert result.code == 1
    assert "a.txt leads out of the template" in result.err


@pytest.mark.parametrize(
    ("given", "code", "title"),
    [
        ("nowhere", 2, "There is no such template"),
        ("file.txt", 2, "There is no such template"),
        ("empty", 2, "The folder holds no template"),
        ("half", 2, "The folder holds no template"),
        ("file:///no/such/place.git", 1, "The template cannot be fetched"),
        ("scaffold-nothing://x", 1, "The template cannot be fetched"),
    ],
)
def test_no_template(
    given: str, code: int, title: str, scaffold: Scaffold, workspace: Path
) -> None:
    """A place without a template is named, with what it lacks."""
    (workspace / "file.txt").write_text("")
    (workspace / "empty").mkdir()
    (workspace / "half").mkdir()
    (workspace / "half" / "copier.yml").write_text(COPIER_YML)
    for command in (["new", "shop", "--defaults"], ["list"]):
        result = scaffold(*command, "--template", given)
        assert (result.code, result.out) == (code, "")
        assert f"Error: {title}\n" in result.err
        assert given in result.err
    assert not (workspace / "shop").exists()


def test_an_answer_that_the_template_refuses(scaffold: Scaffold, workspace: Path) -> None:
    """A validator's words are given as they are; a question that only
    scaffold's own templates ask is unknown.
    """
    _build(workspace / "mine")
    result = scaffold("new", "shop", "--template", "mine", "--defaults", "-d", "project_name=bad")
    assert result.code == 2
    assert "why:  The template says: Not bad, please" in result.err
    result = scaffold("new", "shop", "--template", "mine", "--defaults", "--server", "uwsgi")
    assert result.code == 2
    assert "--server" in result.err


def test_list(scaffold: Scaffold, workspace: Path) -> None:
    """The choices of the template are listed under its own names, the default with a star."""
    _build(workspace / "mine")
    result = scaffold("list", "--template", "mine")
    assert (result.code, result.err) == (0, "")
    assert " * mini\n   tiny\n" in result.out
    found = json.loads(scaffold("list", "--template", "mine", "--json").out)
    assert {key: [choice["name"] for choice in choices] for key, choices in found.items()} == {
        "starter": ["mini", "tiny"]
    }


def test_words(workspace: Path, catalog: Catalog) -> None:
    """A question of the template's own is asked in its words, also under the name of one
    of ours.
    """
    _build(workspace / "mine")
    with opened("mine") as theirs:
        assert labels.prompt(theirs.questions["project_name"]) == "What is it called?"
        assert labels.name(theirs.questions["project_name"]) == "project_name"
        assert labels.prompt(theirs.questions["loud"]) == "loud"
        assert labels.choice(theirs.questions["starter"], "flask") == ""
    assert (
        labels.prompt(catalog.questions["project_name"])
        == "Name in code: letters, digits and underscores"
    )
    assert labels.name(catalog.questions["starter"]) == "framework"
    assert labels.choice(catalog.questions["starter"], "flask").startswith("Flask")
