"""The plan for a project: which files, what they say about one another, and how it is written."""

from __future__ import annotations

import errno
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold import files
from scaffold.errors import FailedError
from scaffold.migrate.findings import IDS, find
from scaffold.migrate.plan import apply, of_contents, plan
from scaffold.migrate.survey import context
from tests.conftest import snapshot
from tests.repositories import commit, git
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from tests.conftest import Repository

READ = "import os\n\nA = os.environ['LC_APP_ID']\n"
DONE = READ.replace("LC_", "LEANCLOUD_")


def test_which_files(repository: Repository) -> None:
    """What git knows or would add is planned; what it ignores is reported; links,
    vendored and copier's files are not.
    """
    folder = repository(
        {
            "a.py": READ,
            ".gitignore": ".env\nbuild/\n",
            ".copier-answers.yml": "env:\n  LC_APP_ID: x\n",
            "node_modules/a.py": READ,
            "名字 'q\".py": READ,
        }
    )
    build_file_tree(
        folder, {"new.py": READ, ".env": "LC_APP_ID=x\n", "build/a.py": READ, "venv/pyvenv.cfg": ""}
    )
    (folder / "link.py").symlink_to("a.py")
    made = plan(folder)
    assert set(made.files) == {"a.py", "new.py", "名字 'q\".py"}
    assert {path: {item.code for item in items} for path, items in made.left.items()} == {
        ".env": {"ignored"},
        "build/a.py": {"ignored"},
    }
    assert set(plan(folder, only="all").files) == {*made.files, ".env", "build/a.py"}


def test_without_git(workspace: Path) -> None:
    """Where there is no git every file is the user's."""
    build_file_tree(workspace, {"a.py": READ, ".env": "LC_APP_ID=x\n"})
    assert set(plan(workspace).files) == {"a.py", ".env"}


def test_writing(repository: Repository) -> None:
    """Modes stay, nothing else is written, and nothing is left beside."""
    folder = repository({"a.sh": "export LC_APP_ID=x\n", "b.py": READ, "c.py": "A = 1\n"})
    (folder / "a.sh").chmod(0o755)
    before = snapshot(folder)
    apply(plan(folder))
    after = snapshot(folder)
    assert {path for path in before | after if before.get(path) != after.get(path)} == {
        "a.sh",
        "b.py",
    }
    assert (folder / "a.sh").stat().st_mode & 0o777 == 0o755
    assert (folder / "b.py").read_text() == DONE


def test_a_file_that_changed_since(repository: Repository) -> None:
    """If a file is no longer what the plan was made for, nothing is written at all."""
    folder = repository({"a.py": READ, "b.py": READ})
    made = plan(folder)
    (folder / "b.py").write_text("B = 1\n")
    before = snapshot(folder)
    with pytest.raises(FailedError) as caught:
        apply(made)
    assert (caught.value.key, caught.value.params) == ("migrate.error.changed", {"path": "b.py"})
    assert snapshot(folder) == before


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_stopped_in_the_middle(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    """Where a file cannot be written, or on Ctrl-C, all files are as they
    were and nothing lies beside them.
    """
    folder = repository({f"{name}.py": READ for name in "abc"})
    made = plan(folder)
    before = snapshot(folder)
    replace = Path.replace
    failures = [failure]

    def fail_at_b(self: Path, target: Path) -> Path:
        if target.name == "b.py" and failures:
            raise failures.pop()
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_at_b)
    with pytest.raises((FailedError, KeyboardInterrupt)) as caught:
        apply(made)
    if isinstance(caught.value, FailedError):
        assert (caught.value.key, caught.value.params["path"]) == (
            "files.error.not-written",
            "b.py",
        )
    assert failures == []
    assert snapshot(folder) == before


@pytest.mark.parametrize(
    ("tree", "sdk_range"),
    [
        ({"a.py": "print(1)\n"}, ">=2.9.12,<4"),
        ({"a.py": "print 1\n"}, ">=2.9.12,<3"),
        ({"a.py": "try:\n    pass\nexcept KeyError, e:\n    pass\n"}, ">=2.9.12,<3"),
        ({"a.py": "print 1\n", ".python-version": "3.8.1\n"}, ">=2.9.12,<4"),
        ({".python-version": "2.7\n"}, ">=2.9.12,<3"),
        ({"runtime.txt": "python-2.7.9"}, ">=2.9.12,<3"),
        ({"requirements.txt": "Werkzeug==0.10.4\n"}, ">=2.0.0,<2.2"),
        ({"requirements.txt": "gevent>=1.0,<2\nWerkzeug<1.0.0\n"}, ">=2.0.0,<2.2"),
        ({"requirements.txt": "gevent>=1.0,<2\n"}, ">=2.6.1,<2.9.2"),
        ({"requirements.txt": "gevent>=1.0,<2\n", ".python-version": "2.7\n"}, ">=2.9.12,<3"),
        ({"requirements.txt": "Werkzeug==0.16\n"}, ">=2.9.12,<4"),
        ({"requirements.txt": "gevent>=1.0\nWerkzeug<1\n"}, ">=2.9.12,<4"),
    ],
)
def test_which_sdk(tree: dict[str, str], sdk_range: str) -> None:
    """The SDK is one for the project's Python that lives with its pins."""
    assert context({path: text.encode() for path, text in tree.items()}).sdk_range == sdk_range


def test_a_function_of_another_file(repository: Repository) -> None:
    """A function that takes the name of a variable does so in every file that imports it."""
    tools = "import os\n\n\ndef setting(name):\n    return os.environ[name]\n"
    folder = repository(
        {"tools.py": tools, "a.py": "from tools import setting\n\nA = setting('LC_APP_ID')\n"}
    )
    assert set(plan(folder).files) == {"a.py"}


OTHER_HALVES = {
    "server.js": "const port = process.env.LC_APP_PORT\n",
    "main.go": 'package main\nvar port = os.Getenv("LC_APP_PORT")\n',
    "index.php": "<?php $port = getenv('LC_APP_PORT');\n",
    "src/App.java": 'int port = Integer.parseInt(System.getenv("LC_APP_PORT"));\n',
    "config.rb": "set :port, ENV['LC_APP_PORT']\n",
    "worker": "#!/usr/bin/env node\nlisten(process.env.LC_APP_PORT)\n",
}


@pytest.mark.parametrize("path", OTHER_HALVES)
def test_a_half_in_another_language(repository: Repository, path: str) -> None:
    """Where code in another language reads the names too, nothing moves:
    the halves would no longer meet.
    """
    folder = repository(
        {"start.sh": "export LC_APP_PORT=3000\n", "a.py": READ, path: OTHER_HALVES[path]}
    )
    made = plan(folder)
    assert (made.files, set(made.stuck)) == ({}, {path})
    assert {item.code for items in made.left.values() for item in items} == {"held", "other-code"}


def test_a_page_does_not_hold_back(repository: Repository) -> None:
    """A page's script has no environment; it may call a variable of its own what it likes."""
    folder = repository(
        {"start.sh": "export LC_APP_ID=x\n", "static/a.js": "var LC_APP_ID = 'x';\n"}
    )
    assert set(plan(folder).files) == {"start.sh"}


def test_a_half_that_may_not_be_read(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script that is there and cannot be read may hold the other half."""
    folder = repository({"a.py": READ, "start.sh": "export LC_APP_ID=x\n"})

    def read(path: Path, *, limit: int) -> bytes:
        if path.name == "start.sh":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return files.read(path, limit=limit)

    monkeypatch.setattr("scaffold.migrate.plan.read_file", read)
    assert set(plan(folder).stuck) == {"start.sh"}


def test_one_repository_with_several_apps(repository: Repository) -> None:
    """Each app is named."""
    tree = {f"{name}/{file}": "" for name in ("a", "b") for file in ("wsgi.py", "requirements.txt")}
    made = plan(repository(tree))
    assert {path: [item.code for item in items] for path, items in made.left.items()} == {
        "a/wsgi.py": ["one-of-several"],
        "b/wsgi.py": ["one-of-several"],
    }


def test_what_is_found_beside_names(repository: Repository) -> None:
    """What a person should change is reported by the rules of `scaffold check`,
    on the project as it will be.
    """
    folder = repository(
        {
            "wsgi.py": (
                "import os\nfrom flask.ext.script import A\nprint 1\napp.run(host='localhost')\n"
            ),
            "requirements.txt": "leancloud-sdk\n",
            "leanengine.yaml": "cmd: python wsgi.py\n",
            "runtime.txt": "python-3.5.1\n",
            "cloud.py": "from leancloud import cloudfunc\nfrom gevent.wsgi import WSGIServer\n",
            "keys.sh": "export LC_APP_MASTER_KEY=a1B2c3D4e5F6g7H8i9J0k1L2\n",
        }
    )
    found = {finding.rule.id for finding in find(plan(folder))}
    assert found == {"LE012", "LE035", "LE037", "LE050", "LE056", "LE073", "LE081", "LE084"}
    assert found < IDS


def test_a_folder_of_a_repository(repository: Repository) -> None:
    """In a folder of a larger repository only that folder is read."""
    folder = repository({"app/a.py": READ, "b.py": READ})
    assert set(plan(folder / "app").files) == {"a.py"}
    apply(plan(folder / "app"))
    commit(folder)
    assert git(folder, "show", "--name-only", "--format=").split() == ["app/a.py"]


DEEP_PYTHON = "".join(f"{' ' * 4 * n}if x:\n" for n in range(900))


@pytest.mark.parametrize(
    ("path", "content", "code"),
    [
        ("deep.py", f"{DEEP_PYTHON}{' ' * 3600}os.environ['LC_APP_ID']\n", "other-code"),
        (
            "deep.yml",
            "".join(f"{' ' * n}a:\n" for n in range(900)) + " " * 900 + "LC_APP_ID: x\n",
            "other-file",
        ),
        ("dashes.yml", "- " * 900 + "LC_APP_ID: x\n", "other-file"),
        ("long.py", "x = 1;" * 6_000 + "os.environ['LC_APP_ID']\n", "other-code"),
        ("long.json", f'{{"a": [{"1," * 20_000}1], "LC_APP_ID": "x"}}', "other-file"),
    ],
)
def test_too_much_for_the_parser(tmp_path: Path, path: str, content: str, code: str) -> None:
    """A file that would end the process, or take long, is left; if it reads
    the environment, so is the rest.
    """
    made = of_contents(tmp_path, {path: content.encode(), "a.sh": b"export LC_APP_ID=x\n"})
    assert set(made.files) == ({"a.sh"} if code == "other-file" else set())
    assert [item.code for item in made.left[path]] == [code]


MANY = 4_000


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("README.md", "```sh\nexport LC_APP_ID=x\n```\nSet `LC_APP_KEY`, see LC_APP_ID.\n" * MANY),
        ("requirements.txt", "leancloud\n" + "leancloud-sdk>=1\n" * MANY),
        ("a.sh", "export LC_APP_ID=x; " * MANY),
        ("long.md", "LC_APP_ID is " * MANY),
        ("a.yml", "env:\n" + "  - LC_APP_ID=x\n" * MANY),
        (
            "keys.yml",
            "env:\n"
            + "".join(f"  a{n}: {{LC_APP_ID: x}}\n  LC_APP_KEY: {n}\n" for n in range(MANY)),
        ),
    ],
)
def test_long_files(tmp_path: Path, path: str, content: str) -> None:
    """Work grows with the length of a file, of lines and of lists: within
    seconds even on a busy machine.
    """
    begun = time.process_time()
    made = of_contents(tmp_path, {path: content.encode()})
    assert made.files or made.left
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"flask\r\nleancloud-sdk>=1\r\n", b"flask\r\nleancloud>=2.9.12,<4\r\n"),
        (b"flask\nleancloud-sdk>=1", b"flask\nleancloud>=2.9.12,<4"),
        (b"leancloud\nflask\nleancloud-sdk>=1", b"leancloud\nflask"),
        (
            b"git+https://github.com/leancloud/python-sdk.git@v3.0.2\nleancloud-sdk>=1\n",
            b"git+https://github.com/leancloud/python-sdk.git@v3.0.2\n",
        ),
        (b"leancloud\r\nleancloud-sdk>=1\r\nflask\r\n", b"leancloud\r\nflask\r\n"),
        (
            b"\xef\xbb\xbfleancloud-sdk\n# \xc4\xe3\n",
            b"\xef\xbb\xbfleancloud>=2.9.12,<4\n# \xc4\xe3\n",
        ),
        ("leancloud\r\nleancloud-sdk".encode("utf-16"), "leancloud".encode("utf-16")),
    ],
)
def test_lists_stay_as_they_were_written(tmp_path: Path, before: bytes, after: bytes) -> None:
    """Line ends, encoding, byte order mark and the end of a list of requirements stay."""
    assert (
        of_contents(tmp_path, {"requirements.txt": before}).files["requirements.txt"].content
        == after
    )
