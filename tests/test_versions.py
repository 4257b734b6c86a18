"""Which versions are published: read off the header of the bundle, without git."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from scaffold import versions
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.catalog import Catalog

COMMIT = "0123456789" * 4
HEADER = f"""# v2 git bundle
{COMMIT} HEAD
{COMMIT} refs/heads/main
{COMMIT} refs/tags/1.10.0
{COMMIT} refs/tags/1.9.0
{COMMIT} refs/tags/1.9.0rc1
{COMMIT} refs/tags/v3.0.0

PACK"""


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle with versions whose order is not that of their names."""
    path = tmp_path / "some.bundle"
    path.write_text(HEADER)
    monkeypatch.setattr(versions, "BUNDLE", path)
    return path


def test_published(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions come in their order as numbers, other tags are none, and no program is needed."""
    del bundle
    monkeypatch.setenv("PATH", "")
    assert versions.published() == ["1.9.0", "1.10.0"]
    assert versions.newest() == "1.10.0"


def test_references(bundle: Path) -> None:
    """References come with their commits; what a bundle of version 3 says
    beside them is passed over.
    """
    bundle.write_text(
        HEADER.replace("v2", "v3").replace("\n", f"\n@object-format=sha1\n-{COMMIT} base\n", 1)
    )
    found = versions.references(bundle)
    assert list(found) == [
        "HEAD",
        "refs/heads/main",
        *(f"refs/tags/{t}" for t in ("1.10.0", "1.9.0", "1.9.0rc1", "v3.0.0")),
    ]
    assert set(found.values()) == {COMMIT}


@pytest.mark.parametrize(
    "content", ["", "PK\x03\x04", "# v9 git bundle\n\n", HEADER.partition("\n\n")[0]]
)
def test_no_bundle(bundle: Path, content: str) -> None:
    """Another file, and one that ends too early, are not taken for a bundle without versions."""
    bundle.write_text(content)
    with pytest.raises(ValueError, match=r"some\.bundle"):
        versions.references(bundle)


def test_ours_begin_with_the_generation_of_lc() -> None:
    """The bundle of this checkout is read where it lies, and its first version is 1.0.0."""
    assert versions.BUNDLE == ROOT / "releases" / "starters.bundle"
    assert versions.published()[:2] == ["1.0.0", "2.0.0"]


def test_projects_record_the_newest(catalog: Catalog) -> None:
    """What `scaffold new` writes down is a version that is there, and the newest:
    copier.yml and the bundle agree.
    """
    assert (catalog.origin["_commit"], catalog.origin["_src_path"]) == (
        versions.newest(),
        versions.SOURCE,
    )
    assert (
        yaml.safe_load((ROOT / "copier.yml").read_text())["template_version"]["default"]
        == versions.newest()
    )


def test_nothing_slow_is_imported() -> None:
    """Every start of git's helper, and every update, imports this."""
    code = "import sys, scaffold.versions; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"subprocess", "json", "yaml", "jinja2", "click"} & set(done.stdout.split())
