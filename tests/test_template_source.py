"""Addresses of templates: which are refused, what git and copier call the
others, and how versions are ordered.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold import template_source, versions
from scaffold.errors import UsageError

if TYPE_CHECKING:
    from tests.conftest import Scaffold

REFUSED = (
    "ext::sh -c touch% PWN",
    "EXT::sh -c touch% PWN",
    "ext://sh -c touch% PWN",
    "git+ext::sh -c touch% PWN",
    "fd::17",
    "fd::0,1/x",
    "--upload-pack=touch PWN",
    "git+--upload-pack=touch PWN",
    "ssh://-oProxyCommand=touch PWN/x",
    "ssh://git@-oProxyCommand=touch PWN/x",
    "-oProxyCommand=touch PWN:x",
    "https://example.org/a\nb",
)


@pytest.mark.parametrize("source", REFUSED)
def test_refused(source: str, workspace: Path, scaffold: Scaffold) -> None:
    """An address that makes git start programs is refused at once, from the
    command line and from a project.
    """
    with pytest.raises(UsageError, match=re.escape("of a kind that scaffold does not use")):
        template_source.git_address(source)
    result = scaffold("new", "shop", "--defaults", f"--template={source}")
    assert result.code == 2
    assert re.search("scaffold explain foreign-(odd-address|no-folder)\n", result.err)
    (workspace / ".copier-answers.yml").write_text(
        f"_commit: 1.0.0\n_src_path: {json.dumps(source)}\n", "utf-8"
    )
    result = scaffold("update", ".", "--check")
    assert (result.code, "scaffold explain foreign-odd-address" in result.err) == (2, True)
    assert not list(workspace.rglob("PWN*"))


GIT = {
    versions.SOURCE: str(versions.BUNDLE),
    "gh:somebody/template": "https://github.com/somebody/template",
    "gl:/somebody/template": "https://gitlab.com/somebody/template",
    "git+https://example.org/t": "https://example.org/t",
    "ssh://git@example.org/t": "ssh://git@example.org/t",
    "somebody@example.org:t": "somebody@example.org:t",
    "file:///no/such/t": "file:///no/such/t",
    "/": "/",
    "~": str(Path.home()),
    "x" * 300: "x" * 300,
}


@pytest.mark.parametrize("source", GIT)
def test_git_address(source: str) -> None:
    """Shorter forms become whole addresses, and folders whole paths."""
    expected = str(Path.home()) if source == "~" else GIT[source]
    assert template_source.git_address(source) == expected


RECORDED = {
    "gh:somebody/template": "gh:somebody/template",
    "git@example.org:t": "git@example.org:t",
    "https://github.com/somebody/template": "https://github.com/somebody/template",
    "https://example.org/t.git": "https://example.org/t.git",
    "https://example.org/t": "git+https://example.org/t",
    "file:///no/such/t": "git+file:///no/such/t",
    "somebody@example.org:t": "git+somebody@example.org:t",
    "ssh://example.org/t": "git+ssh://example.org/t",
    "/no/such/folder": "/no/such/folder",
    versions.SOURCE: versions.SOURCE,
}


@pytest.mark.parametrize("source", RECORDED)
def test_as_recorded(source: str) -> None:
    """What copier would take for a folder is recorded so that it takes it for an address."""
    assert template_source.as_recorded(source) == RECORDED[source]


def test_releases() -> None:
    """Tags that are versions come in their order as numbers; others are left
    out, and so are absurd numbers.
    """
    tags = ("v1.10", "1.9", "2.0rc1", "main", "v1.2.3", "9" * 5000)
    listed = "".join(f"{'0' * 40}\trefs/tags/{tag}\n" for tag in tags).encode()
    assert template_source.releases(listed) == ["v1.2.3", "1.9", "v1.10"]
