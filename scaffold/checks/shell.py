"""The command line that starts a server, as far as rules ask about it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from scaffold.servers import PROGRAMS

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=", re.ASCII)
_SEPARATORS = re.compile(r"[();<>|&]+")
_PYTHON = re.compile(r"python[\d.]*")
LOOPBACK = re.compile(r"(?:localhost|127(?:\.\d+){3}|\[?::1\]?)(?::.*)?")
_SUBSTITUTION = re.compile(r"\$\([^()]*\)|`[^`]*`")
_FIXED_PORT = re.compile(r"(?:.*:)?(\d{2,5})")


@dataclass(frozen=True)
class ShellCommand:
    """One program with its arguments."""

    program: str
    arguments: tuple[str, ...]

    @property
    def script(self) -> str:
        """The Python file that is run: `wsgi.py` of `python -u wsgi.py`; a module as
        a path; empty if there is none.
        """
        if not _PYTHON.fullmatch(self.program):
            return ""
        for number, argument in enumerate(self.arguments):
            if argument == "-m":
                following = "".join(self.arguments[number + 1 : number + 2])
                return f"{following.replace('.', '/')}.py" if following else ""
            if argument == "-c":
                return ""
            if not argument.startswith("-"):
                return argument
        return ""

    def options(self) -> list[tuple[str, str]]:
        """Return options with their values, `--name value` and
        `--name=value` alike; no value is ''.
        """
        found = []
        for number, argument in enumerate(self.arguments):
            if argument.startswith("-"):
                name, equals, value = argument.partition("=")
                following = "".join(self.arguments[number + 1 : number + 2])
                found.append(
                    (name, value if equals else "" if following.startswith("-") else following)
                )
        return found

    def fixed_ports(self) -> list[str]:
        """Return what says a port in figures: `--bind 0.0.0.0:3000`, `--port 8080`."""
        found = [f"{name} {value}" for name, value in self._addresses() if _port(value)]
        if "runserver" in self.arguments:
            found += [argument for argument in self.arguments if _port(argument)]
        return found

    def loopback(self) -> list[str]:
        """Return what says an address that only this machine reaches."""
        return [f"{name} {value}" for name, value in self._addresses() if LOOPBACK.fullmatch(value)]

    def _addresses(self) -> list[tuple[str, str]]:
        server = PROGRAMS.get(self.program)
        return [
            (name, value) for name, value in self.options() if server and name in server.addresses
        ]


def _port(value: str) -> bool:
    return bool(_FIXED_PORT.fullmatch(value))


def split(line: str) -> list[ShellCommand]:
    """Return the commands of a line of shell; nothing if it cannot be read."""
    try:
        lexer = shlex.shlex(
            _SUBSTITUTION.sub("$SUBSTITUTED", line), posix=True, punctuation_chars=True
        )
        lexer.whitespace_split = True
        lexer.commenters = ""
        words = list(lexer)
    except ValueError:
        return []
    commands: list[list[str]] = [[]]
    for word in words:
        if _SEPARATORS.fullmatch(word):
            commands.append([])
        elif commands[-1] or not (
            _ASSIGNMENT.match(word) or word in {"exec", "env", "nohup", "time"}
        ):
            commands[-1].append(word)
    return [
        ShellCommand(words[0].rpartition("/")[2], tuple(words[1:])) for words in commands if words
    ]
