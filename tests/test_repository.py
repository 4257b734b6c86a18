"""The repository's address stands once, and what the package index shows leads there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

from hatch_build import with_absolute_links
from tests.conftest import ROOT
from tests.some import some
from tools import repository

if TYPE_CHECKING:
    from pathlib import Path

LINK = re.compile(r"\]\(([^)\s]+)\)")
KNOWN = "https://github.com/someone/scaffold"


def _pyproject(folder: Path, address: str) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(f'[project]\nname = "x"\n[project.urls]\nRepository = "{address}"\n', "utf-8")
    return path


def test_the_address_stands_once() -> None:
    """All addresses in `[project.urls]` begin with that of the repository."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    address = re.search(r'^Repository = "(.+)"$', text, re.MULTILINE)
    assert address
    urls = re.findall(r'^(?:Changelog|Issues) = "(.+)"$', text, re.MULTILINE)
    assert len(urls) == 2
    assert all(url.startswith(f"{address[1]}/") for url in urls)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("https://github.com/OWNER/scaffold", None),
        (KNOWN, KNOWN),
        (f"{KNOWN}/", KNOWN),
        ("https://gitlab.com/a/b/scaffold", "https://gitlab.com/a/b/scaffold"),
    ],
)
def test_an_unknown_owner_is_no_address(tmp_path: Path, written: str, found: str | None) -> None:
    """Until the owner is set there is no address; then it is the one that is written."""
    assert repository.address(_pyproject(tmp_path, written)) == found


def test_readmes_name_the_repository_once_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The READMEs are as `make pages` writes them, and get the owner when it is set."""
    assert repository.readmes() == {path: path.read_text("utf-8") for path in repository.readmes()}
    monkeypatch.setattr(repository, "address", lambda: KNOWN)
    texts = some(repository.readmes().values())
    assert all("gh:someone/scaffold" in text and "gh:OWNER" not in text for text in texts)


def test_links_lead_to_the_repository() -> None:
    """Files and pictures get the repository's address; whole addresses and anchors stay."""
    text = "[a](docs/a.md#b) ![p](docs/p.svg) [w](https://example.com/x) [here](#there)"
    assert with_absolute_links(text, KNOWN) == (
        f"[a]({KNOWN}/blob/main/docs/a.md#b) ![p]({KNOWN}/raw/main/docs/p.svg) "
        "[w](https://example.com/x) [here](#there)"
    )


def test_the_package_index_gets_links_that_work_there() -> None:
    """The metadata's text is README.md without a relative link."""
    metadata = ProjectMetadata(str(ROOT), PluginManager())
    core = metadata.core
    assert core.readme_content_type == "text/markdown"
    links = some(LINK.findall(core.readme))
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    assert core.urls["Repository"] in core.readme
