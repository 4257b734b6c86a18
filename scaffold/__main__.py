"""`python -m scaffold`, and the console scripts."""

from __future__ import annotations

import os
import sys

from scaffold import __version__


def main() -> int:
    """Run the command line and return its exit code."""
    # Asked by editors and scripts, often: answered before anything slow is imported.
    if sys.argv[1:] == ["--version"]:
        print(f"scaffold {__version__}")  # noqa: T201 - importing click costs three times as much as the answer
        return 0
    try:
        if instruction := os.environ.get("_SCAFFOLD_COMPLETE"):
            from scaffold.completion import answer  # noqa: PLC0415 - as above

            return answer(instruction)
        from scaffold.cli import run  # noqa: PLC0415 - as above

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        # Before anything was begun, or a second time.
        return 130


if __name__ == "__main__":
    sys.exit(main())
