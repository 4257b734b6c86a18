"""Copier, run once as a program of its own, with this installation's `scaffold` and none of git's side effects."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import messages, versions
from scaffold.errors import FailedError
from scaffold.git import environment
from scaffold.update.scratch import QUIET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.starters import Answers
    from scaffold.update.template import Template

# The folder that Python looks into first is the current one, where a project's `yaml.py` would be taken for PyYAML.
_CLEAN_PATH = "import sys; sys.path[:] = [p for p in sys.path if p]"
_COPIER = f"{_CLEAN_PATH}; from copier._cli import CopierApp; CopierApp.run()"
_OURS = f"{_CLEAN_PATH} + [{{root!r}}]; from scaffold.__main__ import main; sys.exit(main())"
_UNTRUSTED = 4
_LAST_LINES = 8
# Where migrations talk: apart from copier, whose talk about its steps in a copy would be no use to anyone.
_TALK = "talk.txt"
# copier's own files of settings and colours are the user's; these are not.
_TAKEN_OUT = ("GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "PYTHONSAFEPATH", "PYTHONINSPECT")


class Untrusted(Exception):  # noqa: N818 - not an error: a question for the user
    """The template wants to run code.

    Args:
        features: what it uses, in copier's words.
    """

    def __init__(self, features: str) -> None:
        super().__init__(features)
        self.features = features


def update(project: Path, template: Template, target: str, data: Answers, *, trust: bool) -> str:
    """Update a project in place, as `copier update --defaults` does.

    Args:
        project: the copy.
        template: where it came from.
        target: the version to go to.
        data: answers that copier does not find by itself.
        trust: let the template run its own code; ours is trusted always.

    Returns:
        What the migrations of our template said.

    Raises:
        Untrusted: it wants to, and is not trusted.
        FailedError: copier or a migration failed.
    """
    options = _options(template, target, data, trust=trust)
    _run(template, "update", *options, str(project))
    talk = template.work / _TALK
    return _plain(talk.read_bytes()) if talk.is_file() else ""


def make(folder: Path, template: Template, version: str, data: Mapping[str, object], *, trust: bool) -> None:
    """Make a project as a version of the template makes it, none of its own code run.

    Args:
        folder: where; it must not exist.
        template: what to make it from.
        version: one of its versions.
        data: the answers.
        trust: as for `update`.

    Raises:
        FailedError: copier failed.
    """
    options = _options(template, version, data, trust=trust)
    _run(template, "copy", "--quiet", "--skip-tasks", *options, template.source, str(folder))


def _options(template: Template, version: str, data: Mapping[str, object], *, trust: bool) -> list[str]:
    answers = template.work / "data.json"  # JSON is YAML
    answers.write_text(json.dumps(data, default=str), "utf-8")
    options = ["--defaults", "--vcs-ref", version, "--data-file", str(answers)]
    return [*options, "--trust"] if trust or template.ours else options


def _run(template: Template, *arguments: str) -> None:
    command = [sys.executable, "-c", _COPIER, *arguments]
    run = subprocess.run(command, env=_variables(template), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if run.returncode == 0:
        return
    said = _plain(run.stderr)
    if run.returncode == _UNTRUSTED:
        raise Untrusted(said.partition(":")[2].partition("\n")[0].strip(" ."))
    talk = template.work / _TALK
    told = _plain(talk.read_bytes()) if talk.is_file() else ""
    lines = [*told.splitlines(), *said.splitlines()][-_LAST_LINES:]
    raise FailedError("update.error.copier-failed", said="\n".join(lines) or run.returncode)


def _plain(said: bytes) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", said.decode("utf-8", "replace")).strip()


def _variables(template: Template) -> dict[str, str]:
    """Return the environment for copier, and so for its git and for migrations."""
    variables = {name: value for name, value in environment().items() if name not in _TAKEN_OUT}
    tools = template.work / "bin"
    tools.mkdir(exist_ok=True)
    _write_scaffold(tools)
    path = [str(tools), sysconfig.get_path("scripts"), variables.get("PATH", os.defpath)]
    settings = dict(QUIET) | {"core.safecrlf": "false", "init.defaultBranch": "main"}
    if template.ours:
        # Read from the file itself, so that no remote helper has to be found; and nothing is kept for another time.
        settings[f"url.{versions.BUNDLE}.insteadOf"] = versions.SOURCE
        variables["COPIER_CACHE_DIR"] = str(template.work / "cache")
    return variables | _git_settings(variables, settings) | {"PATH": os.pathsep.join(path), "GIT_TEMPLATE_DIR": ""}


def _git_settings(variables: Mapping[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    """Return variables that give every git these settings, after those that variables give it already."""
    given = variables.get("GIT_CONFIG_COUNT", "")
    first = int(given) if given.isdecimal() else 0
    found = {"GIT_CONFIG_COUNT": str(first + len(settings))}
    for number, (name, value) in enumerate(settings.items(), first):
        found |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return found


def _write_scaffold(folder: Path) -> None:
    """Put a `scaffold` there that is this one, in its language: migrations call it by name.

    Windows starts no scripts by name; there the one among Python's scripts has to do.
    """
    if os.name == "nt":
        return
    code = _OURS.format(root=str(Path(__file__).resolve().parents[2]))
    command = shlex.join([sys.executable, "-c", code, "--lang", messages.language()])
    script = folder / "scaffold"
    script.write_text(f'#!/bin/sh\nexec {command} "$@" >>{shlex.quote(str(folder.parent / _TALK))} 2>&1\n', "utf-8")
    script.chmod(0o755)
