"""The package leanengine/ in adopted projects: when it is there, what it wraps, its names."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest
import yaml

from scaffold.errors import UsageError
from scaffold.frameworks import FRAMEWORKS
from scaffold.questions import UserInput
from scaffold.render import render
from tests.adopt.conftest import FASTAPI, OLD_FLASK, TUTORIAL, after, changed
from tests.conftest import work_tree
from tests.repositories import commit

if TYPE_CHECKING:
    from scaffold.catalog import Catalog
    from tests.adopt.conftest import Planned
    from tests.conftest import Repository, Scaffold
    from tests.trees import Tree

WSGI_PY: Tree = {"leanengine.yaml": "run: python wsgi.py  # as always\nbuild: make\n"}
# What `scaffold adopt` wrote before there was the package.
SHIELD: Tree = {
    "leanserve.py": "from wsgi import application as app\n\napplication = app\n",
    "leanengine.yaml": (
        "runtime: python\nrun: >-\n  exec gunicorn leanserve:application\n  --threads 4\n"
        "functionsMode: strict\n"
    ),
    ".copier-answers.yml": (
        '_commit: "2.0.1"\n_src_path: "scaffold://starters.git"\n'
        'adopted: [".copier-answers.yml", ".env.example", "leanengine.yaml"]\n'
        'cloud_functions: true\nserver: "gunicorn"\nstarter: "flask"\n'
    ),
    ".env.example": "MINE=\n",
}


def test_is_python(planned: Planned) -> None:
    """Every module of it compiles on the oldest Python that a project is adopted for."""
    found = planned(OLD_FLASK)
    sources = [change for change in found.changes if change.path.startswith("leanengine/")]
    modules = {change.path: change.after for change in sources if change.path.endswith(".py")}
    assert {"leanengine/app.py", "leanengine/sdk.py", "leanengine/server.py"} <= modules.keys()
    for source in modules.values():
        ast.parse(source, feature_version=(3, 8))


def test_sdk_is_left_to_the_app(planned: Planned) -> None:
    """The app's own `init` counts, with its keys and the master key where it wants that."""
    source = after(planned(OLD_FLASK), "leanengine/sdk.py")
    assert "leancloud.init(" not in source
    assert "use_master_key(" not in source
    assert "ANDX_KEY" in source


@pytest.mark.parametrize(
    ("tree", "lines"),
    [
        (
            {"app.py": "from flask import Flask\ndef create_app():\n    return Flask('a')\n"},
            "from wsgi import application as app\n",
        ),
        (
            {
                "wsgi.py": "import site_\n",
                "site_.py": "from flask import Flask\ndef create_app():\n    return Flask('a')\n",
                "app.py": "",
            },
            "from site_ import create_app\n\napp = create_app()\napplication = wrap(app)\n",
        ),
        (
            {"wsgi.py": "import app\n"},
            "from app import app\n\napplication = wrap(app)\n",
        ),
    ],
)
def test_app(planned: Planned, tree: Tree, lines: str) -> None:
    """The app is imported as it is found: by its name, or made by its factory."""
    assert lines in after(planned(TUTORIAL, tree), "leanengine/app.py")


def test_asgi_with_functions(planned: Planned) -> None:
    """The functions of an ASGI app are those of the engine that it makes."""
    engine = "import leancloud\nengine = leancloud.Engine()\n"
    found = planned(
        FASTAPI, {"cloud.py": engine, "main.py": "import cloud\n" + str(FASTAPI["main.py"])}
    )
    assert "application = wrap(app, served_engine())\n" in after(found, "leanengine/app.py")
    assert "def served_engine() -> Any:\n" in after(found, "leanengine/sdk.py")


@pytest.mark.parametrize(
    "path", ["leanengine.py", "leanengine/notes.txt", "LeanEngine/__init__.py"]
)
def test_taken_name(planned: Planned, path: str) -> None:
    """A project that has something of this name is refused, with the file to rename."""
    with pytest.raises(UsageError) as caught:
        planned(OLD_FLASK, {path: "x = 1\n"})
    assert caught.value.key == "adopt.error.package-taken"
    assert path in caught.value.parts()["seen"]


@pytest.mark.parametrize("path", ["secrets.py", "dotenv/__init__.py", "waitress.py"])
def test_hidden_library(planned: Planned, path: str) -> None:
    """So is one with a module that the package would import in place of a library."""
    with pytest.raises(UsageError) as caught:
        planned(OLD_FLASK, {path: "KEY = 1\n"})
    assert caught.value.key == "adopt.error.module-hidden"
    assert path in caught.value.parts()["seen"]


@pytest.mark.parametrize("path", ["lib/secrets.py", "secrets/notes.txt", "env.py", "server.py"])
def test_other_names(planned: Planned, path: str) -> None:
    """Names that are not in the package's way are no reason."""
    assert "leanengine/" in changed(planned(OLD_FLASK, {path: "x = 1\n"}))


def test_own_run_needs_no_package(planned: Planned) -> None:
    """Where the user's own `run` stays, a name is nobody's concern."""
    run: Tree = {"leanengine.yaml": "run: gunicorn wsgi -b 0.0.0.0:$LEANCLOUD_APP_PORT\n"}
    assert "leanengine.yaml" not in changed(planned(OLD_FLASK, run, {"leanengine.py": "x = 1\n"}))


def test_development_server(planned: Planned) -> None:
    """`python wsgi.py`, as the vendor's starters have it, gives way to a server; the rest stays."""
    found = planned(OLD_FLASK, WSGI_PY)
    run = "run: exec python -u -m leanengine.server  # as always"
    assert after(found, "leanengine.yaml") == f"{run}\nbuild: make\n"
    assert "waitress" in after(found, "requirements.in")
    assert "leanengine.yaml" not in found.managed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    server = ", "    import jobs\n    jobs.start()\n    server = "),
        ("if __name__ == '__main__':", "if True:"),
        ("PORT, application)", "PORT, app)"),
    ],
)
def test_wsgi_py_that_does_more(planned: Planned, old: str, new: str) -> None:
    """A wsgi.py that does more than serve its `application` when it is run goes on being run."""
    source = str(OLD_FLASK["wsgi.py"])
    assert old in source
    found = planned(OLD_FLASK, WSGI_PY, {"wsgi.py": source.replace(old, new), "jobs.py": ""})
    assert not {"leanengine.yaml", "leanengine/"} & changed(found).keys()


@pytest.mark.parametrize("manifest", ["{run: python wsgi.py}\n", "run: >-\n  python wsgi.py\n"])
def test_run_that_cannot_be_replaced(planned: Planned, manifest: str) -> None:
    """Nothing is added for a `run` that cannot be changed."""
    found = planned(OLD_FLASK, {"leanengine.yaml": manifest})
    assert not {"leanengine.yaml", "leanengine/"} & changed(found).keys()


def test_adopted_before(scaffold: Scaffold, repository: Repository) -> None:
    """A project with leanserve.py is adopted again: its server stays, and no file is lost."""
    folder = repository(OLD_FLASK, SHIELD)
    before = work_tree(folder)
    result = scaffold("adopt", str(folder), "--yes", "--no-branch")
    assert result.code == 0, result.err
    manifest = (folder / "leanengine.yaml").read_text()
    assert manifest == str(SHIELD["leanengine.yaml"]).replace("leanserve:", "leanengine.app:")
    answers = yaml.safe_load((folder / ".copier-answers.yml").read_text())
    assert answers["server"] == "gunicorn"
    assert answers["adopted_app"] == "wsgi:application"
    assert {".env.example", "leanengine", "leanengine.yaml"} <= {*answers["adopted"]}
    kept = ("leanserve.py", ".env.example", "app.py", "cloud.py")
    assert {path: work_tree(folder)[path] for path in kept} == {path: before[path] for path in kept}
    commit(folder)
    again = scaffold("adopt", str(folder), "--yes")
    assert again.code == 2
    assert "scaffold update" in again.err


@pytest.mark.parametrize("starter", sorted(FRAMEWORKS))
@pytest.mark.parametrize("functions", [False, True])
def test_takes_nothing_from_the_top(catalog: Catalog, starter: str, *, functions: bool) -> None:
    """With every server, its modules import each other, libraries and the app: no env.py."""
    given = {
        "starter": UserInput(starter, "test"),
        "cloud_functions": UserInput(functions, "test"),
    }
    chosen = catalog.resolve(given)
    servers = catalog.questions["server"].allowed_choices(catalog.context(chosen))
    assert servers
    for server in servers:
        answers = {**chosen, "server": server, "_app_module": "shop.main", "_app_name": "make()"}
        package = {
            path: content.decode()
            for path, content in render(catalog.starter(starter), answers).items()
            if path.startswith("leanengine/")
        }
        assert "from shop.main import make\n" in package["leanengine/app.py"]
        for path, source in package.items():
            found = re.findall(r"^from (env|app|cloud|wsgi|service)\b", source, re.MULTILINE)
            assert not found, (server, path)
