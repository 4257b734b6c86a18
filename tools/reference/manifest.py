"""The page of leanengine.yaml, from the keys that scaffold/engine/manifest.py reads."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from scaffold import messages
from scaffold.engine.manifest import KEYS, Manifest, UseDefault
from tools.reference.markdown import anchor, code, texts_of
from tools.reference.markdown import page as whole_page

NAME = "leanengine-yaml"


def page(language: str) -> str:
    """Return the page of one language."""
    texts = texts_of(NAME, language)
    spoken = messages.language()
    messages.set_language(language)
    expected = {name: messages.text(key.expected, **key.params) for name, key in KEYS.items()}
    messages.set_language(spoken)
    sections = (_section(name, expected[name], texts) for name in KEYS)
    return whole_page(
        "leanengine.yaml",
        "scaffold/engine/manifest.py",
        texts["introduction"].splitlines(),
        *sections,
        [texts["old"]],
    )


def _section(name: str, expected: str, texts: dict[str, Any]) -> list[str]:
    lines = [
        *anchor(name.lower()),
        f"## {name}",
        "",
        texts["keys"][name],
        "",
        "- " + texts["value"].format(expected),
    ]
    default = _default(name)
    return [*lines, "- " + texts["default"].format(code(default))] if default else lines


def _default(name: str) -> str:
    """Return what stands for a key that is absent, as it would be written; nothing if
    nothing does.
    """
    value = next(field.default for field in fields(Manifest) if field.name == KEYS[name].field)
    if value == (UseDefault(),):
        return "{ use: default }"
    if isinstance(value, bool):
        return str(value).lower()
    # `run`: what the default does here is the vendor's `lean up`; the text says so.
    return str(value) if value and name != "run" else ""
