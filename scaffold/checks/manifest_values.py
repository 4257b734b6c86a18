"""leanengine.yaml as it is written, for rules about its keys and lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scaffold import parsing
from scaffold.engine.manifest import KEYS


@dataclass
class ManifestValues:
    """What leanengine.yaml says.

    Attributes:
        values: by key; a key without a value is left out.
        lines: where each key stands.
        problem: why it cannot be read, and on which line; empty if it can.
    """

    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    problem: str = ""
    problem_line: int = 1

    def is_refused(self, *keys: str) -> bool:
        """Return whether one of these keys has a value that the platform does not understand."""
        return any(key in self.values and self.accepted(key) is None for key in keys)

    def accepted(self, key: str) -> Any:
        """Return a key's value as the platform reads it, None if it is absent or cannot be read."""
        try:
            return KEYS[key].read(self.values[key])
        except (KeyError, TypeError, ValueError):
            return None


def read_manifest(data: bytes) -> ManifestValues:
    """Return what leanengine.yaml says.

    Raises:
        ParseError: it is no YAML.
    """
    node = parsing.compose_yaml(data)
    content = parsing.construct_yaml(node)
    if node is None or content is None:
        return ManifestValues()
    if not isinstance(content, dict):
        return ManifestValues(problem=type(content).__name__)
    lines = {str(parsing.construct_yaml(key)): key.start_mark.line + 1 for key, _ in node.value}
    values = {str(key): value for key, value in content.items() if value is not None}
    # Keys that come from an alias (`<<: *other`) have no line of their own.
    return ManifestValues(values, {**dict.fromkeys(values, 1), **lines})
