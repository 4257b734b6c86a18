"""Compile copier.yml and the templates into the wheel, so that an installed scaffold needs neither Jinja nor YAML.

Beside them goes the bundle of published versions: what a project is updated to, and by which it is recorded.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileStarters(BuildHookInterface[Any]):
    """Adds `scaffold/compiled/` to the wheel: questions.json, and one file a starter."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless the package is installed in place: a checkout reads its templates as they are."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, self.root)
        # Found by the line above.
        from scaffold.compiler import compile_questions, compile_starter  # noqa: PLC0415
        from tools.release import BUNDLE, unpublished  # noqa: PLC0415

        if changed := unpublished(root, BUNDLE):
            message = f"{changed[0]} is not as published: run make release VERSION=x.y.z first"
            raise ValueError(message)
        questions = compile_questions(root)
        starters = next([c["value"] for c in q["choices"]] for q in questions if q["key"] == "starter")
        compiled = {"questions": questions} | {name: compile_starter(root, name) for name in starters}
        folder = Path(self.directory) / "compiled"
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in compiled.items():
            file = folder / f"{name}.json"
            file.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), "utf-8")
            build_data["force_include"][str(file)] = f"scaffold/compiled/{name}.json"
        build_data["force_include"][str(BUNDLE)] = "scaffold/starters.bundle"
