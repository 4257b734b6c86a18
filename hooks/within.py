"""What both hooks need, and what `python -m tools.doors` puts into them."""

from __future__ import annotations

import os
import sys
import tempfile
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from scaffold.messages import detect_language, set_language

# In a starter's hook these hold the answers, cookiecutter's own settings among
# them, and copier.yml's questions.
ANSWERS: dict[str, Any] = {}
QUESTIONS: list[dict[str, Any]] = []


def begin() -> None:
    """Speak the user's language, and remove the temporary file that
    cookiecutter runs a hook from and leaves.
    """
    set_language(detect_language(os.environ))
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese must not turn a message into a traceback.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    script = Path(__file__).resolve()
    if script.parent == Path(tempfile.gettempdir()).resolve() and script.name.startswith(
        tempfile.gettempprefix()
    ):
        script.unlink(missing_ok=True)
