"""Say what to type next, as `scaffold new` does.

`python -m tools.doors` makes one file of this and of what it imports, as of pre_gen_project.py.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from hooks.within import ANSWERS, begin
from scaffold.errors import FailedError, ScaffoldError
from scaffold.messages import text
from scaffold.nextsteps import lines, next_steps

FOLDER = "{{cookiecutter.project_slug}}"
# Folders that hold files of answers only.
OPTIONAL = (".ci", ".github", "deploy")


def lost_link(file: Path) -> str:
    """Return where a link leads that was unpacked as a file of text, nothing for any other file.

    Starters link to the files that they have in common. In a zip, and in a clone on a
    Windows that does not let its user make links, such a file holds the path that it should
    lead to, without a line's end.
    """
    content = file.read_bytes()
    is_link = content.startswith(b"../") and b"\n" not in content and not file.is_symlink()
    return content.decode("utf-8") if is_link else ""


def follow(file: Path) -> Path:
    """Return the file at the end of lost links.

    Raises:
        FailedError: there is none.
    """
    while link := lost_link(file):
        target = file.parent / link
        if not target.is_file():
            raise FailedError("cookiecutter.error.lost-link", file=file.name, link=link)
        file = target
    return file


def _rendered(source: str) -> str:
    """Return what cookiecutter makes of a template."""
    from jinja2 import Environment

    options = {"keep_trailing_newline": True} | ANSWERS["_jinja2_env_vars"]
    environment = Environment(**options, autoescape=False)  # makes files, not pages
    return environment.from_string(source).render(cookiecutter=ANSWERS)


def complete(project: Path, starter: Path | None) -> None:
    """Write the files again that were written from lost links.

    Args:
        project: what cookiecutter wrote.
        starter: what it wrote it from, if that is known.

    Raises:
        FailedError: what a link leads to is not there.
    """
    if starter is None:
        for file in sorted(path for path in project.rglob("*") if path.is_file()):
            follow(file)
        return
    template = starter / FOLDER
    for file in sorted(path for path in template.rglob("*") if path.is_file() and lost_link(path)):
        place = project / _rendered(file.relative_to(template).as_posix())
        if place.is_file():
            place.write_text(_rendered(follow(file).read_text("utf-8")), "utf-8", newline="\n")


def remove_empty_folders(project: Path) -> None:
    """Remove folders that no answer fills; cookiecutter makes them all the same."""
    for name in OPTIONAL:
        folders = [path for path in (project / name).rglob("*") if path.is_dir()]
        for folder in [*sorted(folders, reverse=True), project / name]:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _starter() -> Path | None:
    """Return the starter's folder; cookiecutter may know it only from where it
    was started, which hooks are not.
    """
    found = (
        Path(start, ANSWERS["_repo_dir"])
        for start in (os.environ.get("PWD", ""), ANSWERS["_output_dir"])
    )
    return next(
        (folder for folder in found if folder.is_absolute() and (folder / FOLDER).is_dir()), None
    )


def _tell(project: Path) -> None:
    """Say what was made and what to type next."""
    files = {
        path.relative_to(project).as_posix(): path
        for path in sorted(project.rglob("*"))
        if path.is_file()
    }
    described = {key: ANSWERS[key] for key in ("starter", "server", "python")}
    print("✓ " + text("new.made", folder=project, count=len(files), **described), file=sys.stderr)
    print("\n" + text("new.next"), file=sys.stderr)
    # Paths are shown from where the user is, which only their shell can tell a
    # hook; else they are shown whole.
    start = Path(os.environ.get("PWD", ""))
    os.chdir(start if start.is_absolute() and start.is_dir() else project.anchor)
    manifest = {"leanengine.yaml": files["leanengine.yaml"].read_bytes()}
    for line in lines(next_steps(project, ANSWERS, manifest)):
        print("  " + line, file=sys.stderr)
    if shutil.which("scaffold") is None:
        print(text("cookiecutter.no-scaffold"), file=sys.stderr)


def main() -> int:
    """Complete the project and say what to type next."""
    begin()
    project = Path.cwd()
    try:
        complete(project, _starter())
    except ScaffoldError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    remove_empty_folders(project)
    _tell(project)
    return 0


if __name__ == "__main__":
    sys.exit(main())
