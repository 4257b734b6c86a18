"""Write the pages of docs/reference; with `--check`, only say whether they are up to date."""

from __future__ import annotations

import sys

from scaffold.messages import LANGUAGES
from tools.reference import cli, manifest, questions, starters, variables
from tools.written import ROOT, write

PAGES = (cli, questions, starters, variables, manifest)


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` report those that differ."""
    suffixes = {language: "md" if language == "en" else f"{language}.md" for language in LANGUAGES}
    folder = ROOT / "docs" / "reference"
    texts = {
        folder / f"{m.NAME}.{suffix}": m.page(each)
        for each, suffix in suffixes.items()
        for m in PAGES
    }
    return write(texts, check="--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
