"""`python -m scaffold`, and the console scripts."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from scaffold import __version__

# How many more objects there are before Python looks for garbage; its own number is 700.
_ALLOCATIONS = 50_000


def main() -> int:
    """Run the command line and return its exit code."""
    # Asked by editors and scripts, often: answered before anything slow is imported.
    if sys.argv[1:] == ["--version"]:
        try:
            # Importing click costs three times as much as the answer.
            os.write(sys.stdout.fileno(), f"scaffold {__version__}\n".encode())
        except (AttributeError, OSError):
            pass  # a stdout that is closed or full is an error of the command line
        else:
            return 0
    # Modules and starters stay until the end: looking for garbage among them as often as Python
    # does takes a fifteenth of `scaffold new`, and finds none.
    gc.set_threshold(_ALLOCATIONS)
    # Nor when it ends, which takes a tenth.
    atexit.register(gc.freeze)
    try:
        if instruction := os.environ.get("_SCAFFOLD_COMPLETE"):
            from scaffold.completion import answer

            return answer(instruction)
        from scaffold.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        # Before anything was begun, or a second time.
        return 130


if __name__ == "__main__":
    sys.exit(main())
