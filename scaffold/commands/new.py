"""`scaffold new`: make a project."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold import answers as sources
from scaffold import completers, output, writer
from scaffold.catalog import Catalog
from scaffold.commands import shared_options
from scaffold.errors import UsageError
from scaffold.messages import text
from scaffold.nextsteps import lines, next_steps
from scaffold.render import render

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from scaffold.questions import Answers, UserInput


@dataclass(frozen=True)
class NewOptions:
    """What the user chose.

    Attributes:
        directory: the project's folder; None to take the project's name.
        starter, server, python, cloud_functions, dependencies: answers to the questions of
            these names, None where there is none.
        template: where the user's own template is; None for scaffold's.
        pairs: `KEY=VALUE` of each `-d`.
        data_file: a YAML file of answers.
        defaults: ask nothing.
        dry_run: show what would be written.
        as_json: print JSON.
        use_git: make a repository with a first commit.
        force: fill a folder that is not empty.
        can_prompt: there is a terminal, so that the user can be asked.
    """

    directory: str | None
    starter: str | None
    server: str | None
    python: str | None
    cloud_functions: bool | None
    dependencies: str | None
    template: str | None
    pairs: tuple[str, ...]
    data_file: str | None
    defaults: bool
    dry_run: bool
    as_json: bool
    use_git: bool
    force: bool
    can_prompt: bool

    @property
    def asks(self) -> bool:
        """Whether the user can be asked for what is missing."""
        return self.can_prompt and not self.as_json

    def answers(self, catalog: Catalog) -> dict[str, UserInput]:
        """Return what flags, `-d` and the data file say.

        Raises:
            UsageError: there is no such question, or one is answered twice.
        """
        flags = {
            "starter": self.starter,
            "server": self.server,
            "python": self.python,
            "cloud_functions": self.cloud_functions,
            "dependencies": self.dependencies,
        }
        return sources.collect(catalog, flags, self.pairs, self.data_file)


@click.command("new", help=text("new.help"))
@click.argument("directory", metavar="[DIR]", required=False, shell_complete=completers.folders)
@shared_options.answer("starter", "NAME")
@shared_options.answer("server", "NAME")
@shared_options.answer("python", "X.Y")
@click.option(
    "--cloud-functions/--no-cloud-functions", default=None, help=text("new.option.cloud-functions")
)
@shared_options.answer("dependencies", "SET")
@shared_options.template("new.option.template")
@shared_options.data("new.option.data")
@click.option(
    "--data-file",
    metavar="FILE",
    shell_complete=completers.files,
    help=text("new.option.data-file"),
)
@click.option("--defaults", is_flag=True, help=text("new.option.defaults"))
@click.option("--dry-run", is_flag=True, help=text("new.option.dry-run"))
@shared_options.as_json("new.option.json")
@click.option("--git/--no-git", "use_git", default=True, help=text("new.option.git"))
@click.option("--force", is_flag=True, help=text("new.option.force"))
def command(**values: Any) -> None:
    """Make a project."""
    options = NewOptions(**values, can_prompt=output.can_prompt())
    with _catalog(options.template) as catalog:
        _make(catalog, options)


def _catalog(template: str | None) -> AbstractContextManager[Catalog]:
    """Return the questions and starters: scaffold's own, or those of a
    template that the user names.
    """
    if template is None:
        return nullcontext(Catalog())
    from scaffold.external_template import opened

    return opened(template)


def _make(catalog: Catalog, options: NewOptions) -> None:
    user_input = options.answers(catalog)
    if options.directory is not None:
        if not options.directory.strip():
            raise UsageError("new.error.empty-directory")
        # Before any question: nobody should answer eight of them for a
        # folder that cannot be filled.
        writer.check_target(Path(options.directory), force=options.force)
    target, answers = _decide(catalog, user_input, options)
    files = render(catalog.starter(str(answers["starter"])), answers)
    writer.check_paths(files)
    if options.dry_run:
        _show(target, answers, files, as_json=options.as_json)
        return
    written, repository = _write(target, files, options)
    if options.as_json:
        steps = next_steps(target, answers, files)
        output.document(
            _summary(target, answers, files)
            | {"git": repository == "made", "next": [step.command for step in steps]}
        )
    else:
        _print_summary(written, answers, files, repository, options.template)


def _decide(
    catalog: Catalog, user_input: dict[str, UserInput], options: NewOptions
) -> tuple[Path, Answers]:
    """Return where the project goes and its answers: all given, by default, or asked for."""
    directory = options.directory
    named = sources.with_names(user_input, directory, catalog)
    if not options.defaults and (missing := _missing(catalog, named, interactive=options.asks)):
        if not options.asks:
            raise UsageError("answers.error.missing", flags=", ".join(missing))
        from scaffold.wizard import Wizard

        return Wizard(catalog, directory, user_input, force=options.force).run()
    answers = catalog.resolve(named, preferred=sources.preferred(catalog))
    target = Path(directory if directory is not None else str(answers["project_name"]))
    writer.check_target(target, force=options.force)
    return target, answers


def _missing(catalog: Catalog, user_input: dict[str, UserInput], *, interactive: bool) -> list[str]:
    """Return how to give each answer that is still needed."""
    try:
        return sources.missing(catalog, user_input)
    except UsageError as error:
        # A folder's name that cannot be the project's is no mistake where the
        # name can still be asked for.
        if interactive and error.params.get("origin") == sources.FROM_FOLDER:
            return [sources.FROM_FOLDER]
        raise


def _write(
    target: Path, files: Mapping[str, bytes], options: NewOptions
) -> tuple[writer.Written, str]:
    """Write the project; return what was written and what became of the
    repository, a key of `new.git`.
    """
    if not options.use_git:
        return writer.write_project(target, files, force=options.force), "off"
    from scaffold import git

    if reason := git.reason_against(target):
        return writer.write_project(target, files, force=options.force), reason
    # The user's own files are theirs to commit.
    outcome = "not-alone"

    def commit(folder: Path) -> None:
        nonlocal outcome
        outcome = "made" if git.first_commit(folder, text("new.git.message")) else "failed"

    written = writer.write_project(target, files, force=options.force, prepare=commit)
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
    from scaffold.tree import draw

    output.data(draw(f"{target}/", {path: len(content) for path, content in files.items()}))
    size = sum(map(len, files.values()))
    output.say(text("new.dry-run", count=len(files), size=size))


def _print_summary(
    written: writer.Written,
    answers: Answers,
    files: Mapping[str, bytes],
    repository: str,
    template: str | None,
) -> None:
    """Say what was made and what to type next."""
    made = {"folder": written.folder, "count": len(files)}
    if template is None:
        message = text(
            "new.made", **made, **{key: answers[key] for key in ("starter", "server", "python")}
        )
    else:
        message = text("new.made-from", **made, template=template)
    output.say(output.style("✓ ", "green") + message)
    name = answers.get("project_name", written.folder.name)
    if name != written.folder.name:
        output.say("  " + text("new.named", name=name))
    for saved in written.saved:
        output.say("  " + text("new.saved", path=saved))
    output.say("  " + text(f"new.git.{repository}"))
    output.say("\n" + text("new.next"))
    for line in lines(next_steps(written.folder, answers, files)):
        output.say(f"  {line}")
