"""Output: data on stdout, messages on stderr, and streams that are closed,
full, narrow or no terminal.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest

from scaffold import output
from scaffold.errors import FailedError


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


class Full(io.StringIO):
    """A stream onto a full disk."""

    def flush(self) -> None:
        """Find no room."""
        raise OSError(28, "No space left on device")


def test_data_and_messages(capsys: pytest.CaptureFixture[str]) -> None:
    """Data goes to stdout, messages and errors to stderr."""
    output.data("data")
    output.say("message")
    output.say()
    output.complain("title\nrest")
    assert capsys.readouterr() == ("data\n", "message\n\ntitle\nrest\n")


def test_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    """Quiet is quiet about all but data and errors."""
    output.settings.quiet = True
    output.data("data")
    output.say("message")
    output.complain("error")
    assert capsys.readouterr() == ("data\n", "error\n")


@pytest.mark.parametrize(
    ("environ", "color"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "x"}, True),
    ],
)
def test_colours_of_the_environment(environ: dict[str, str], color: bool) -> None:
    """NO_COLOR counts if it is not empty, and a dumb terminal has no colours."""
    assert output.OutputSettings.of_environment(environ) == output.OutputSettings(
        quiet=False, color=color
    )


def test_colours_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the first line of an error is red; the rest is as it was."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    output.complain("title\nrest")
    assert terminal.getvalue() == "\x1b[31mtitle\x1b[0m\nrest\n"
    output.settings.color = False
    assert output.style("text", "green") == "text"


@pytest.mark.usefixtures("capsys")
def test_no_colours_in_a_file() -> None:
    """Where stderr is no terminal nothing is styled."""
    assert output.style("text", "green") == "text"


@pytest.mark.parametrize("stream", ["stdin", "stderr"])
def test_streams_that_are_closed(
    stream: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a stream closed from outside nobody is asked, and no message is printed among
    the data.
    """
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(sys, "stdin", Terminal())
    assert output.can_prompt()
    monkeypatch.setattr(sys, stream, None)
    assert not output.can_prompt()
    output.say("message")
    output.complain("error")
    output.data("data")
    assert capsys.readouterr().out == "data\n"
    assert terminal.getvalue() == ("" if stream == "stderr" else "message\n\x1b[31merror\x1b[0m\n")


def test_stdout_on_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data that cannot be written is an error, not a traceback at exit."""
    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(FailedError) as caught:
        output.data("data")
    assert caught.value.key == "cli.error.output-lost"


@pytest.mark.parametrize(
    ("encoding", "escaped"),
    [("utf-8", False), ("gb18030", False), ("gbk", False), ("ascii", True), ("latin-1", True)],
)
def test_documents_are_the_same_in_every_encoding(
    encoding: str,
    escaped: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """JSON shows Chinese where stdout can, and escapes it where it cannot: no character is lost."""
    content: dict[str, Any] = {"text": "云引擎", "number": 1, "list": [True, None]}
    buffer = io.BytesIO()
    monkeypatch.setattr(
        sys, "stdout", io.TextIOWrapper(buffer, encoding=encoding, errors="replace")
    )
    output.document(content)
    text = buffer.getvalue().decode(encoding)
    assert json.loads(text) == content
    assert ("\\u4e91" in text) == escaped
