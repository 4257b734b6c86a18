"""Write `run` into the user's leanengine.yaml, and `install` into ours."""

from __future__ import annotations

import re

from scaffold.adopt.entry_point import APPLICATION
from scaffold.adopt.text_style import append_lines, read_style
from scaffold.checks.listening import listening_calls
from scaffold.checks.module import arguments, callee, under_main
from scaffold.checks.project import Project
from scaffold.engine.manifest import FILE as MANIFEST

_RUN = re.compile(r"^run:.*\n(?:[ \t]+.*\n?)*", re.MULTILINE)
# A `run` that says nothing, or that wsgi.py is run with Python.
_OLD_RUN = re.compile(
    r"^(run:[ \t]*)[\"']?(?:(?:exec )?python3? (?:-u )?(?:\./)?wsgi\.py)?[\"']?[ \t]*"
    r"(#[^\r\n]*)?(\r?\n|\Z)",
    re.MULTILINE,
)
_WSGI_PY = re.compile(r"(?:exec )?python3? (?:-u )?(?:\./)?wsgi\.py")
# What a wsgi.py calls that, run as a program, serves its app and does nothing else.
_SERVING = frozenset(
    {
        *("DebuggedApplication", "WSGIServer", "make_server", "run_simple", "run_with_reloader"),
        *("run", "serve", "serve_forever"),
        *("get", "getenv", "int", "print", "str"),
    }
)


def lacks_run(project: Project) -> bool:
    """Return whether there is a leanengine.yaml of the user's, for Python, that starts nothing."""
    manifest = project.manifest
    if not project.has(MANIFEST) or manifest.problem or project.run or "cmd" in manifest.values:
        return False
    return manifest.accepted("runtime") in {None, "python"}


def runs_development_server(project: Project) -> bool:
    """Return whether `run` starts wsgi.py, which then does no more than serve its `application`."""
    entry = project.entry
    if entry is None or not _WSGI_PY.fullmatch(project.run.strip()):
        return False
    calls = [call for call in entry.nodes("call") if under_main(call)]
    serving = [found.call for found in listening_calls(entry)]
    return (
        bool(serving)
        and all(under_main(call) for call in serving)
        and all(callee(call).rpartition(".")[2] in _SERVING for call in calls)
        and any(node.text() == APPLICATION for call in serving for node in arguments(call)[0])
    )


def with_run(project: Project, ours: str) -> bytes | None:
    """Return the user's leanengine.yaml with our `run`; all other bytes stay.

    Args:
        project: the files.
        ours: our leanengine.yaml.

    Returns:
        None where it cannot be added without changing what the rest says.
    """
    data = project.read(MANIFEST)
    match = _RUN.search(ours if ours.endswith("\n") else f"{ours}\n")
    if match is None:
        return None
    lines = match[0].rstrip("\n").split("\n")
    text, style = read_style(data)
    if old := _OLD_RUN.search(text):
        note = f"  {old[2]}" if old[2] else ""
        run = "\n".join([f"{lines[0]}{note}", *lines[1:]])
        after = style.encode(text[: old.start()] + run + old[3] + text[old.end() :])
    elif project.run:
        return None
    else:
        after = append_lines(data, ["", *lines] if text.strip() else lines)
    return after if _keeps_the_rest(project, after) else None


def _keeps_the_rest(project: Project, after: bytes) -> bool:
    """Return whether leanengine.yaml would say the same as before, but for `run`."""
    values = dict(Project(project.root, overlay={MANIFEST: after}).manifest.values)
    before = dict(project.manifest.values)
    before.pop("run", None)
    return values.pop("run", None) is not None and values == before


def with_install(text: str, files: list[str]) -> str:
    """Return our leanengine.yaml with an `install` that copies files to the build folder."""
    if not files:
        return text
    listed = "".join(f"      - {file}\n" for file in files)
    head = "# Files that requirements.txt names by path.\ninstall:\n  - require:\n"
    install = f"{head}{listed}  - use: default\n\n"
    match = _RUN.search(text)
    start = text.rfind("\n\n", 0, match.start()) + 2 if match else len(text)
    return text[:start] + install + text[start:]
