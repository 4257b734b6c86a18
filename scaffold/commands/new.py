"""`scaffold new`: make a project."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold import answers as sources
from scaffold import output, project
from scaffold.errors import UsageError
from scaffold.messages import text
from scaffold.nextsteps import next_steps
from scaffold.render import render
from scaffold.starters import Answers, Catalog, Given

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager


@click.command("new", help=text("new.help"))
@click.argument("directory", metavar="[DIR]", required=False)
@click.option("--starter", metavar="NAME", help=text("new.option.starter"))
@click.option("--server", metavar="NAME", help=text("new.option.server"))
@click.option("--python", metavar="X.Y", help=text("new.option.python"))
@click.option("--cloud-functions/--no-cloud-functions", default=None, help=text("new.option.cloud-functions"))
@click.option("--dependencies", metavar="SET", help=text("new.option.dependencies"))
@click.option("--template", metavar="SOURCE", help=text("new.option.template"))
@click.option("-d", "--data", "pairs", metavar="KEY=VALUE", multiple=True, help=text("new.option.data"))
@click.option("--data-file", metavar="FILE", help=text("new.option.data-file"))
@click.option("--defaults", is_flag=True, help=text("new.option.defaults"))
@click.option("--dry-run", is_flag=True, help=text("new.option.dry-run"))
@click.option("--json", "as_json", is_flag=True, help=text("new.option.json"))
@click.option("--git/--no-git", "use_git", default=True, help=text("new.option.git"))
@click.option("--force", is_flag=True, help=text("new.option.force"))
def command(**options: Any) -> None:  # noqa: ANN401 - click passes what the options above say
    """Make a project."""
    with _catalog(options["template"]) as catalog:
        _make(catalog, options)


def _catalog(template: str | None) -> AbstractContextManager[Catalog]:
    """Return the questions and starters: scaffold's own, or those of a template that the user names."""
    if template is None:
        return nullcontext(Catalog())
    from scaffold.foreign import opened  # noqa: PLC0415 - starting git and reading templates is slow

    return opened(template)


def _make(catalog: Catalog, options: Mapping[str, Any]) -> None:
    directory = options["directory"]
    given = _given(catalog, options)
    if directory is not None:
        if not directory.strip():
            raise UsageError("new.error.empty-directory")
        # Before any question: nobody should answer eight of them for a folder that cannot be filled.
        project.check_target(Path(directory), force=options["force"])
    target, answers = _decide(catalog, directory, given, options)
    files = render(catalog.starter(str(answers["starter"])), answers)
    if options["dry_run"]:
        _show(target, answers, files, as_json=options["as_json"])
        return
    written, repository = _write(target, files, options)
    if options["as_json"]:
        output.document(
            _summary(target, answers, files) | {"git": repository == "made", "next": next_steps(target, answers, files)}
        )
    else:
        _tell(written, answers, files, repository, options["template"])


def _given(catalog: Catalog, options: Mapping[str, Any]) -> dict[str, Given]:
    """Return what flags, `-d` and the data file say, checked against the questions' names."""
    flags = {key: options[key] for key in ("starter", "server", "python", "cloud_functions", "dependencies")}
    return sources.collect(catalog, flags, options["pairs"], options["data_file"])


def _decide(
    catalog: Catalog, directory: str | None, given: dict[str, Given], options: Mapping[str, Any]
) -> tuple[Path, Answers]:
    """Return where the project goes and its answers: all given, by default, or asked for."""
    named = {**sources.named_after(directory), **given}
    interactive = not options["as_json"] and output.can_converse()
    if not options["defaults"] and (missing := _missing(catalog, named, interactive=interactive)):
        if not interactive:
            raise UsageError("answers.error.missing", flags=", ".join(missing))
        from scaffold.wizard import Wizard  # noqa: PLC0415 - prompts are slow to import

        return Wizard(catalog, directory, given, force=options["force"]).run()
    answers = catalog.resolve(named, preferred=sources.preferred())
    target = Path(directory if directory is not None else str(answers["project_name"]))
    project.check_target(target, force=options["force"])
    return target, answers


def _missing(catalog: Catalog, given: dict[str, Given], *, interactive: bool) -> list[str]:
    """Return how to give each answer that is still needed."""
    try:
        return sources.missing(catalog, given)
    except UsageError as error:
        # A folder's name that cannot be the project's is no mistake where the name can still be asked for.
        if interactive and error.params.get("origin") == sources.FROM_FOLDER:
            return [sources.FROM_FOLDER]
        raise


def _write(target: Path, files: Mapping[str, bytes], options: Mapping[str, Any]) -> tuple[project.Written, str]:
    """Write the project; return what was written and what became of the repository, a key of `new.git`."""
    if not options["use_git"]:
        return project.write_project(target, files, force=options["force"]), "off"
    from scaffold import git  # noqa: PLC0415 - starting programs is slow to import

    if reason := git.reason_against(target):
        return project.write_project(target, files, force=options["force"]), reason
    # The user's own files are theirs to commit.
    outcome = "not-alone"

    def commit(folder: Path) -> None:
        nonlocal outcome
        outcome = "made" if git.first_commit(folder, text("new.git.message")) else "failed"

    written = project.write_project(target, files, force=options["force"], prepare=commit)
    return written, outcome


def _summary(target: Path, answers: Answers, files: Mapping[str, bytes]) -> dict[str, object]:
    sizes = [{"path": path, "size": len(content)} for path, content in files.items()]
    return {"directory": str(target.absolute()), "answers": answers, "files": sizes}


def _show(target: Path, answers: Answers, files: Mapping[str, bytes], *, as_json: bool) -> None:
    """Print what would be written."""
    if as_json:
        contents = {path: content.decode("utf-8") for path, content in files.items()}
        output.document(_summary(target, answers, files) | {"files": contents})
        return
    from scaffold.tree import draw  # noqa: PLC0415 - only needed here

    output.data(draw(f"{target}/", {path: len(content) for path, content in files.items()}))
    size = sum(map(len, files.values()))
    output.say(text("new.dry-run", count=len(files), size=size))


def _tell(
    written: project.Written, answers: Answers, files: Mapping[str, bytes], repository: str, template: str | None
) -> None:
    """Say what was made and what to type next."""
    made = {"folder": written.folder, "count": len(files)}
    if template is None:
        said = text("new.made", **made, **{key: answers[key] for key in ("starter", "server", "python")})
    else:
        said = text("new.made-from", **made, template=template)
    output.say(output.style("✓ ", "green") + said)
    for saved in written.saved:
        output.say("  " + text("new.saved", path=saved))
    output.say("  " + text(f"new.git.{repository}"))
    output.say("\n" + text("new.next"))
    for step in next_steps(written.folder, answers, files):
        output.say("  " + output.style(step, "bold"))
