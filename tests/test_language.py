"""Projects in Chinese: the same code as in English, and words in one language only."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING

import pytest
from binaryornot.check import is_binary

from scaffold.render import render
from tests.conftest import CATALOG, ROOT
from tests.pairs import projects
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Iterator

CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
# Four words in a row are prose, once code and addresses are out of the way.
IMPORT = r"\bfrom [\w.]+ import \w+(?:, \w+)*"
CODE = re.compile(rf"(?m)^    .*$|{IMPORT}|`[^`]*`|\S*[^\w\s,.;()'’-]\S*|\b\w+\([^)]*\)")
ENGLISH = re.compile(r"[A-Za-z']+(?:,? [A-Za-z']+){3}")
# Written from tools/pins.yaml, and read by pip and copier.
NOT_PROSE = re.compile(r"(.*lint\.txt|\.copier-answers\.yml)$")
# In these a comment begins with #.
COMMENTED = re.compile(
    r"(.*\.(py|yaml|yml|toml|ini|sh|conf)|requirements.*|.*ignore|\.env\.example|.*Dockerfile)$"
)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)

pytestmark = pytest.mark.usefixtures("rendered_once")


def _contents(starter: str) -> Iterator[tuple[str, str, str]]:
    """Yield each file that some project of a starter has: its path, and what it
    holds in English and in Chinese.
    """
    compiled, seen = CATALOG.starter(starter), set()
    # Only requirements, which have no prose, depend on the Python.
    different = {
        tuple((key, value) for key, value in answers.items() if key != "python"): answers
        for answers in projects(CATALOG, starter)
    }
    for answers in different.values():
        english = render(compiled, {**answers, "language": "en"})
        chinese = render(compiled, {**answers, "language": "zh"})
        assert english.keys() == chinese.keys()
        for path, content in english.items():
            if (path, content) not in seen and not NOT_PROSE.match(path):
                seen.add((path, content))
                yield path, content.decode("utf-8"), chinese[path].decode("utf-8")


def _code(source: str) -> list[str]:
    """Return the tokens of a module without comments and docstrings."""
    documented = (node for node in ast.walk(ast.parse(source)) if isinstance(node, DOCUMENTED))
    docstrings = {node.body[0].lineno for node in documented if ast.get_docstring(node)}
    return [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in {tokenize.COMMENT, tokenize.NL}
        and not (token.type == tokenize.STRING and token.start[0] in docstrings)
    ]


def _words(path: str, content: str) -> list[str]:
    """Return the comments and docstrings of a file."""
    if not COMMENTED.match(path):
        return []
    if not path.endswith(".py"):
        return re.findall(r"(?:^|\s)#+ (.*)$", content, re.MULTILINE)
    documented = (node for node in ast.walk(ast.parse(content)) if isinstance(node, DOCUMENTED))
    words = [ast.get_docstring(node) or "" for node in documented]
    tokens = tokenize.generate_tokens(io.StringIO(content).readline)
    return words + [token.string for token in tokens if token.type == tokenize.COMMENT]


def test_cookiecutter_takes_them_for_text() -> None:
    """It copies what it takes for binary as it is, and judges by the first bytes: there
    Chinese may be cut in the middle of a character.
    """
    files = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if is_binary(str(path))] == []


@pytest.mark.parametrize("starter", CATALOG.questions["starter"].choices)
def test_languages(starter: str) -> None:
    """A file has the same code in both languages; in English it has nothing in Chinese but
    test data and fonts, in Chinese no comment in English.
    """
    for path, english, chinese in some(_contents(starter)):
        if path.endswith(".py"):
            assert _code(english) == _code(chinese), path
        assert [
            line for line in english.splitlines() if CHINESE.search(line) and "你好" not in line
        ] == [], path
        assert [text for text in _words(path, english) if CHINESE.search(text)] == []
        prose = [CODE.sub("", text) for text in _words(path, chinese)]
        assert [text for text in prose if ENGLISH.search(text)] == [], path
