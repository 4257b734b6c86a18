"""Every file of every project of a starter, highlighted, each distinct line stored once."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from scaffold.catalog import INDEPENDENT, combinations
from scaffold.render import render
from tools.site.explore.rules import as_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pygments.lexer import Lexer

    from scaffold.catalog import Catalog
    from scaffold.questions import Answer

# What Pygments calls the language of a file: by its name, else by its ending.
LANGUAGES = {
    ".css": "css",
    ".editorconfig": "ini",
    ".env.example": "ini",
    ".html": "html+jinja",
    ".ini": "ini",
    ".json": "json",
    ".md": "markdown",
    ".py": "python",
    ".sh": "bash",
    ".toml": "toml",
    ".yaml": "yaml",
    ".yml": "yaml",
    "Dockerfile": "docker",
    "Procfile": "yaml",
    "requirements-dev.txt": "ini",
    "requirements.in": "ini",
    "requirements.txt": "ini",
}
# Where a text can be cut without a change of its colours: before a section, or a definition of a
# module. Versions of a file differ in few of these pieces, and each is highlighted once.
_PIECES = {"markdown": re.compile(r"(?<=\n\n)(?=## )"), "python": re.compile(r"(?<=\n\n\n)(?=\S)")}
_WHOLE = re.compile(r"(?!)")
_FORMATTER = HtmlFormatter(nowrap=True)
MISSING = -1


class Numbers(dict[Any, int]):
    """Numbers things in the order in which they are met."""

    def __missing__(self, thing: Any) -> int:
        self[thing] = len(self)
        return self[thing]


def combination(answers: Mapping[str, Answer]) -> str:
    """Return the name of a combination: the answers that Explore asks for."""
    left_out = {"project_name", "title", *INDEPENDENT}
    return "/".join(as_text(answer) for key, answer in answers.items() if key not in left_out)


def highlighted(path: str, content: str) -> list[str]:
    """Return the lines of a file as HTML, each whole in itself; the last is empty
    if the file ends with its line.
    """
    name = path.rpartition("/")[2]
    language = LANGUAGES.get(name) or LANGUAGES.get(f".{name.rpartition('.')[2]}", "text")
    html = "".join(_html(language, piece) for piece in _PIECES.get(language, _WHOLE).split(content))
    # The formatter ends the last line, whether it was ended or not.
    return (html if content.endswith("\n") else html.removesuffix("\n")).split("\n")


@cache
def _html(language: str, piece: str) -> str:
    html: str = highlight(piece, _lexer(language), _FORMATTER)
    return html


@cache
def _lexer(language: str) -> Lexer:
    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


def starter_data(catalog: Catalog, starter: str) -> dict[str, Any]:
    """Return all projects of a starter.

    Returns:
        `lines`: distinct lines of HTML; `files`: distinct files, each a list of numbers of lines;
        `paths`: every path; `combinations`: by name, for each path the number of its file, or -1.
    """
    compiled = catalog.starter(starter)
    lines, files, paths = Numbers(), Numbers(), Numbers()
    trees: dict[str, dict[int, int]] = {}
    for answers in combinations(catalog, starter):
        made = render(compiled, answers)
        trees[combination(answers)] = {
            paths[path]: files[path, content] for path, content in made.items()
        }
    numbered = [
        [lines[line] for line in highlighted(path, content.decode("utf-8"))]
        for path, content in files
    ]
    return {
        "lines": list(lines),
        "files": numbered,
        "paths": list(paths),
        "combinations": {name: _row(tree, range(len(paths))) for name, tree in trees.items()},
    }


def _row(tree: Mapping[int, int], paths: Iterable[int]) -> list[int]:
    return [tree.get(path, MISSING) for path in paths]
