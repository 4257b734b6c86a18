"""The command line: languages, options before and after the command, exit
codes, help, and odd streams.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from wcwidth import wcswidth

from scaffold import __main__, __version__, cli, messages
from scaffold.cli import COMMANDS
from scaffold.commands import new
from tests.repositories import commit

if TYPE_CHECKING:
    from tests.conftest import Scaffold

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What click says by itself.
ENGLISH_OF_CLICK = re.compile(
    r"Usage:|Options:|Commands:|OPTIONS|ARGS|Show |Error:|Missing|Invalid"
)


def _process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    environ = {**os.environ, **options.pop("env", {})}
    streams: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
    }
    return subprocess.run(
        [sys.executable, "-m", "scaffold", *arguments],
        env=environ,
        check=False,
        **(streams | options),
    )


# Help and version.


@pytest.mark.parametrize("arguments", [(), ("-h",), ("--help",), ("--quiet",), ("--lang", "en")])
def test_help(scaffold: Scaffold, arguments: tuple[str, ...]) -> None:
    """The help, also shown when no command is given, is data on stdout and lists the commands."""
    result = scaffold(*arguments)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(
        "Usage: scaffold [OPTIONS] COMMAND …\n\n  Make LeanEngine Python projects"
    )
    options, commands = result.out.split("\n\n")[2:]
    assert re.findall(r"^  (\S+)", commands, re.MULTILINE)[: len(COMMANDS)] == list(COMMANDS)
    for option in ("--lang", "--quiet", "--no-color", "--version", "-h, --help"):
        assert f"  {option} " in options


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(scaffold: Scaffold, command: str) -> None:
    """Each command has a help with the options that stand before and after it."""
    result = scaffold(command, "-h")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Usage: scaffold {command} [OPTIONS]")
    for option in ("--lang", "--quiet", "--no-color", "-h, --help"):
        assert f"  {option} " in result.out
    assert "--version" not in result.out


@pytest.mark.parametrize("arguments", [(), *((command, "--help") for command in COMMANDS)])
@pytest.mark.parametrize("columns", ["80", "60", "120"])
def test_help_in_chinese(arguments: tuple[str, ...], columns: str) -> None:
    """The Chinese help has nothing of click's English in it, and fits the
    terminal although characters are wide.
    """
    done = _process("--lang", "zh", *arguments, env={"COLUMNS": columns, "PYTHONUTF8": "1"})
    text = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert text.startswith("用法: scaffold ")
    assert not ENGLISH_OF_CLICK.search(text)
    descriptions = re.findall(r"^  -.*?  +(\S.*)$", text, re.MULTILINE)
    assert descriptions
    assert all(CHINESE.search(description) for description in descriptions)
    if columns != "60":
        assert [line for line in text.splitlines() if wcswidth(line) > int(columns)] == []


@pytest.mark.parametrize(
    "arguments", [("--version",), ("--lang", "zh", "--version"), ("--version", "new")]
)
def test_version(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The version is data on stdout, the same in every language and on every way to it."""
    monkeypatch.setattr(sys, "argv", ["scaffold", *arguments])
    assert __main__.main() == 0
    assert capsys.readouterr() == (f"scaffold {__version__}\n", "")


# Languages.


@pytest.mark.parametrize(
    ("arguments", "locale", "chinese"),
    [
        (["list"], "zh_CN.UTF-8", True),
        (["list"], "en_US.UTF-8", False),
        (["list"], "", False),
        (["--lang", "zh", "list"], "en_US.UTF-8", True),
        (["list", "--lang", "zh"], "en_US.UTF-8", True),
        (["--lang=zh", "list"], "en_US.UTF-8", True),
        (["list", "--lang=en"], "zh_CN.UTF-8", False),
        (["--lang", "en", "list"], "zh_CN.UTF-8", False),
    ],
)
def test_language(
    scaffold: Scaffold,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    locale: str,
    chinese: bool,
) -> None:
    """`--lang` counts before and after the command, and more than the locale."""
    monkeypatch.setenv("LANG", locale)
    result = scaffold(*arguments)
    assert result.code == 0
    assert bool(CHINESE.search(result.out)) == chinese


def test_errors_before_the_language_is_read_speak_it(scaffold: Scaffold) -> None:
    """A mistake that stands before `--lang` is explained in that language."""
    assert scaffold("--nope", "--lang", "zh", "list").err.startswith("错误：没有 --nope 这个选项\n")


# Options of all commands.


@pytest.mark.parametrize("arguments", [("--quiet", "new"), ("new", "--quiet")])
def test_quiet(scaffold: Scaffold, arguments: tuple[str, ...], workspace: Path) -> None:
    """Quiet says nothing when all is well."""
    result = scaffold(*arguments, "shop", "--defaults")
    assert (result.code, result.out, result.err) == (0, "", "")
    assert (workspace / "shop" / "wsgi.py").exists()


def test_quiet_errors(scaffold: Scaffold) -> None:
    """Quiet or not, an error is shown whole."""
    result = scaffold("--quiet", "new", "shop", "--defaults", "-d", "project_name=flask")
    assert result.err.count("\n") == 5


@pytest.mark.parametrize(
    ("arguments", "environ", "colored"),
    [
        ((), {}, True),
        (("--no-color",), {}, False),
        ((), {"NO_COLOR": "1"}, False),
        ((), {"TERM": "dumb"}, False),
    ],
)
def test_colours(
    arguments: tuple[str, ...],
    environ: dict[str, str],
    colored: bool,
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a terminal there are colours, unless an option, NO_COLOR or the terminal speak
    against it.
    """
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    assert cli.run(["new", "shop", "--defaults", *arguments]) == 0
    assert cli.run([*arguments, "new", "shop", "--defaults"]) == 2
    assert ("\x1b[" in terminal.getvalue()) == colored
    assert (workspace / "shop").exists()


# Exit codes.


def test_interrupted(scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C exits with 130 and says that nothing is left."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(new, "render", interrupt)
    result = scaffold("new", "shop", "--defaults")
    assert (result.code, result.out, result.err) == (
        130,
        "",
        "\nInterrupted; nothing was left behind.\n",
    )


def test_interrupted_before_anything_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while modules are still loaded exits with 130 too, without a traceback."""

    def interrupt(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run", interrupt)
    monkeypatch.setattr(sys, "argv", ["scaffold", "list"])
    assert __main__.main() == 130


def test_a_command_may_say_no(scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number that a command returns is the exit code."""
    monkeypatch.setattr(cli.LazyGroup, "invoke", lambda *_: 1)
    assert scaffold("list").code == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["list"], 0),
        (["new", "shop", "--defaults", "-d", "project_name=flask"], 2),
        (["list", "-x"], 2),
    ],
)
def test_exit_codes_of_a_process(workspace: Path, arguments: list[str], code: int) -> None:
    """The program exits with what the command line returns."""
    assert _process(*arguments, cwd=workspace).returncode == code


# Streams.


@pytest.mark.skipif(os.name == "nt", reason="this system has no pipes of this kind")
@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["list", "--json"],
        ["--help"],
        ["new", "shop", "--defaults", "--dry-run", "--json"],
    ],
)
def test_a_reader_that_has_seen_enough(workspace: Path, arguments: list[str]) -> None:
    """A closed pipe, as `| head` leaves it, is no error."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = _process(*arguments, cwd=workspace, stdout=writer)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(os.name == "nt", reason="this system has no pipes of this kind")
def test_a_listener_that_is_gone(workspace: Path) -> None:
    """A project is written although nobody reads the messages about it any more."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = _process("new", "shop", "--defaults", cwd=workspace, stderr=writer)
    finally:
        os.close(writer)
    assert done.returncode == 0
    assert (workspace / "shop" / "wsgi.py").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["new", "--help"]])
def test_a_full_disk_behind_stdout(workspace: Path, arguments: list[str]) -> None:
    """Output that is lost is an error with an exit code, not a traceback."""
    with Path("/dev/full").open("wb") as full:
        done = _process(*arguments, cwd=workspace, stdout=full)
    assert done.stderr.decode() == (
        "Error: The output could not be written\n"
        "  seen: stdout: No space left on device\n"
        "  why:  The data that you asked for is not complete.\n"
        "  fix:  Free some space, or redirect the output elsewhere.\n"
        "  more: scaffold explain cli-output-lost\n"
    )
    assert done.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    ("arguments", "code"), [(["new", "shop", "--defaults"], 0), (["check", "nowhere"], 2)]
)
def test_a_full_disk_behind_stderr(workspace: Path, arguments: list[str], code: int) -> None:
    """What is done does not depend on who reads of it."""
    with Path("/dev/full").open("wb") as full:
        assert _process(*arguments, cwd=workspace, stderr=full).returncode == code
    assert (workspace / "shop" / "wsgi.py").exists() == (code == 0)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk"])
def test_a_terminal_that_cannot_show_everything(workspace: Path, encoding: str) -> None:
    """Characters that stdout and stderr cannot show are replaced; nothing fails."""
    environ = {"PYTHONIOENCODING": encoding, "LANG": "zh_CN"}
    for arguments in (
        ["list"],
        ["new", "shop", "--defaults"],
        ["new", "shop", "--defaults"],
        ["--help"],
    ):
        done = _process(*arguments, cwd=workspace, env=environ)
        assert b"Traceback" not in done.stderr
        assert done.returncode == (
            2 if b"shop" in done.stderr and b"NAME.orig" in done.stderr else 0
        )
    assert (workspace / "shop" / "wsgi.py").exists()


def test_json_in_ascii_loses_nothing(workspace: Path) -> None:
    """JSON on a stdout that knows only ASCII is the same document."""
    arguments = ("new", "shop", "--defaults", "--dry-run", "--json")
    plain, ascii_only = (
        _process(*arguments, cwd=workspace, env={"PYTHONIOENCODING": encoding}).stdout
        for encoding in ("utf-8", "ascii")
    )
    assert plain != ascii_only
    assert json.loads(plain) == json.loads(ascii_only)


@pytest.mark.skipif(os.name == "nt", reason="this system's shell cannot close a stream")
@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-", ">&-"])
def test_streams_that_are_closed(workspace: Path, closed: str) -> None:
    """A stream that the caller closed is no reason to fail, and messages do not end up
    among data.
    """
    line = f'exec "{sys.executable}" -m scaffold new shop --defaults {closed}'
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=workspace,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"Traceback" not in done.stderr
    assert (workspace / "shop" / "wsgi.py").exists()


@pytest.mark.skipif(os.name == "nt", reason="this system's shell cannot close a stream")
@pytest.mark.parametrize(
    "arguments", ["--version", "--help", "list", "list --json", "env", "completion bash"]
)
@pytest.mark.parametrize("closed", [">&-", "<&- >&-"])
def test_output_into_a_closed_stdout(workspace: Path, arguments: str, closed: str) -> None:
    """What is asked for and cannot be printed is one error, and not a success."""
    line = f'exec "{sys.executable}" -m scaffold {arguments} {closed}'
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=workspace,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert (done.returncode, done.stderr.decode().splitlines()[0]) == (
        1,
        "Error: The output could not be written",
    )
    assert b"Traceback" not in done.stderr
    assert b"ignored" not in done.stderr


@pytest.mark.skipif(
    os.name == "nt", reason="this system lets nobody remove a folder that is in use"
)
@pytest.mark.parametrize(
    "arguments",
    [
        "check",
        "check --fix --force",
        "boot",
        "up",
        "env",
        "adopt --dry-run",
        "adopt --yes",
        "migrate",
        "update",
    ],
)
def test_a_current_folder_that_is_gone(workspace: Path, arguments: str) -> None:
    """A current folder that somebody has removed is one error, whichever command is run."""
    (workspace / "gone").mkdir()
    line = f'cd gone && rmdir ../gone && exec "{sys.executable}" -m scaffold {arguments}'
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=workspace,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    first = done.stderr.decode().splitlines()[0]
    assert (done.returncode, first) == (2, "Error: The current folder does not exist any more")
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="this system's shell cannot close a stream")
@pytest.mark.parametrize("arguments", ["completion bash >&-", "list 2>&- | true"])
def test_one_stream_closed_the_other_troubled(workspace: Path, arguments: str) -> None:
    """What to do about one stream does not fail for want of the other."""
    line = f'"{sys.executable}" -c "$0" {arguments}'
    # Python has nowhere to show a traceback where stderr is closed.
    main = "import scaffold.cli, sys, traceback\ntry: scaffold.cli.run(sys.argv[1:])\n"
    main += "except BaseException: open('traceback', 'w').write(traceback.format_exc())"
    subprocess.run(
        ["sh", "-c", line, main],
        cwd=workspace,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert not (workspace / "traceback").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("--help",),
        ("list", "-h"),
        ("list",),
        ("list", "--json"),
        ("list", "--matrix"),
        ("completion", "bash"),
        ("env", "shop"),
        ("env", "shop", "--format", "json"),
        ("check", "old"),
        ("check", "old", "--format", "sarif"),
        ("migrate", "old", "--dry-run"),
        ("new", "other", "--defaults", "--dry-run"),
        ("new", "other", "--defaults", "--json"),
    ],
)
def test_data_without_stdout(
    workspace: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """A command whose data has nowhere to go says so and fails."""
    scaffold("new", "shop", "--defaults", "--no-git")
    commit(workspace / "old", {"wsgi.py": "import os\n\nport = os.environ['LC_APP_PORT']\n"})
    monkeypatch.setattr(sys, "stdout", None)
    result = scaffold(*arguments)
    assert (result.code, result.out) == (1, "")
    assert (
        "Error: The output could not be written\n  seen: stdout: Bad file descriptor\n"
        in result.err
    )


@pytest.mark.skipif(os.name == "nt", reason="this system's shell cannot close a stream")
@pytest.mark.parametrize("redirection", [">&-", ">/dev/full"])
def test_the_version_without_stdout(redirection: str) -> None:
    """The same holds for the version, which is printed before anything is imported."""
    line = f'exec "{sys.executable}" -m scaffold --version {redirection}'
    done = subprocess.run(["sh", "-c", line], capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(b"Error: The output could not be written\n")


# What is imported on Windows.

POSIX_ONLY = (
    "fcntl",
    "grp",
    "posix_ipc",
    "pty",
    "pwd",
    "readline",
    "resource",
    "syslog",
    "termios",
    "tty",
)
# On a POSIX system the standard library itself uses some of them, so that only new
# and list are asked for theirs.
WITHOUT_POSIX = f"""
import sys
for name in {POSIX_ONLY}:
    sys.modules[name] = None
import scaffold.commands.new, scaffold.commands.list
from scaffold.cli import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "arguments",
    [["new", "shop", "--defaults", "--no-git"], ["new", "shop", "--defaults"], ["list"]],
)
def test_nothing_of_posix_is_needed(workspace: Path, arguments: list[str]) -> None:
    """Where none of the modules exist that Windows lacks, `new` and `list` work."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_POSIX, *arguments],
        cwd=workspace,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert arguments == ["list"] or (workspace / "shop" / "wsgi.py").exists()


def test_commands_are_there() -> None:
    """Each command has a module, a help and a place in the list."""
    for name in COMMANDS:
        assert (Path(cli.__file__).parent / "commands" / f"{name}.py").exists()
        assert messages.text(f"{name}.help")


def test_another_word_for_an_option(scaffold: Scaffold) -> None:
    """Who asks for a framework is shown the option for it, where the command has it."""
    assert "Did you mean --starter?" in scaffold("new", "x", "--framework", "flask").err
    assert "--starter" not in scaffold("check", "--framework", "flask").err
