"""What holds for every source: bytes outside of the changes stay, it still
parses, a second run changes nothing.
"""

from __future__ import annotations

import ast
import re
import warnings

from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.engine.environment import DEPRECATED
from scaffold.migrate.names import RENAMED, STAGE_NAME
from scaffold.migrate.rewrite import rewrite

quick = settings(max_examples=60)
NAMES = sorted(DEPRECATED)
FOREIGN = [
    "LC_ALL",
    "LC_CTYPE",
    "LC_USER",
    "LC_APPS_PATH",
    "MY_LC_APP_ID",
    "LC_APP_IDS",
    "lc_app_id",
    "HOME",
]
KNOWN = st.sampled_from(sorted(RENAMED))
NAME = st.sampled_from(NAMES + FOREIGN)
TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\0\\'\"", exclude_categories=("Cs", "Cc")),
    max_size=8,
)
SHELL_LINES = [
    "export {}={!s}",
    "echo ${{{}}} {!s}",
    "# {} {!s}",
    "{}=1 python a.py {!s}",
    "echo '{} {!s}'",
    "{!s}{}",
]
PYTHON_LINES = [
    "a = os.environ['{}']  # {!s}",
    'b = os.environ.get("{}", "{!s}")',
    "if os.getenv('{}') == '1': pass  # {!s}",
    "{} = 1  # {!s}",
    "c = settings.{}  # {!s}",
    "print('{} {!s}')",
    "d = {{'{}': '{!s}'}}",
    "# os.environ['{}'] {!s}",
    "'''os.environ['{}'] {!s}'''",
    "e = f('{}', '{!s}')",
    "if int(os.environ['{}']): pass  # {!s}",
    "for n in ['{}', '{!s}']: os.environ[n]",
]
ENDS = st.sampled_from(["\n", "\r\n"])
PATHS = [
    "a.sh",
    ".env",
    "Dockerfile",
    "a.yml",
    "a.ini",
    "a.md",
    "Makefile",
    "a.json",
    "a.toml",
    "requirements.txt",
]


def _lines(forms: list[str]) -> st.SearchStrategy[list[str]]:
    line = st.builds(
        lambda form, name, text: form.format(name, text), st.sampled_from(forms), NAME, TEXT
    )
    return st.lists(line, max_size=12)


def _source(forms: list[str]) -> st.SearchStrategy[bytes]:
    parts = st.tuples(_lines(forms), ENDS, st.booleans(), st.sampled_from(["", "\ufeff"]))
    return parts.map(lambda p: (p[3] + p[1].join(p[0]) + (p[1] if p[2] else "")).encode())


def _undone(data: bytes) -> bytes:
    """Return text with all new names made old, so that two texts that
    differ in names only are the same.
    """
    for old, new in sorted(RENAMED.items(), key=lambda pair: -len(pair[1])):
        data = data.replace(new.encode(), old.encode())
    return data


def _compiles(data: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(data)
    except (SyntaxError, ValueError):
        return False
    return True


def _check(path: str, data: bytes) -> None:
    result = rewrite(path, data)
    again = rewrite(path, result.content)
    assert again.content == result.content
    assert again.changes == ()
    if STAGE_NAME.encode() not in data and b"LEANCLOUD" not in data:
        assert _undone(result.content) == data
    # Every line that is not among the changes is as it was, and those are.
    before, after = (text.decode().split("\n") for text in (data, result.content))
    assert len(before) == len(after)
    changed = [
        number for number, (old, new) in enumerate(zip(before, after, strict=True), 1) if old != new
    ]
    assert [change.line for change in result.changes] == changed
    # An old name is either gone or told, unless it is an identifier of Python.
    messages = {item.line for item in result.left}
    for number, line in enumerate(after, 1):
        for match in re.finditer(r"(?<![A-Za-z0-9_])LC_AP(?:P|I)_\w+", line):
            if match[0] in DEPRECATED and not path.endswith(".py"):
                assert number in messages, line


@quick
@given(_source(PYTHON_LINES).map(lambda data: b"import os\n" + data.removeprefix(b"\xef\xbb\xbf")))
def test_python(data: bytes) -> None:
    """Python source that compiled compiles, and differs in names and values of LC_APP_PROD only."""
    _check("a.py", data)
    if _compiles(data):
        assert _compiles(rewrite("a.py", data).content)


@quick
@given(st.sampled_from(PATHS), _source(SHELL_LINES))
def test_other_files(path: str, data: bytes) -> None:
    """So do shell, settings and documentation."""
    _check(path, data)


@quick
@given(
    st.sampled_from([*PATHS, "a.py", "a.txt", "setup.py"]),
    st.binary(max_size=60),
    KNOWN,
    st.binary(max_size=60),
)
def test_any_bytes(path: str, before: bytes, name: str, after: bytes) -> None:
    """Whatever a file holds, nothing fails, and only the name can change."""
    data = before + name.encode() + after
    result = rewrite(path, data)
    renamed = before + RENAMED[name].encode() + after
    assert result.content in {data, renamed}


@quick
@given(KNOWN, TEXT, st.sampled_from(["utf-8", "gb18030", "utf-8-sig"]))
def test_encodings(name: str, text: str, encoding: str) -> None:
    """A file in another encoding differs in the name only."""
    cookie = "gb18030" if encoding == "gb18030" else "utf-8"

    def make(name: str) -> bytes:
        lines = (
            f"# coding: {cookie}",
            "import os",
            f"x = u'{text}', os.environ['{name}']  # {text}",
            "",
        )
        return "\n".join(lines).encode(encoding)

    assert rewrite("a.py", make(name)).content == make(RENAMED[name])
