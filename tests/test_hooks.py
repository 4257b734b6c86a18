"""Cookiecutter's hooks: the command line's refusals before anything is
written, and its next steps after.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from itertools import combinations as pairs_of
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pytest
from cookiecutter.main import cookiecutter as bake
from jinja2 import Environment

from hooks import pre_gen_project
from scaffold import messages
from scaffold.errors import UsageError
from scaffold.questions import UserInput
from scaffold.render import render
from tests.conftest import CATALOG, ROOT, Result, Scaffold, on_disk, snapshot
from tests.repositories import commit, git
from tools.hooks import PARTS, hook

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.questions import Answers

STARTERS = CATALOG.questions["starter"].choices
HOOKS = {name: hook(name) for name in PARTS}
VALUES: dict[str, list[Any]] = {
    **{key: list(question.choices) or [True, False] for key, question in CATALOG.questions.items()},
    "project_name": ["shop", "class", "Json", "a-b", ""],
}
# What is special in HTML, Markdown, YAML, TOML and Python.
TITLE = """我的 😀 "a" 'b' \\ <c> & *d* #e {f} $g"""


@pytest.fixture
def cookiecutter(
    workspace: Path, template_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Run cookiecutter in `workspace`, on a copy of the template, with a folder
    for temporary files of its own.
    """
    temporary = workspace.parent / "temporary"
    temporary.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(temporary))
    monkeypatch.setenv("PWD", str(workspace))

    def run(*arguments: str, template: object = template_folder) -> Result:
        command = [sys.executable, "-m", "cookiecutter", str(template), *arguments]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        return Result(done.returncode, done.stdout, done.stderr)

    return run


def _rendered(name: str, answers: dict[str, Any]) -> str:
    environment = Environment(trim_blocks=True, autoescape=False)
    return environment.from_string(HOOKS[name]).render(cookiecutter=answers)


def _hooked(starter: str) -> dict[str, Any]:
    """Return the names in a starter's pre_gen hook, as a module that was not started as
    a program.
    """
    names: dict[str, Any] = {"__name__": "hook", "__file__": "hook.py"}
    module = type(sys)("hook")
    vars(module).update(names)
    sys.modules["hook"] = module
    source = _rendered("pre_gen_project", {"_starter": starter})
    exec(compile(source, "hook.py", "exec"), vars(module))  # noqa: S102 - it is ours
    return vars(module)


@pytest.mark.parametrize("name", PARTS)
def test_a_hook_is_alone(name: str) -> None:
    """A hook imports nothing but Python's own modules (and, within a function,
    Jinja), and defines each name once.
    """
    tree = ast.parse(_rendered(name, {}))
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    modules = {name.name for node in imports if isinstance(node, ast.Import) for name in node.names}
    modules |= {str(node.module) for node in imports if isinstance(node, ast.ImportFrom)}
    assert {module.partition(".")[0] for module in modules} <= sys.stdlib_module_names
    defined = Counter(
        node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    )
    targets = [node.targets[0] for node in tree.body if isinstance(node, ast.Assign)]
    defined.update(target.id for target in targets if isinstance(target, ast.Name))
    assert [name for name, times in defined.items() if times > 1] == []


@pytest.mark.parametrize("starter", ["flask", "fastapi", "tornado", "utilmeta"])  # one of each kind
def test_refusals_are_the_command_lines(starter: str) -> None:
    """Each pair of answers is taken or refused as on the command line, in the
    same words, in both languages.
    """
    names = _hooked(starter)
    door = json.loads((ROOT / "templates" / starter / "cookiecutter.json").read_text("utf-8"))
    defaults = CATALOG.resolve({"starter": UserInput(starter, "")})
    assert {door["_starter"], door["starter"]} == {starter}
    for (first, firsts), (second, seconds) in pairs_of(
        ((k, v) for k, v in VALUES.items() if k != "starter"), 2
    ):
        for one, two in product(firsts, seconds):
            answers = {**defaults, first: one, second: two}
            assert _hook_says(names, answers) == _command_line_says(answers), answers
    sys.modules.pop("hook")


def _hook_says(names: dict[str, Any], answers: Answers) -> list[str]:
    names["ANSWERS"].update(answers)
    try:
        names["check_answers"]()
    except names["UsageError"] as error:
        return [names["set_language"](language) or str(error) for language in messages.LANGUAGES]
    return []


def _command_line_says(answers: Answers) -> list[str]:
    try:
        CATALOG.resolve({key: UserInput(value, "cookiecutter") for key, value in answers.items()})
    except UsageError as error:
        return [_in(language, error) for language in messages.LANGUAGES]
    return []


def _in(language: str, error: UsageError) -> str:
    messages.set_language(language)
    return str(error)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("`-d project_name=my_class`", "`project_name=my_class`"),
        ("Choose `--python 3.11`.", "Choose `python=3.11`."),
        ("`--cloud-functions --dependencies sdk`", "`cloud_functions=true dependencies=sdk`"),
        ("`scaffold list`", "`scaffold list`"),
    ],
)
def test_flags_become_answers(message: str, expected: str) -> None:
    """What the command line takes as a flag is shown as cookiecutter takes it."""
    assert pre_gen_project.in_cookiecutters_words(message) == expected


@pytest.mark.parametrize("name", ["shop", "my-shop", "my shop", "云", "shop.v2", "_x", "a" * 255])
def test_folders_that_are_names(name: str) -> None:
    """A plain name is taken, in any script."""
    pre_gen_project.check_folder(name)


@pytest.mark.parametrize(
    "name",
    [
        "\u200c.git",
        "\uff0egit",
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "/x",
        "a\\b",
        "C:x",
        "~",
        "-x",
        ".x",
        " x",
        "x ",
        "x.",
        "a\nb",
        "a*b",
        "a" * 256,
    ],
)
def test_folders_that_are_not(name: str) -> None:
    """What is a path, an option, hidden, or a name on some systems only is refused."""
    with pytest.raises(UsageError, match="must be a plain name"):
        pre_gen_project.check_folder(name)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (["project_name=class"], "Error: The name is a Python keyword"),
        (
            ["dependencies=sdk", "python=3.13"],
            "Error: The SDK's own pins install on Python 3.8 to 3.11 only",
        ),
        (["project_slug=../shop"], "Error: The folder must be a plain name"),
        (["project_name=a/b/c"], "Error: The name is not a Python identifier"),
        (["starter=django"], "Error: This folder makes projects of the starter flask"),
    ],
)
def test_a_refused_answer_leaves_nothing(
    answers: list[str], message: str, cookiecutter: Callable[..., Result], workspace: Path
) -> None:
    """The error is printed, cookiecutter fails, and no folder and no temporary file is left."""
    result = cookiecutter("--no-input", *answers)
    assert result.code != 0
    assert result.err.startswith(message)
    assert "Nothing was written." in result.err
    assert list(workspace.iterdir()) == list((workspace.parent / "temporary").iterdir()) == []


def test_utilmetas_frameworks_and_servers(
    cookiecutter: Callable[..., Result], workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """UtilMeta's default server fits the framework; one that does not is refused,
    in Chinese for a Chinese locale.
    """
    directory = ["--directory", "templates/utilmeta", "--no-input", "backend=django"]
    assert cookiecutter(*directory).code == 0
    given = {
        key: UserInput(value, "") for key, value in (("starter", "utilmeta"), ("backend", "django"))
    }
    answers = CATALOG.resolve(given)
    assert on_disk(workspace / "myapp") == render(CATALOG.starter("utilmeta"), answers)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    result = cookiecutter(*directory, "server=uvicorn", "project_name=shop")
    assert result.err.startswith(
        "错误：该服务器只能运行 ASGI 应用\n  现象： server：'uvicorn'，来自 cookiecutter"
    )
    assert not (workspace / "shop").exists()


def test_what_the_user_has_stays(cookiecutter: Callable[..., Result], workspace: Path) -> None:
    """A folder that is there already survives a refusal, even where cookiecutter may write
    into it.
    """
    (workspace / "shop").mkdir()
    (workspace / "shop" / "mine.txt").write_text("mine")
    before = snapshot(workspace)
    for options in ([], ["--overwrite-if-exists"]):
        result = cookiecutter(
            "--no-input", *options, "project_name=shop", "python=3.13", "dependencies=sdk"
        )
        assert result.code != 0
        assert snapshot(workspace) == before


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_next_steps_are_the_command_lines(
    language: str,
    cookiecutter: Callable[..., Result],
    scaffold: Scaffold,
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A project is announced as `scaffold new` announces it, with the same commands to
    type next. Unlike scaffold, cookiecutter cannot derive the project's language from the user's.
    """
    monkeypatch.setenv("LANG", {"en": "C.UTF-8", "zh": "zh_CN.UTF-8"}[language])
    made = cookiecutter("--no-input", "project_name=shop", "python=3.12", f"language={language}")
    assert made.code == 0
    files = on_disk(workspace / "shop")
    assert list((workspace.parent / "temporary").iterdir()) == []
    shutil.rmtree(workspace / "shop")
    announced = scaffold(
        "new", "shop", "--defaults", "--python", "3.12", "--no-git", "--lang", language
    ).err
    first, _git, *rest = announced.splitlines()
    assert made.err.splitlines()[: len(rest) + 1] == [first, *rest]
    assert files == on_disk(workspace / "shop")


def test_with_hooks_the_bytes_are_the_same(workspace: Path, template_folder: Path) -> None:
    """From a starter's folder, with hooks, the default answers make the
    project that scaffold makes.
    """
    config = workspace.parent / "config.yml"
    config.write_text(f"replay_dir: {workspace.parent / 'replay'}\n")
    for starter in (
        "wsgi",
        "fastapi",
        "starlette",
        "sanic",
    ):  # the other tests here make the others
        template = str(template_folder / "templates" / starter)
        made = bake(
            template,
            no_input=True,
            extra_context={"project_name": f"my_{starter}", "title": TITLE},
            config_file=str(config),
        )
        given = {
            "starter": UserInput(starter, ""),
            "project_name": UserInput(f"my_{starter}", ""),
            "title": UserInput(TITLE, ""),
        }
        assert on_disk(Path(made)) == render(CATALOG.starter(starter), CATALOG.resolve(given))
        folders = [path for path in Path(made).rglob("*") if path.is_dir()]
        assert [path for path in folders if not any(path.iterdir())] == []


@pytest.mark.parametrize("name", PARTS)
def test_without_any_package(name: str, workspace: Path) -> None:
    """A hook runs with a Python that has no packages at all."""
    answers = {
        **CATALOG.resolve({}),
        "_starter": "flask",
        "__folder": "work",
        "project_slug": "work",
    }
    known = {"_repo_dir": "nowhere", "_output_dir": str(workspace.parent), "_jinja2_env_vars": {}}
    script = workspace.parent / f"{name}.py"
    script.write_text(_rendered(name, {**answers, **known}), "utf-8")
    (workspace / "leanengine.yaml").write_text("runtime: python\n")
    done = subprocess.run(
        [sys.executable, "-I", "-S", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert script.exists()  # it is no temporary file of cookiecutter's


@pytest.fixture
def repository(template_folder: Path, workspace: Path) -> Path:
    """A bare repository with the template."""
    folder = workspace.parent / "template"
    shutil.copytree(template_folder, folder, symlinks=True)
    git(commit(folder), "clone", "--quiet", "--bare", ".", "../bare.git")
    return workspace.parent / "bare.git"


def test_from_a_clone(
    repository: Path, cookiecutter: Callable[..., Result], workspace: Path
) -> None:
    """From a repository's address cookiecutter clones the template and makes the same project."""
    result = cookiecutter(
        "--no-input", "--directory", "templates/utilmeta", template=f"git+file://{repository}"
    )
    assert result.code == 0, result.err
    answers = CATALOG.resolve({"starter": UserInput("utilmeta", "")})
    assert on_disk(workspace / "myapp") == render(CATALOG.starter("utilmeta"), answers)


def test_from_a_zip(repository: Path, cookiecutter: Callable[..., Result], workspace: Path) -> None:
    """A zip, as code hosts offer it, is unpacked without its links; the
    project is the same nevertheless.
    """
    archive = workspace.parent / "main.zip"
    subprocess.run(
        ["git", "archive", "--prefix=scaffold-main/", "-o", archive, "HEAD"],
        cwd=repository,
        check=True,
    )
    assert any(
        entry.external_attr >> 28 == 0o12 for entry in zipfile.ZipFile(archive).infolist()
    )  # it has links
    result = cookiecutter("--no-input", "--directory", "templates/utilmeta", template=archive)
    assert result.code == 0, result.err
    assert on_disk(workspace / "myapp") == render(
        CATALOG.starter("utilmeta"), CATALOG.resolve({"starter": UserInput("utilmeta", "")})
    )


def test_links_that_were_lost_for_good(
    repository: Path, cookiecutter: Callable[..., Result], workspace: Path
) -> None:
    """Where a link leads nowhere, cookiecutter fails with the reason, and
    leaves no project with a hole.
    """
    clone = workspace.parent / "clone"
    subprocess.run(
        ["git", "clone", "-q", "-c", "core.symlinks=false", repository, clone], check=True
    )
    shutil.rmtree(clone / "templates" / "_shared")
    result = cookiecutter("--no-input", template=clone)
    assert result.code != 0
    assert result.err.startswith("Error: A link in the template leads nowhere\n  seen: ")
    assert list(workspace.iterdir()) == []


def test_copier_updates_what_cookiecutter_made(
    cookiecutter: Callable[..., Result], workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project from this door takes another answer by `copier update`, and
    what its user wrote is kept.
    """
    monkeypatch.setenv(
        "PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )  # git-remote-scaffold
    assert (
        cookiecutter("--no-input", "--directory", "templates/django", "project_name=shop").code == 0
    )
    shop = workspace / "shop"
    mine = (shop / "views.py").read_text("utf-8") + "\n# mine\n"
    (shop / "views.py").write_text(mine, "utf-8")
    commit(shop)
    update = [sys.executable, "-m", "copier", "update", "--defaults", "-d", "sessions=true"]
    done = subprocess.run(update, cwd=shop, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    given = {
        "starter": UserInput("django", ""),
        "project_name": UserInput("shop", ""),
        "sessions": UserInput("true", ""),
    }
    files = render(CATALOG.starter("django"), CATALOG.resolve(given)) | {"views.py": mine.encode()}
    for path in (".copier-answers.yml", "leanengine/wsgi.py", "templates/base.html", "views.py"):
        assert (shop / path).read_bytes() == files[path], path


@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pty")
def test_a_checkout_offers_the_starters(
    cookiecutter: Callable[..., Result], workspace: Path, template_folder: Path
) -> None:
    """`cookiecutter PATH` asks for the starter, then its questions, and makes the project."""
    del cookiecutter  # its environment is needed
    child = pexpect.spawn(
        sys.executable,
        ["-m", "cookiecutter", str(template_folder)],
        encoding="utf-8",
        dimensions=(80, 200),
        timeout=60,
    )
    child.expect_exact("Select a template")
    for starter in STARTERS:
        child.expect_exact(f"{starter} (")
    child.sendline(str(STARTERS.index("tornado") + 1))
    child.expect_exact("Name in code: letters, digits and underscores")
    child.sendline("shop")
    for question in (
        "Folder to write",
        "Title of the project",
        "Cloud functions",
        "Dependency versions",
        "Python version",
        "Redirect",
        "as a container",
        "a server of your own",
        "timers.yaml",
        "Where its data is",
        "file for pre-commit",
        "on Kubernetes",
        "Host that it moves to",
        "Continuous integration",
        "Language of the comments",
    ):
        child.expect_exact(question)
        child.sendline("")
    for fixed in ("starter", "backend", "server", "sessions"):
        child.expect_exact(f"{fixed}: fixed here")
        child.sendline("")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    given = {"starter": UserInput("tornado", ""), "project_name": UserInput("shop", "")}
    assert on_disk(workspace / "shop") == render(CATALOG.starter("tornado"), CATALOG.resolve(given))
