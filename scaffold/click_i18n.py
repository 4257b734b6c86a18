"""Help pages and usage errors of click, in English and Chinese."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from scaffold.errors import UsageError
from scaffold.messages import text
from scaffold.output import data

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What click puts behind the help of an option that shows its default.
_DEFAULT = re.compile(r"\[default: (.*)\]$")


# What other tools call our options.
_SYNONYMS = {
    "--framework": "--starter",
}


class TranslatedCommand(click.Command):
    """A command with help, headings and errors from the messages."""

    @classmethod
    def of(cls, command: click.Command, options: Sequence[click.Parameter]) -> TranslatedCommand:
        """Return a command that a module of `scaffold.commands` defines, with more options."""
        return cls(
            command.name,
            callback=command.callback,
            params=[*command.params, *options],
            help=command.help,
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options_metavar = text("cli.usage.options")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; refuse more of them than the command takes."""
        ctx.allow_extra_args = True  # click would refuse them too, but in English only
        with _blaming(ctx):
            rest = super().parse_args(ctx, args)
        if rest:
            raise UsageError(
                "cli.error.extra-argument", command=ctx.command_path, given=" ".join(map(str, rest))
            )
        return rest

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line that shows how the command is used."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        _write_options(self, ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option `--help`."""
        return _ours(super().get_help_option(ctx))


class TranslatedGroup(click.Group):
    """The same for a command that has commands; without one it shows its help."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options_metavar = text("cli.usage.options")
        self.subcommand_metavar = text("cli.usage.command")
        self.invoke_without_command = True
        self.no_args_is_help = False
        self.callback = _help_without_command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments before the command."""
        with _blaming(ctx):
            return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command by its name, or say which name is meant."""
        name = args[0]
        if name not in self.list_commands(ctx):
            from difflib import get_close_matches

            known = self.list_commands(ctx)
            near = "".join(get_close_matches(name, known, n=1))
            group = "no-such-command-near" if near else "no-such-command"
            raise UsageError(
                f"cli.error.{group}",
                command=ctx.command_path,
                given=name,
                near=near,
                known=", ".join(known),
            )
        return super().resolve_command(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line that shows how the program is used."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        _write_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands with what each is for."""
        del ctx
        with formatter.section(text("cli.commands")):
            formatter.write_dl(
                [(name, command.help or "") for name, command in self.commands.items()]
            )

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option `--help`."""
        return _ours(super().get_help_option(ctx))


@click.pass_context
def _help_without_command(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        data(ctx.get_help())


def _show_help(ctx: click.Context, _parameter: click.Parameter, value: object) -> None:
    if value:
        data(ctx.get_help())
        ctx.exit()


@contextmanager
def _blaming(ctx: click.Context) -> Iterator[None]:
    """Note in an error which command it is about; click's parser does not always know."""
    try:
        yield
    except click.UsageError as error:
        error.ctx = error.ctx or ctx
        raise


def _write_usage(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    pieces = command.collect_usage_pieces(ctx)
    formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=text("cli.usage") + " ")


def _write_options(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    options = (param for param in command.get_params(ctx) if isinstance(param, click.Option))
    records = []
    for option in options:
        name, help_text = option.get_help_record(ctx) or ("", "")
        if name:
            records.append((name, _DEFAULT.sub(_default, help_text)))
    with formatter.section(text("cli.options")):
        formatter.write_dl(records)


def _default(match: re.Match[str]) -> str:
    return text("cli.option.default", value=match[1])


def _ours(option: click.Option | None) -> click.Option | None:
    """Return click's `--help` with our description and our way to print."""
    if option is not None:
        option.help = text("cli.option.help")
        option.callback = _show_help
    return option


def _synonym(context: click.Context, name: str) -> str:
    """Return the option that somebody means by another word for it, if the command has it."""
    meant = _SYNONYMS.get(name, "")
    options = {option for param in context.command.params for option in param.opts}
    return meant if meant in options else ""


def translated(error: click.ClickException) -> UsageError:
    """Return an error of click's as one of ours."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "scaffold"
    if isinstance(error, click.NoSuchOption):
        near = ", ".join(sorted(error.possibilities or ()))
        if context and not near:
            near = _synonym(context, error.option_name)
        group = "no-such-option-near" if near else "no-such-option"
        return UsageError(
            f"cli.error.{group}", command=command, option=error.option_name, near=near
        )
    if isinstance(error, click.BadOptionUsage) and context:
        params = context.command.get_params(context)
        flags = {
            name
            for p in params
            if getattr(p, "is_flag", False)
            for name in (*p.opts, *p.secondary_opts)
        }
        group = "option-takes-no-value" if error.option_name in flags else "option-needs-value"
        return UsageError(f"cli.error.{group}", command=command, option=error.option_name)
    if isinstance(error, click.BadParameter) and isinstance(error.param, click.Option):
        choices = getattr(error.param.type, "choices", None)
        if choices is not None:
            # The value stands nowhere else: "'x' is not one of 'en', 'zh'."
            value = error.message.partition(" is not ")[0]
            option = max(error.param.opts, key=len)
            return UsageError(
                "cli.error.bad-choice",
                command=command,
                option=option,
                value=value,
                choices=", ".join(choices),
            )
    message = error.format_message().rstrip(".")
    return UsageError("cli.error.usage", command=command, message=message)
