"""The arguments and docstrings of cloud functions, read from the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.up.signatures import Signature, signatures

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '''
from app import engine

raise SystemExit("never run")


@engine.define
def hello(name, times=2, *, loud=False, at=now(), **params):
    """Greet somebody.

    Twice.
    """


@engine.define("other-name")
async def named():
    pass


@engine.before_save("Review")
def review(review):
    """Not a function that clients call."""
'''


def test_signatures(tmp_path: Path) -> None:
    """Defaults that are written out are there, others are null; nothing is run."""
    (tmp_path / "cloud.py").write_text(SOURCE, "utf-8")
    (tmp_path / "broken.py").write_text("def define(:", "utf-8")
    (tmp_path / "deep.py").write_text("define = " + "(" * 5000 + ")" * 5000, "utf-8")
    assert signatures(tmp_path) == {
        "hello": Signature(
            {"name": None, "times": 2, "loud": False, "at": None}, "Greet somebody.\n\nTwice."
        ),
        "other-name": Signature({}, ""),
    }
