"""Requirements files, read as pip reads them. Nothing is opened, downloaded or run.

Source: pip's documentation, "Requirements File Format".
"""

from __future__ import annotations

from scaffold.requirements.parsed import (
    OPERATORS,
    Version,
    canonical,
    is_absolute,
    local_path,
    on_one_line,
    package,
)
from scaffold.requirements.reader import (
    Include,
    Option,
    Problem,
    RequirementsFile,
    included_by,
    parse,
)
from scaffold.requirements.requirement import Requirement

__all__ = [
    "OPERATORS",
    "Include",
    "Option",
    "Problem",
    "Requirement",
    "RequirementsFile",
    "Version",
    "canonical",
    "included_by",
    "is_absolute",
    "local_path",
    "on_one_line",
    "package",
    "parse",
]
