"""A leanengine.yaml of the user's that starts nothing gets a `run`; all
that it says stays, byte for byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tests.adopt.conftest import TUTORIAL, after, changed

if TYPE_CHECKING:
    from tests.adopt.conftest import Planned
    from tests.trees import Tree


@pytest.mark.parametrize(
    "content",
    [
        "# mine\nsystemDependencies:\n  - imagemagick",
        "systemDependencies: # why\r\n  - imagemagick\r\n# end\r\n",
        "runtime: python\n",
        "# only a comment\n",
        "",
    ],
)
def test_added(planned: Planned, content: str) -> None:
    """The lines come at the end, in the file's own line ends."""
    found = planned(TUTORIAL, {"leanengine.yaml": content})
    text = after(found, "leanengine.yaml")
    assert text.startswith(content)
    message = yaml.safe_load(text)
    assert message.pop("run").startswith("exec python -u -m leanengine.server")
    assert message == (yaml.safe_load(content) or {})
    assert text.count("\r\n") == (text.count("\n") if "\r\n" in content else 0)
    assert "leanengine.yaml" not in found.managed
    assert "leanengine/" in changed(found)


def test_empty_run(planned: Planned) -> None:
    """A `run` without a line gets one where it stands."""
    content = "runtime: python\nrun:  # later\nbuild: make\n"
    text = after(planned(TUTORIAL, {"leanengine.yaml": content}), "leanengine.yaml")
    assert text.startswith(
        "runtime: python\nrun: exec python -u -m leanengine.server  # later\nbuild"
    )
    assert text.endswith("\nbuild: make\n")


@pytest.mark.parametrize(
    "content",
    [
        "run: gunicorn -b 0.0.0.0:$LEANCLOUD_APP_PORT wsgi\n",
        "{systemDependencies: [imagemagick]}\n",
        "runtime: nodejs\n",
        "systemDependencies: [\n",
    ],
)
def test_left(planned: Planned, content: str) -> None:
    """What starts something, is no Python, or could not be added to without a change stays."""
    assert "leanengine.yaml" not in changed(planned(TUTORIAL, {"leanengine.yaml": content}))


def test_local_wheel(planned: Planned) -> None:
    """A wheel of the project's is in the build folder when it is installed."""
    tree: Tree = {
        "requirements.txt": "flask\n./wheels/a-1.0-py3-none-any.whl\n",
        "wheels/a-1.0-py3-none-any.whl": "x",
    }
    message = yaml.safe_load(after(planned(TUTORIAL, tree), "leanengine.yaml"))
    assert message["install"] == [
        {"require": ["wheels/a-1.0-py3-none-any.whl"]},
        {"use": "default"},
    ]
