"""`scaffold leave`: formats, languages, exit codes and odd folders."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.leave.test_saved import write
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Scaffold
    from tests.trees import Tree

APP: Tree = {
    "cloud.py": (
        "import leancloud\n"
        "class Todo(leancloud.Object):\n"
        "    pass\n"
        "Todo.query.find()\n"
        "leancloud.push.send({})\n"
    ),
    "leanengine.yaml": "run: python wsgi.py\n",
    "web/a.js": "const AV = require('leancloud-storage')\nnew AV.Query('Todo')\n",
}
HOSTED: Tree = {"leanengine.yaml": "run: python wsgi.py\n"}


def test_text(scaffold: Scaffold, workspace: Path) -> None:
    """The plan has the services with their places, then the steps; what is open goes to stderr."""
    result = scaffold("leave", str(build_file_tree(workspace / "app", APP)))
    assert result.code == 1
    assert "data storage: has a replacement\n" in result.out
    assert "    where: Todo: class, find (cloud.py:2, cloud.py:4)\n" in result.out
    assert "    clients: Todo: Query (web/a.js:2)\n" in result.out
    assert "push: has no replacement in this tool\n" in result.out
    assert "   1. [ ] Export all data, and verify it (export; irreversible;" in result.out
    assert "        no export was found\n        $ scaffold export\n" in result.out
    assert "        for: push\n" in result.out
    assert result.err == (
        "\nIrreversible, and not done: export. When you have done one, say so: `--done export`.\n"
    )


def test_chinese(scaffold: Scaffold, workspace: Path) -> None:
    """The whole plan is in the language that is asked for."""
    result = scaffold("leave", "--lang", "zh", str(build_file_tree(workspace / "app", APP)))
    assert "数据存储：有替代\n" in result.out
    assert "   1. [ ] 导出全部数据并校验（export；不可挽回；" in result.out
    assert "尚未完成的步骤：export" in result.err
    assert " has " not in result.out


def test_json(scaffold: Scaffold, workspace: Path) -> None:
    """Programs get every use, and the steps with their dates."""
    folder = build_file_tree(workspace / "app", APP)
    result = scaffold("leave", "--format", "json", str(folder))
    plan: dict[str, Any] = json.loads(result.out)
    assert plan["closes"] == "2027-01-12"
    assert plan["open"] == ["export"]
    services = {service["key"]: service for service in plan["services"]}
    assert list(services) == ["hosting", "objects", "push"]
    assert services["push"]["replaced"] == "none"
    assert services["objects"]["uses"][0] == {
        "file": "cloud.py",
        "line": 2,
        "column": 1,
        "service": "objects",
        "subject": "Todo",
        "operation": "class",
        "language": "python",
    }
    assert plan["steps"][0]["begin"] == "2026-11-13"
    assert plan["export"] is None


def test_markdown(scaffold: Scaffold, workspace: Path) -> None:
    """A page with a checklist; names of others cannot become markup."""
    tree = {**APP, "<img>.py": "import leancloud\nleancloud.Query('Todo')\n"}
    result = scaffold(
        "leave", "--format", "markdown", str(build_file_tree(workspace / "app", tree))
    )
    assert "\n- [ ] 1. **Export all data, and verify it** (`export`; irreversible, " in result.out
    assert "\n### data storage: has a replacement\n" in result.out
    assert "\\<img\\>.py:2" in result.out


def test_sarif(scaffold: Scaffold, workspace: Path) -> None:
    """Each place is a result of its service; what has no replacement is a warning."""
    folder = build_file_tree(workspace / "app", APP)
    log = json.loads(scaffold("leave", "--format", "sarif", str(folder)).out)
    results = log["runs"][0]["results"]
    known = {rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in results} <= known
    levels = {result["ruleId"]: result["level"] for result in results}
    assert levels == {"leave/hosting": "note", "leave/objects": "note", "leave/push": "warning"}
    place = results[-1]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "web/a.js"
    assert place["region"]["startLine"] == 2


@pytest.mark.parametrize("given", [(), ("--export", "app/export")])
def test_a_verified_export_ends_with_0(
    scaffold: Scaffold, workspace: Path, given: tuple[str, ...]
) -> None:
    """Found in the app's folder or named, it closes the step."""
    folder = build_file_tree(workspace / "app", APP)
    build_file_tree(write(folder / "export"), {"files/upload.js": APP["web/a.js"]})
    result = scaffold("leave", str(folder), *given)
    assert "upload.js" not in result.out
    assert (result.code, result.err) == (0, "\nNothing that is irreversible is left to do.\n")
    assert "[x] Export all data, and verify it (export; irreversible; done)" in result.out
    assert "Classes that the code names and the export does not have: Todo" in result.out


def test_done(scaffold: Scaffold, workspace: Path) -> None:
    """The user's word closes a step; an unknown one is wrong usage."""
    folder = str(build_file_tree(workspace / "app", APP))
    assert scaffold("leave", folder, "--done", "export").code == 0
    assert scaffold("leave", folder, "--done", "nothing").code == 2


def test_nothing_irreversible(scaffold: Scaffold, workspace: Path) -> None:
    """An app that is only hosted, and a folder that has nothing of the platform, end with 0."""
    hosted = scaffold("leave", str(build_file_tree(workspace / "hosted", HOSTED)))
    assert hosted.code == 0
    assert "Rehearse the app in a container" in hosted.out
    empty = scaffold("leave", str(build_file_tree(workspace / "other", {"a.py": "import os\n"})))
    assert empty.code == 0
    assert "Nothing uses the platform (files: 1)." in empty.out


@pytest.mark.parametrize("arguments", [("nowhere",), (".", "--export", "nowhere")])
def test_wrong_usage(scaffold: Scaffold, arguments: tuple[str, ...]) -> None:
    """A folder that is not there is wrong usage."""
    assert scaffold("leave", *arguments).code == 2
