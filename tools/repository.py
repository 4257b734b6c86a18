"""The address of the repository, which stands once: `[project.urls]` in pyproject.toml.

README.md and README.zh.md name it too, in the form that cookiecutter reads; `make pages` writes
it there.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from tools.written import ROOT, write

if TYPE_CHECKING:
    from pathlib import Path

PYPROJECT = ROOT / "pyproject.toml"
# Stands in the address until somebody has published the repository.
UNKNOWN = "OWNER"
_SHORT = re.compile(r"\bgh:[\w.-]+/[\w.-]+")


def address(pyproject: Path = PYPROJECT) -> str | None:
    """Return the repository's address, without a slash at its end; None while it is unknown."""
    urls = tomllib.loads(pyproject.read_text("utf-8"))["project"]["urls"]
    url: str = urls["Repository"].rstrip("/")
    return None if f"/{UNKNOWN}/" in url else url


def readmes() -> dict[Path, str]:
    """Return the READMEs with the repository as cookiecutter reads it."""
    url = address()
    texts = {path: path.read_text("utf-8") for path in sorted(ROOT.glob("README*.md"))}
    if not url or not url.startswith("https://github.com/"):
        return texts
    short = url.replace("https://github.com/", "gh:")
    return {path: _SHORT.sub(short, text) for path, text in texts.items()}


if __name__ == "__main__":
    sys.exit(write(readmes(), check="--check" in sys.argv[1:]))
