"""Run copier as a process of its own, with this installation's `scaffold`
and none of git's side effects.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold import git_settings, messages, versions
from scaffold.errors import FailedError
from scaffold.printable import Lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.update.template import Template

# The folder that Python looks into first is the current one, where a project's
# `yaml.py` would be taken for PyYAML.
_CLEAN_PATH = "import sys; sys.path[:] = [p for p in sys.path if p] + [{root!r}]"
_COPIER = f"{_CLEAN_PATH}; from scaffold.update.copier_process import main; sys.exit(main())"
_SCAFFOLD = f"{_CLEAN_PATH}; from scaffold.__main__ import main; sys.exit(main())"
_ROOT = str(Path(__file__).resolve().parents[2])
_LAST_LINES = 8
# Where migrations print: apart from copier: its messages about steps in a
# copy would be no use to anyone.
_MIGRATION_OUTPUT = "migrations.txt"
# copier's folders of the old and the new version.
_TEMPORARY = "tmp"
# copier's own files of settings and colours are the user's; these are not.
_TAKEN_OUT = ("PYTHONSAFEPATH", "PYTHONINSPECT")
# What copier's errors become; the first that fits one of an error's classes.
_ERRORS = {
    "ForbiddenPathError": "path-forbidden",
    "TaskError": "migration-failed",
    "UnsupportedVersionError": "copier-too-old",
    "ExtensionNotFoundError": "template-broken",
    "ConfigFileError": "template-broken",
    "InvalidTypeError": "template-broken",
    "YieldTagInFileError": "template-broken",
    "MultipleYieldTagsError": "template-broken",
    "TemplateError": "template-broken",
    "YAMLError": "template-broken",
    "SecurityError": "template-broken",
}


class Untrusted(Exception):  # noqa: N818 - not an error: a question for the user
    """The template wants to run code.

    Args:
        features: what it uses, in copier's words.
    """

    def __init__(self, features: str) -> None:
        super().__init__(features)
        self.features = features


def update(
    project: Path, template: Template, target: str, data: Mapping[str, Any], *, trust: bool
) -> str:
    """Update a project in place, as `copier update --defaults` does.

    Args:
        project: the copy.
        template: where it came from.
        target: the version to go to.
        data: answers that copier does not find by itself.
        trust: let the template run its own code; ours is trusted always.

    Returns:
        What the migrations of our template printed.

    Raises:
        Untrusted: it wants to, and is not trusted.
        FailedError: copier or a migration failed.
    """
    request = {"operation": "update", "folder": str(project)}
    _run(template, request, target, data, trust=trust)
    return _migration_output(template)


def make(
    folder: Path, template: Template, version: str, data: Mapping[str, object], *, trust: bool
) -> None:
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
    request = {"operation": "copy", "folder": str(folder), "source": template.copier_source}
    _run(template, request, version, data, trust=trust)


def _run(
    template: Template,
    request: Mapping[str, object],
    version: str,
    data: Mapping[str, object],
    *,
    trust: bool,
) -> None:
    """Let copier do what is requested.

    Raises:
        Untrusted: the template wants to run code of its own, and may not.
        FailedError: copier failed.
    """
    outcome = template.work / "outcome.json"
    outcome.unlink(missing_ok=True)
    options = {"vcs_ref": version, "data": data, "unsafe": trust or template.ours}
    request = {
        **request,
        "workdir": str(template.work),
        "outcome": str(outcome),
        "options": options,
    }
    command = [sys.executable, "-c", _COPIER.format(root=_ROOT)]
    stdin = json.dumps(request, default=str).encode()
    done = subprocess.run(
        command, env=_variables(template), input=stdin, capture_output=True, check=False
    )
    if done.returncode != 0:
        found = json.loads(outcome.read_text("utf-8")) if outcome.is_file() else {}
        raise _translated(template, found, done.stderr.decode("utf-8", "replace"))


def _translated(template: Template, outcome: Mapping[str, Any], stderr: str) -> Exception:
    """Return what to raise for an error of copier's.

    Args:
        template: what copier worked with.
        outcome: what `copier_process` wrote about it, nothing if it could not.
        stderr: what it printed.
    """
    kinds, message = outcome.get("kinds", []), str(outcome.get("message", "")).strip()
    if "RefusedWriteError" in kinds:
        path = _shown_path(template, outcome["path"])
        return FailedError(
            f"update.error.path-{outcome['kind']}", path=path, source=template.source
        )
    if "UnsafeTemplateError" in kinds:
        return Untrusted(message.partition(":")[2].partition("\n")[0].strip(" ."))
    lines = [*_migration_output(template).splitlines(), *(message or stderr).strip().splitlines()][
        -_LAST_LINES:
    ]
    printed = Lines("\n".join(line.replace(str(template.work), "…") for line in lines))
    key = next((_ERRORS[kind] for kind in kinds if kind in _ERRORS), "copier-failed")
    kind = kinds[0] if kinds else ""
    return FailedError(
        f"update.error.{key}", output=printed or kind, kind=kind, source=template.source
    )


def _shown_path(template: Template, path: str) -> str:
    """Return a path in one of copier's folders as the template has it, any other as it is."""
    try:
        inside = Path(path).relative_to(template.work.resolve())
    except ValueError:
        return path
    return Path(*inside.parts[2 if inside.parts[0] == _TEMPORARY else 1 :]).as_posix()


def _migration_output(template: Template) -> str:
    file = template.work / _MIGRATION_OUTPUT
    return file.read_text("utf-8", errors="replace").strip() if file.is_file() else ""


def _variables(template: Template) -> dict[str, str]:
    """Return the environment for copier, and so for its git and for migrations."""
    work = template.work
    variables = {
        name: value for name, value in git_settings.environment().items() if name not in _TAKEN_OUT
    }
    for name in ("bin", "cache", _TEMPORARY, "git-template/info"):
        (work / name).mkdir(parents=True, exist_ok=True)
    _write_scaffold(work / "bin")
    # Each of copier's repositories begins with this: no file goes through a
    # filter, whatever a template says.
    (work / "git-template" / "info" / "attributes").write_text("* -filter\n", "utf-8")
    path = [str(work / "bin"), sysconfig.get_path("scripts"), variables.get("PATH", os.defpath)]
    settings = git_settings.NEUTRAL | {"core.safecrlf": "false", "init.defaultBranch": "main"}
    # Copier names its own bare repositories; the user may have git read no others.
    settings |= {f"protocol.{name}.allow": "never" for name in ("ext", "fd")}
    if template.ours:
        # Read from the file itself, so that no remote helper has to be found.
        settings[f"url.{versions.BUNDLE}.insteadOf"] = versions.SOURCE
    variables |= {"PATH": os.pathsep.join(path), "GIT_TEMPLATE_DIR": str(work / "git-template")}
    # Nothing is kept for another time: a cache of the user's may hold other settings.
    variables |= {"COPIER_CACHE_DIR": str(work / "cache"), "PYTHONIOENCODING": "utf-8:replace"}
    variables |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(work / _TEMPORARY))
    return git_settings.with_settings(variables, settings)


def _write_scaffold(folder: Path) -> None:
    """Put a `scaffold` there that is this one, in its language: migrations call it by name.

    Our template's migration is `scaffold migrate --after-update`, which copier starts at the end
    of an update. This is how one installation of scaffold comes back to itself from there,
    without being found on the user's PATH. Windows starts no scripts by name; there the one
    among Python's scripts has to do.
    """
    if os.name == "nt":
        return
    code = _SCAFFOLD.format(root=_ROOT)
    command = shlex.join([sys.executable, "-c", code, "--lang", messages.language()])
    script = folder / "scaffold"
    target = shlex.quote(str(folder.parent / _MIGRATION_OUTPUT))
    script.write_text(f'#!/bin/sh\nexec {command} "$@" >>{target} 2>&1\n', "utf-8")
    script.chmod(0o755)
