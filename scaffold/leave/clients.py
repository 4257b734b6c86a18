"""What clients next to the app use of the platform, as far as their source names it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from scaffold import files
from scaffold.checks.module import has_long_line
from scaffold.leave import addresses
from scaffold.leave.client_sdks import (
    CONCEPTS,
    INITIALISERS,
    JAVASCRIPT,
    LANGUAGES,
    METHODS,
    service_of,
)
from scaffold.leave.services import of_class
from scaffold.leave.source_text import SourceText
from scaffold.leave.uses import ServiceUse
from scaffold.leave.values import queried_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.checks.project import Project
    from scaffold.leave.client_sdks import Language

_ALL = "|".join((r"(?:IM[A-Z]|LiveQuery)\w*", *sorted(CONCEPTS, key=len, reverse=True)))
_BASES = "Object|User|Installation|Role|File"
# In Swift the names of realtime messaging have no prefix.
_NAME_OF_CLASS = (
    r"(?<!@interface )(?<!@implementation )(?<![\w.$@])(?:AV|LC|(?=IM[CTM]|LiveQ))"
    rf"(?P<concept>{_ALL})\b"
)
# `LCQuery.getQuery(`, `new LCQuery<>(`, `[AVQuery queryWithClassName:`, `class Todo extends
# LCObject`.
_PREFIXED = re.compile(
    rf"(?P<new>\bnew\s+)?{_NAME_OF_CLASS}"
    r"(?:\s*<[\w<>, .?]*>)?\s*(?:\(|\.\s*(?P<method>\w+)|(?(new)\{|(?!)))"
    rf"|\[\s*(?:AV|LC)(?P<sent>{_ALL})\s+(?P<message>\w+)"
    r"|(?:\bclass|@interface)\s+(?P<defined>\w+)[^\n{;()<]*?(?:\bextends|:)\s*"
    rf"(?:AV|LC)(?P<base>{_BASES})\b"
    r"|(?P<annotation>@(?:AV|LC)ClassName)\("
)
_MENTIONED = re.compile(_NAME_OF_CLASS)
# Services that types say nothing of.
_NOT_BY_TYPES = frozenset({"addresses"})
_NAMESPACE = (
    r"(?:\bclass\s+(?P<defined>\w+)\s+extends\s+)?(?<![\w.$])(?:{names})\."
    r"(?:(?P<concept>{concepts})\b(?:\s*\.\s*(?P<method>\w+))?|(?P<function>{functions})\s*\()"
)
_NAMED = (
    r"(?:\bclass\s+(?P<defined>\w+)\s+extends\s+)?(?<![\w.$])"
    r"(?P<concept>{names})\b\s*(?:\(|\.\s*(?P<method>\w+)|(?=\{{))"
)
_SDK = re.compile(
    r"(?<![\w.])(?:LeanCloud\.initialize\s*\(|LCApplication\.default\.set\s*\("
    r"|LCApplication\.default\.(?P<push>currentInstallation)\b)"
)
_MASTER = re.compile(r"\buseMasterKey\s*:\s*true\b")
_MODULE = r"['\"](?:[\w./@-]*/)?(?:leancloud-|leanengine|avoscloud-sdk)[\w/.-]*['\"]"
_IMPORTS = re.compile(
    r"\bimport\s+(?:\*\s+as\s+)?(?P<default>\w+)?\s*,?\s*(?:\{(?P<named>[^}]*)\})?\s*from\s*"
    rf"{_MODULE}"
    r"|(?:const|let|var)\s+(?:(?P<required>\w+)|\{(?P<taken>[^}]*)\})\s*=\s*require\(\s*"
    rf"{_MODULE}"
)
_NAME = re.compile(r"(\w+)(?:\s+as\s+|\s*:\s*)?(\w+)?")
_IMPORT = re.compile(r"\s*[#@]?(?:import|include|using|package)\b")
# The class or function that follows: `("Todo"`, `.extend('Todo'`, `(Post.class`, `:@"Todo"`.
_SUBJECT = re.compile(
    r"(?:\s*<[^\n<>]*>)?\s*(?:[(:]\s*)?(?:className:\s*)?"
    r"@?(?:[\"'](?P<text>\w+)[\"']|(?P<type>\w+)(?:\.class|\.self|::class)\b"
    r"|(?:AV\.)?(?P<name>[A-Z]\w*[a-z]\w*)\s*[,)])"
)
# Methods with the name of a class or function in the first place; '' is a constructor.
_NAMING = re.compile(
    r"|extend|getquery|createwithoutdata|registersubclass|\w*withclassname|run|rpc|call\w*|define"
    r"|(?:before|after)\w+",
    re.IGNORECASE,
)
_COPY = re.compile(r"\bAV\.VERSION\b|\bAV\._(?:request|config|initialize)\b")
_WITH_SUBJECT = frozenset({"objects", "functions", "hooks"})


def uses(project: Project) -> Iterator[ServiceUse]:
    """Yield what the sources of clients use, by language."""
    for language in LANGUAGES:
        paths = [path for path in project.files if path.endswith(language.suffixes)]
        texts = {path: found for path in paths if (found := _read(project, path)) is not None}
        speaks = {path for path, text in texts.items() if language.gate.search(text)}
        tree = language.by_tree and (speaks or _is_named(project, language))
        for path, text in texts.items():
            source = SourceText(text)
            if path in speaks or tree:
                yield from _of_file(path, source, language)
            yield from _strings(path, source, language)


def _read(project: Project, path: str) -> str | None:
    """Return a source's text, None for what a program wrote and for copies of the SDK."""
    data = project.read(path)
    if not data or has_long_line(data):
        return None
    text = files.decode(data)
    return None if _COPY.search(text) else text


def _is_named(project: Project, language: Language) -> bool:
    """Return whether a list of dependencies names the SDK."""
    names = ("package.json", "Podfile", "Cartfile", "Package.swift")
    lists = (path for path in project.files if path.rpartition("/")[2] in names)
    return any(language.gate.search(project.text(path)) for path in lists)


def _of_file(path: str, source: SourceText, language: Language) -> Iterator[ServiceUse]:
    found: dict[tuple[int, str, str], ServiceUse] = {}
    for match, concept, method in _matches(source, language):
        service = _service(concept, method)
        if service is None:
            continue
        subject = _subject(source, match, method) if service in _WITH_SUBJECT else ""
        if service == "objects" and subject:
            service = of_class(subject)
        line, column = source.place(match.start())
        use = ServiceUse(path, line, column, service, subject, method or concept, language.name)
        found.setdefault((line, service, subject), use)
    for match in _SDK.finditer(source.code):
        service = "push" if match["push"] else "addresses"
        line, column = source.place(match.start())
        yield ServiceUse(
            path, line, column, service, operation=match["push"] or "init", language=language.name
        )
    yield from found.values()
    if language.name not in {JAVASCRIPT, "typescript"}:
        yield from _mentions(
            path, source, language, {*_NOT_BY_TYPES, *(use.service for use in found.values())}
        )


def _mentions(
    path: str, source: SourceText, language: Language, known: set[str]
) -> Iterator[ServiceUse]:
    """Yield the first place of each service that a file names in types alone."""
    for match in _MENTIONED.finditer(source.code):
        service = _service(match["concept"], "")
        if service and service not in known and not _is_import(source, match):
            known.add(service)
            place = source.place(match.start())
            yield ServiceUse(path, *place, service, "", match["concept"], language.name)


def _is_import(source: SourceText, match: re.Match[str]) -> bool:
    start = source.text.rfind("\n", 0, match.start()) + 1
    return _IMPORT.match(source.text, start) is not None


def _service(concept: str, method: str) -> str | None:
    """Return the service of a method of a class, or of a function of the whole SDK."""
    if concept in INITIALISERS:
        return INITIALISERS[concept]
    for name, pattern, service in METHODS:
        if name == concept and pattern.fullmatch(method):
            return service or None
    return service_of(concept)


def _matches(source: SourceText, language: Language) -> Iterator[tuple[re.Match[str], str, str]]:
    """Yield where the SDK is named, with the class (or function) and the method."""
    if language.name in {JAVASCRIPT, "typescript"}:
        yield from _javascript(source)
        return
    for match in _PREFIXED.finditer(source.code):
        if _is_import(source, match):
            continue
        concept = match["concept"] or match["sent"] or match["base"] or "Object"
        yield match, concept, match["method"] or match["message"] or ""


def _javascript(source: SourceText) -> Iterator[tuple[re.Match[str], str, str]]:
    spaces, named = _imported(source.without_comments)
    for match in _namespace(frozenset({"AV", *spaces})).finditer(source.code):
        yield match, match["concept"] or match["function"], match["method"] or ""
    if named:
        pattern = re.compile(_NAMED.format(names="|".join(map(re.escape, named))))
        for match in pattern.finditer(source.code):
            yield match, named[match["concept"]], match["method"] or ""
    for match in _MASTER.finditer(source.code):
        yield match, "useMasterKey", ""


@cache
def _namespace(names: frozenset[str]) -> re.Pattern[str]:
    return re.compile(
        _NAMESPACE.format(
            names="|".join(sorted(map(re.escape, names))),
            concepts=_ALL,
            functions="|".join(sorted(INITIALISERS)),
        )
    )


def _imported(code: str) -> tuple[set[str], dict[str, str]]:
    """Return the names that a script has for the whole SDK, and those for parts of it."""
    spaces: set[str] = set()
    named: dict[str, str] = {}
    for match in _IMPORTS.finditer(code):
        spaces |= {name for name in (match["default"], match["required"]) if name}
        for part in (match["named"] or match["taken"] or "").split(","):
            pair = _NAME.search(part)
            if pair and pair[1] in CONCEPTS:
                named[pair[2] or pair[1]] = pair[1]
    return spaces, named


def _subject(source: SourceText, match: re.Match[str], method: str) -> str:
    """Return the class or function that a call names, '' where it names none."""
    defined = match.groupdict().get("defined")
    if defined or not _NAMING.fullmatch(method):
        return defined or ""
    end = match.end() - (match[0].endswith("("))
    found = _SUBJECT.match(source.without_comments, end)
    if not found:
        return ""
    named = found["type"] or found["name"]
    return queried_name(named) if named else found["text"]


def _strings(path: str, source: SourceText, language: Language) -> Iterator[ServiceUse]:
    evident = addresses.EVIDENCE.search(source.text.encode()) is not None
    for position, value in source.strings():
        found = addresses.in_string(value, evident=evident)
        if found:
            yield ServiceUse(path, *source.place(position), *found, language=language.name)
