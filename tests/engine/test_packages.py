"""System dependencies as Debian packages: told where there is dpkg, and never in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.engine import packages
from scaffold.engine.manifest import SYSTEM_DEPENDENCIES

if TYPE_CHECKING:
    from pathlib import Path


def dpkg_query(folder: Path, script: str) -> str:
    """Make a `dpkg-query` that runs `script`; return its folder."""
    program = folder / "dpkg-query"
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    return str(folder)


def test_every_name() -> None:
    """Each name that leanengine.yaml may hold has its packages."""
    assert set(packages.PACKAGES) == set(SYSTEM_DEPENDENCIES)


def test_present(tmp_path: Path) -> None:
    """What is installed counts, on hold or for an architecture too; what was
    removed and what is unknown does not.
    """
    rows = ["ffmpeg ii ", "chromium hi ", "libgif-dev:amd64 ii ", "imagemagick rc ", "odd"]
    path = dpkg_query(
        tmp_path, "\n".join([*(f"echo '{row}'" for row in rows), "echo unknown >&2", "exit 1"])
    )
    assert packages.present(["any"], path) == frozenset({"ffmpeg", "chromium", "libgif-dev"})


def test_describe(tmp_path: Path) -> None:
    """A line says what a name means, and what of it is missing here."""
    path = dpkg_query(tmp_path, "echo 'ffmpeg ii '; echo 'fonts-wqy-microhei ii '")
    fonts = "fonts-wqy-zenhei fonts-wqy-microhei"
    assert packages.describe(["ffmpeg", "fonts-wqy", "python-talib", "ffmpeg"], path) == [
        "systemDependencies: ffmpeg is Debian's ffmpeg; present on this machine",
        f"systemDependencies: fonts-wqy is Debian's {fonts}; not on this machine: fonts-wqy-zenhei",
        (
            "systemDependencies: python-talib is no Debian package; the wheels of TA-Lib bring "
            "the library"
        ),
    ]


def test_no_dependencies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is asked for, nobody is asked."""
    monkeypatch.setattr(packages, "present", lambda *_: pytest.fail("asked"))
    assert packages.describe([]) == []


@pytest.mark.parametrize("script", [None, "exec sleep 60"], ids=["none", "hangs"])
def test_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None) -> None:
    """Without dpkg, or when it does not answer, the packages are named and no more."""
    monkeypatch.setattr(packages, "_TIMEOUT", 0.2)
    path = dpkg_query(tmp_path, script) if script else str(tmp_path)
    assert packages.describe(["imagemagick"], path) == [
        "systemDependencies: imagemagick is Debian's imagemagick"
    ]
