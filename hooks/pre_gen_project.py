"""Check the answers before cookiecutter writes anything: the rules and the
words of the command line.

`python -m tools.doors` puts this file, what it imports from scaffold, the compiled questions and
the messages into one file in each starter, because a hook runs alone: from a temporary file, with
cookiecutter's Python, without scaffold.
"""

from __future__ import annotations

import os
import re
import sys

from hooks.within import ANSWERS, QUESTIONS, begin
from scaffold.catalog import Catalog
from scaffold.errors import ScaffoldError, UsageError
from scaffold.messages import text
from scaffold.paths import is_git_folder
from scaffold.questions import UserInput

# A name that no system takes for a path, a drive, a device or an option.
PLAIN_NAME = re.compile(
    r"[^\x00-\x1f/\\:*?\"<>|~.\s-](?:[^\x00-\x1f/\\:*?\"<>|]*[^\x00-\x1f/\\:*?\"<>|.\s])?"
)
LONGEST_NAME = 255  # bytes, on the usual file systems
ORIGIN = "cookiecutter"
# How the command line gives an answer that cookiecutter takes as KEY=VALUE.
_FLAGS = (
    (r"-d (\w+=)", r"\1"),
    (r"--cloud-functions\b", "cloud_functions=true"),
    (r"--(starter|server|python|dependencies) (?=\S)", r"\1="),
)


def check_folder(name: str) -> None:
    """Refuse a folder that is more than a name: it could lead out of the
    place that cookiecutter writes to.

    Raises:
        UsageError: it is empty, has a separator, a drive or a mark of a
            shell, is git's own, or is too long.
    """
    if (
        not PLAIN_NAME.fullmatch(name)
        or is_git_folder(name)
        or len(os.fsencode(name)) > LONGEST_NAME
    ):
        raise UsageError("cookiecutter.error.folder-not-plain", value=name)


def check_answers() -> None:
    """Refuse what the command line refuses.

    Raises:
        UsageError: a value is wrong, or two clash.
    """
    catalog = Catalog()
    vars(catalog)["_raw_questions"] = QUESTIONS
    starter = ANSWERS["_starter"]
    if ANSWERS["starter"] != starter:
        raise UsageError(
            "cookiecutter.error.other-starter", value=ANSWERS["starter"], starter=starter
        )
    catalog.resolve({key: UserInput(ANSWERS[key], ORIGIN) for key in catalog.questions})


def in_cookiecutters_words(message: str) -> str:
    """Return a message with answers as cookiecutter takes them: `python=3.11` for
    `--python 3.11`.
    """
    for flag, answer in _FLAGS:
        message = re.sub(flag, answer, message)
    return message


def main() -> int:
    """Say what is wrong and return 2, or return 0 and say nothing."""
    begin()
    try:
        check_answers()
        check_folder(ANSWERS["__folder"])
    except ScaffoldError as error:
        print(in_cookiecutters_words(str(error)), file=sys.stderr)
        print(text("cookiecutter.refused"), file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
