"""The names of files in an export. Names of classes and files come from a server: one may be
`../../.bashrc`, `CON`, differ from another by case only, or have a thousand characters.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

FORMAT = 1
MANIFEST = "manifest.json"
SCHEMAS = "schemas.json"
FUNCTIONS = "functions.json"
CLASSES = "classes"
DELETED = "deleted"
RELATIONS = "relations"
FILES = "files"
FILES_LIST = "files.jsonl"
MESSAGES = "conversations/messages.jsonl"
INBOXES = "inboxes.jsonl"
ARCHIVE = "archive.tar.gz"
JOURNAL = "journal.sqlite3"
# How lines begin that are no rows. The console writes one at the top of each class.
COMMENT = "#"
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", re.ASCII)
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_-]+", re.ASCII)
_LOWER = re.compile(r"[a-z0-9]{1,64}", re.ASCII)
# Source: "Naming Files, Paths, and Namespaces" of Windows; with an extension they are as reserved.
_RESERVED = re.compile(r"(?i:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_SHORT = 60
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}", re.ASCII)


def safe(name: str) -> str:
    """Return a name that every file system takes: the same one if it can be, else what can be kept
    of it and a part of its SHA-256.
    """
    is_safe = _PLAIN.fullmatch(name) and not _RESERVED.fullmatch(name) and not name.endswith(".")
    return name if is_safe else marked(name)


def marked(name: str) -> str:
    """Return a safe name that no other name has, wherever case does not count."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{_NOT_PLAIN.sub('_', name)[:_SHORT]}~{digest}"


def path_of(folder: str, name: str, taken: Container[str]) -> str:
    """Return the path of what a class or a relation has.

    Args:
        folder: `CLASSES` or `RELATIONS`.
        name: the class, or class and key with a dot between.
        taken: the paths of others, in lower case.
    """
    path = f"{folder}/{safe(name)}.jsonl"
    return f"{folder}/{marked(name)}.jsonl" if path.lower() in taken else path


def file_path(object_id: str, name: str) -> str:
    """Return the path of a file's contents: its id, and its name as far as that can be one."""
    own = object_id if _LOWER.fullmatch(object_id) else marked(object_id)
    stem, dot, extension = name.rpartition(".")
    suffix = dot + extension
    if not stem or not _EXTENSION.fullmatch(suffix):
        stem, suffix = name, ""
    shown = _NOT_PLAIN.sub("_", stem)[:_SHORT]
    return f"{FILES}/{own}-{shown or 'file'}{suffix}"
