"""Keys that stand in files, and files with keys that are uploaded."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from scaffold.checks import tree
from scaffold.checks.module import Module, arguments, conditions, environment_reads, literal
from scaffold.checks.rule import Edit, Finding, Rule
from scaffold.checks.rules.sdk import init_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.project import Project

IGNORE = ".leanignore"
_KEY = re.compile(r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{20,64}(?:,master)?", re.ASCII)
_LITERAL = re.compile(rb"[\"'][A-Za-z0-9]{20,64}(?:,master)?[\"']")
_NAMES = re.compile(rb"(?:app|master|hook|APP|MASTER|HOOK)_(?:key|KEY)")
# `APP_KEY`, `LC_APP_MASTER_KEY`, `hook_key`.
_KEY_NAME = re.compile(r"(?:^|_)(?:app|master|hook)_key$", re.IGNORECASE)
_IN_FILE = re.compile(r"(?:LC|LEANCLOUD)_APP_(?:MASTER_|HOOK_)?KEY\"?'?\s*(?:[=:]|\s)\s*[\"']?([A-Za-z0-9]{20,64})\b")
_SETTINGS = re.compile(r"\.(?:sh|bash|zsh|fish|ya?ml|toml|ini|cfg|conf|json|md|rst|txt|plist|example|prod|test)$|file$")
_SAMPLES = (".example", ".sample", ".template", ".dist")
# Fewer different characters are a stand-in: `xxxxxxxxxxxxxxxxxxxx1`.
_LEAST_CHARACTERS = 8
_SHOWN = 3


def is_key(text: str | None) -> bool:
    """Return whether a text looks like a key of the platform, and not like a stand-in for one."""
    return bool(text and _KEY.fullmatch(text) and len(set(text)) >= _LEAST_CHARACTERS)


def masked(text: str) -> str:
    """Return enough of a secret to find it."""
    return f"{text[:_SHOWN]}…"


class HardCodedKey(Rule):
    """A key stands in Python source."""

    id = "LE080"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each literal that is given to `init` or to a name that says key."""
        found: dict[tuple[str, int, int], Finding] = {}
        if project.mentions(b"leancloud"):
            for module, node, name in (*_given_to_init(project), *_named_keys(project)):
                text = literal(node)
                if text and is_key(text):
                    place = module.place(node)
                    found.setdefault(place, self.at(*place, name=name, value=masked(text)))
        yield from found.values()


def _given_to_init(project: Project) -> Iterator[tuple[Module, SgNode, str]]:
    for module, call in init_calls(project):
        positional, named = arguments(call)
        for name, node in zip(("app_key", "master_key", "hook_key"), positional[1:], strict=False):
            yield module, node, name
        for name, node in named.items():
            if name.endswith("_key"):
                yield module, node, name


def _named_keys(project: Project) -> Iterator[tuple[Module, SgNode, str]]:
    for module in project.modules_with(b"_KEY", b"_key"):
        # Both are cheap; parsing is not.
        if not _NAMES.search(module.data) or not _LITERAL.search(module.data):
            continue
        for name, values in module.assignments.items():
            if _KEY_NAME.search(name):
                yield from ((module, value, name) for value in values)
        for node, name in environment_reads(module):
            if not _KEY_NAME.search(name):
                continue
            parent = node.parent()
            above = parent.parent() if parent is not None else None
            if parent is None or above is None:
                continue
            if above.kind() == "assignment" and (value := above.field("right")) is not None:
                yield module, value, name
            elif above.kind() == "call":
                yield from ((module, value, name) for value in arguments(above)[0][1:2])


class KeyInFile(Rule):
    """A key stands in a script, a setting or a README."""

    id = "LE081"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each variable of the platform that is given a key; `.env` is the place for them."""
        for path in project.files:
            name = path.rpartition("/")[2]
            if path.endswith(".py") or not (_SETTINGS.search(name) or "env_setup" in name) or _is_test(path):
                continue
            if b"_APP_" not in project.read(path):
                continue
            for number, line in enumerate(project.text(path).splitlines(), 1):
                for match in _IN_FILE.finditer(line):
                    if is_key(match[1]):
                        yield self.at(path, number, match.start(1) + 1, value=masked(match[1]))


def _is_test(path: str) -> bool:
    return not {"test", "tests"}.isdisjoint(path.split("/")[:-1])


class HardCodedSecret(Rule):
    """What signs cookies stands in the source."""

    id = "LE082"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each SECRET_KEY or the like with a literal, under no condition."""
        for module in project.modules_with(b"SECRET_KEY", b"secret_key", b"CookieSessionMiddleware("):
            for node, name in _secrets(module):
                text = literal(node)
                if text and not conditions(node):
                    yield self.at(*module.place(node), name=name, value=masked(text))


def _secrets(module: Module) -> Iterator[tuple[SgNode, str]]:
    for node in module.nodes("assignment"):
        left, right = node.field("left"), node.field("right")
        if left is not None and right is not None:
            name = left.text()
            if name == "SECRET_KEY" or name.endswith((".secret_key", "config['SECRET_KEY']", 'config["SECRET_KEY"]')):
                yield right, name
    for call in module.calls("CookieSessionMiddleware"):
        positional, named = arguments(call)
        yield from ((node, "secret") for node in (*positional[1:2], *([named["secret"]] if "secret" in named else [])))


class _Ignored:
    """The patterns of .leanignore, as far as they name whole entries of the root."""

    def __init__(self, project: Project) -> None:
        self.patterns = []
        for line in project.text(IGNORE).splitlines():
            pattern = line.strip()
            if pattern and not pattern.startswith("#"):
                self.patterns.append(pattern.removeprefix("**/").removeprefix("/").removesuffix("/**").rstrip("/"))

    def covers(self, name: str) -> bool:
        covered = False
        for pattern in self.patterns:
            if pattern.startswith("!") and fnmatchcase(name, pattern[1:].removeprefix("/")):
                covered = False
            elif fnmatchcase(name, pattern):
                covered = True
        return covered


def _appending(project: Project, names: list[str]) -> tuple[Edit, ...]:
    """Return the edit that adds lines to an existing .leanignore, in its own kind of line."""
    data = project.read(IGNORE)
    if not data:
        return ()
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    lines = newline.join(name.encode() for name in names)
    ends = data.endswith(b"\n")
    return (Edit(len(data), len(data), (b"" if ends else newline) + lines + (newline if ends else b"")),)


class UploadsSecrets(Rule):
    """A file of secrets is uploaded."""

    id = "LE083"
    severity = "error"
    fixable = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where `.env` or `.env.local` lies in the root and .leanignore lets it pass."""
        ignored = _Ignored(project)
        found = [
            path
            for path in project.files
            if (path == ".env" or path.startswith(".env.")) and "/" not in path and not path.endswith(_SAMPLES)
        ]
        if names := [name for name in found if not ignored.covers(name)]:
            yield Finding(type(self), IGNORE, params={"names": ", ".join(names)}, edits=_appending(project, names))


class IncompleteIgnore(Rule):
    """.leanignore does not keep back what must not be uploaded."""

    id = "LE084"
    severity = "warning"
    fixable = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where `.env`, `.venv` or `.git` is missing from it, or there is no such file."""
        ignored = _Ignored(project)
        # The vendor's own list, which counts where there is no file, has .git and venv.
        usual = [".env", ".venv", ".git"] if project.has(IGNORE) else [".env", ".venv"]
        taken = {*tree.virtualenvs(project.root), *(path for path in project.files if "/" not in path)}
        names = [name for name in usual if name not in taken and not ignored.covers(name)]
        if names:
            edits = _appending(project, [name if name == ".env" else f"{name}/" for name in names])
            yield Finding(type(self), IGNORE, params={"names": ", ".join(names)}, edits=edits)


class UploadsVirtualenv(Rule):
    """A virtualenv is uploaded."""

    id = "LE085"
    severity = "warning"
    fixable = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each virtualenv in the root that .leanignore lets pass."""
        ignored = _Ignored(project)
        for name in tree.virtualenvs(project.root):
            standard = name == "venv" and not project.has(IGNORE)
            if not ignored.covers(name) and not standard:
                yield Finding(type(self), IGNORE, params={"name": name}, edits=_appending(project, [f"{name}/"]))
