"""Messages: alike in both languages, there where the code asks for them,
and the same as copier.yml's.
"""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from scaffold import labels, messages
from scaffold.errors import PARTS
from tests.conftest import ROOT
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.catalog import Catalog

FOLDER = ROOT / "scaffold" / "messages"
AREAS = sorted(path.stem for path in (FOLDER / "en").glob("*.json"))
MODULES = sorted([*(ROOT / "scaffold").rglob("*.py"), *(ROOT / "hooks").glob("*.py")])
ERROR_PARTS = ("title", *PARTS)
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
KEY = re.compile(rf"(?:{'|'.join(AREAS)})(?:\.[\w.-]+)?")
# What stands for a part of a key that is known only when the program runs.
OPEN = "\0"

by_area = pytest.mark.parametrize("area", AREAS)


def _placeholders(message: str) -> set[str]:
    return {
        name.partition(".")[0] for _, name, _, _ in Formatter().parse(message) if name is not None
    }


def _all(language: str) -> dict[str, str]:
    return {
        key: message for area in AREAS for key, message in messages.area(area, language).items()
    }


def _copier() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "copier.yml").read_text("utf-8"))
    return loaded


def _codes() -> dict[tuple[str, str], str]:
    """Return what copier.yml's validators say, by the question and the code in brackets."""
    printed: dict[tuple[str, str], str] = {}
    for key, question in _copier().items():
        if isinstance(question, dict):
            choices = question.get("choices")
            parts = [question, *(choices.values() if isinstance(choices, dict) else ())]
            validators = "\n".join(part.get("validator", "") for part in parts)
            found = re.findall(r"\[([\w-]+)\] (.+?)(?= \{%|$)", validators, re.MULTILINE)
            printed |= {(key, code): text for code, text in found}
    return printed


def test_languages_have_the_same_areas() -> None:
    """Each language has the same files."""
    assert [path.stem for path in sorted((FOLDER / "zh").glob("*.json"))] == AREAS
    assert sorted(
        path.name for path in FOLDER.iterdir() if path.is_dir() and path.name[0] != "_"
    ) == ["en", "zh"]


@by_area
def test_languages_have_the_same_keys_and_placeholders(area: str) -> None:
    """Each message exists in both languages, in the same order, with the same placeholders."""
    english, chinese = messages.area(area, "en"), messages.area(area, "zh")
    assert list(english) == list(chinese)
    assert {k: _placeholders(m) for k, m in english.items()} == {
        k: _placeholders(m) for k, m in chinese.items()
    }


@by_area
@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_files_are_tidy(area: str, language: str) -> None:
    """Keys start with their area and are there once, and no message is
    empty or has blanks around it.
    """
    text = (FOLDER / language / f"{area}.json").read_text("utf-8")
    pairs: list[tuple[str, str]] = json.loads(text, object_pairs_hook=list)
    assert len({key for key, _ in pairs}) == len(pairs)
    for key, message in pairs:
        assert key.startswith(f"{area}."), key
        assert message.strip(), key
        assert message == message.rstrip() or key.startswith("cli.error."), (
            key
        )  # labels are padded to one width


def test_each_language_is_itself() -> None:
    """English has no Chinese characters; an error in Chinese has some in
    each part but what was seen.
    """
    assert [key for key, message in _all("en").items() if CHINESE.search(message)] == []
    errors = {
        key: message
        for key, message in _all("zh").items()
        if ".error." in key and key.split(".")[-1] != "seen"
    }
    assert [key for key, message in errors.items() if not CHINESE.search(message)] == []


def test_errors_are_whole() -> None:
    """Every group of an error has a title, what was seen and how to fix it; perhaps why it
    matters, and more for `scaffold explain`.
    """
    groups: dict[str, set[str]] = {}
    for key in _all("en"):
        group, _, part = key.rpartition(".")
        if re.fullmatch(r"\w+\.error\..+", group):
            groups.setdefault(group, set()).add(part)
    may, must = {*ERROR_PARTS, "more"}, {"title", "seen", "fix"}
    assert {name: parts for name, parts in groups.items() if not must <= parts <= may} == {}


def _strings(module: Path) -> Iterator[str]:
    """Yield a module's strings, with `OPEN` for what an f-string puts in; not its docstrings."""
    tree = ast.parse(module.read_text("utf-8"))
    within = {
        part
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(p.value) if isinstance(p, ast.Constant) else OPEN for p in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in within:
            yield node.value


def _uses() -> tuple[set[str], set[str]]:
    """Return the strings of the code that look like keys, open ones
    included, and all of its plain strings.
    """
    found = {string for module in MODULES for string in _strings(module)}
    found = {f"{string}{OPEN}" if string.endswith(".") else string for string in found}
    keys = {
        string for string in found if KEY.fullmatch(string.replace(OPEN, "x")) and "." in string
    }
    return keys, {string for string in found if OPEN not in string}


def _page_words(strings: set[str]) -> set[str]:
    """Return the words in the page of `scaffold up`, which asks for texts
    by the last part of their keys.

    Where it puts a key together, as in `status-${…}`, the rest is a word of
    its own, or comes from the code.
    """
    sources = [path.read_text("utf-8") for path in (ROOT / "scaffold" / "up" / "page").iterdir()]
    words = {word for source in sources for word in re.findall(r"[\w-]+", source)}
    beginnings = {
        found for source in sources for found in re.findall(r"text\(`([\w-]+)\$\{", source)
    }
    return words | {beginning + word for beginning in beginnings for word in words | strings}


@cache
def _pattern(use: str) -> re.Pattern[str]:
    pattern = re.escape(use).replace(re.escape(OPEN), "(.+?)")
    return re.compile(rf"{pattern}(?:\.(?:{'|'.join(ERROR_PARTS)}|more))?")


def _matches(use: str, key: str) -> re.Match[str] | None:
    return _pattern(use).fullmatch(key)


def test_every_key_in_the_code_exists() -> None:
    """What the code asks for is there: messages, groups of errors, and keys that are
    put together.
    """
    keys, _ = _uses()
    modules = {".".join(module.relative_to(ROOT).with_suffix("").parts) for module in MODULES}
    missing = [use for use in keys - modules if not any(_matches(use, key) for key in _all("en"))]
    assert [
        use
        for use in missing
        if not use.endswith((".json", ".jsonl", ".yaml", ".yml", ".py", ".js", ".sqlite3"))
    ] == []


def test_every_message_is_used(catalog: Catalog) -> None:
    """No message is left over: its key, or the part that completes it,
    stands in the code or in copier.yml.
    """
    keys, strings = _uses()
    questions = catalog.questions.values()
    parts = (
        strings
        | {code for _, code in _codes()}
        | {q.key for q in questions}
        | {c for q in questions for c in q.choices}
    )
    parts |= {f"{key}-near" for key in parts} | _page_words(strings)

    def is_used(key: str) -> bool:
        matches = (match for use in keys if (match := _matches(use, key)))
        return any(all(part in parts for part in match.groups()) for match in matches)

    assert [key for key in _all("en") if not is_used(key)] == []


def _calls(module: Path) -> Iterator[tuple[str, set[str]]]:
    """Yield the keys of messages that are written out, with the names of the
    values that are given for them.
    """
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        key = node.args[0]
        complete = all(keyword.arg for keyword in node.keywords)
        if (
            name in {"text", "UsageError", "FailedError"}
            and isinstance(key, ast.Constant)
            and complete
        ):
            yield str(key.value), {str(keyword.arg) for keyword in node.keywords}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_placeholders_get_values(module: Path) -> None:
    """Where a key is written out in the code, each placeholder of its message gets a value."""
    english = _all("en")
    missing: dict[str, set[str]] = {}
    for key, given in _calls(module):
        used = {key} & set(english) or {f"{key}.{part}" for part in ERROR_PARTS}
        asked = (_placeholders(english[k]) for k in used if k in english)
        missing[key] = set().union(*asked) - given
    assert {key: names for key, names in missing.items() if names} == {}


@pytest.mark.parametrize(("question", "code"), _codes())
def test_validators_say_the_same(question: str, code: str) -> None:
    """What a validator of copier.yml says is the title of scaffold's error, in English
    and Chinese.
    """
    name = f"answers.error.{code}.title"
    english, chinese = (_all(language)[name].format(question=question) for language in ("en", "zh"))
    assert _codes()[question, code] == f"{english} / {chinese}"


def test_every_choice_is_described(catalog: Catalog) -> None:
    """Each question is asked in both languages, and each choice says in both what it is for;
    a product such as Heroku has one name.
    """
    for question in some(catalog.questions.values()):
        described = [labels.choice(question, choice, "en") for choice in question.choices]
        for english in [labels.prompt(question, "en"), *described]:
            assert english
            assert not CHINESE.search(english)
        chinese = [labels.choice(question, choice, "zh") for choice in question.choices]
        assert CHINESE.search(labels.prompt(question, "zh"))
        names = [text for text in chinese if not CHINESE.search(text)]
        assert set(names) <= set(described)


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "ZH_cn"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ({"LANG": "C", "LC_CTYPE": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_language_of_the_locale(environ: dict[str, str], language: str) -> None:
    """The locale's variables count in the order of POSIX, and an empty one does not count."""
    assert messages.detect_language(environ) == language


def test_text_speaks_the_current_language() -> None:
    """The same key gives another text after the language was changed."""
    assert messages.text("wizard.yes") == "yes"
    messages.set_language("zh")
    assert messages.language() == "zh"
    assert messages.text("wizard.yes") == "是"


@pytest.mark.parametrize("key", ["new.no-such-message", "new.made"])
def test_faults_of_the_program(key: str) -> None:
    """An unknown key, or a placeholder without a value, is a KeyError."""
    with pytest.raises(KeyError):
        messages.text(key)
