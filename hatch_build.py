"""Compile copier.yml and the templates into the wheel, so that an installed
scaffold needs neither Jinja nor YAML; and let the README's links lead to the repository.

Beside them goes the bundle of published versions: what a project is updated
to, and by which it is recorded.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

# A link or picture of Markdown to a file of the repository.
_RELATIVE = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<path>(?!https?:|#)[^)\s]+)\)")


class IndexReadme(MetadataHookInterface):
    """Gives the package index a README with links that work there."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the text, with the repository's address before each path."""
        text = (Path(self.root) / "README.md").read_text("utf-8")
        address = metadata["urls"]["Repository"]
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": with_absolute_links(text, address),
        }


def with_absolute_links(text: str, repository: str) -> str:
    """Return Markdown with links and pictures that lead to files of a repository."""

    def absolute(link: re.Match[str]) -> str:
        kind = "raw" if link["picture"] else "blob"
        target = f"{repository}/{kind}/main/{link['path']}"
        return f"{link['picture']}[{link['text']}]({target})"

    return _RELATIVE.sub(absolute, text)


class CompileStarters(BuildHookInterface[Any]):
    """Adds `scaffold/compiled/` to the wheel: questions.json, and one file a starter."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless the package is installed in place: a checkout
        reads its templates as they are.
        """
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, self.root)
        # Found by the line above.
        from scaffold.template_compiler import compile_questions, compile_starter
        from tools.release import BUNDLE, unpublished

        if changed := unpublished(root, BUNDLE):
            message = f"{changed[0]} is not as published: run make release VERSION=x.y.z first"
            raise ValueError(message)
        questions = compile_questions(root)
        starters = next(
            [c["value"] for c in q["choices"]] for q in questions if q["key"] == "starter"
        )
        compiled = {"questions": questions} | {
            name: compile_starter(root, name) for name in starters
        }
        folder = Path(self.directory) / "compiled"
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in compiled.items():
            file = folder / f"{name}.json"
            file.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), "utf-8")
            build_data["force_include"][str(file)] = f"scaffold/compiled/{name}.json"
        build_data["force_include"][str(BUNDLE)] = "scaffold/starters.bundle"
