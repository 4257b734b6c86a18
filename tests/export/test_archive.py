"""The platform's own archive is ordered once, waited for and fetched, whatever goes wrong."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from scaffold.export import archive
from tests.export.platform import BAD_GATEWAY, BROKEN, Fault

if TYPE_CHECKING:
    from tests.export.conftest import Exporter

PACKED = bytes(range(256)) * 1000
DENIED = Fault(401, b'{"code": 401, "error": "Unauthorized."}')
FAILED = Fault(200, b'{"status": "failed", "id": "job-1"}')
NO_ID = Fault(200, b'{"status": "running", "id": "../../x"}')
GONE = Fault(404, b"")


@pytest.fixture
def packing(exporter: Exporter) -> Exporter:
    """Return what exports an app of which the platform makes an archive in three looks."""
    exporter.source.platform.archive = PACKED, 3
    return exporter


def _fail(exporter: Exporter, address: str, fault: Fault) -> None:
    """Have requests of an address fail from now on."""
    exporter.source.platform.fault = lambda _, path, __: fault if path == address else None


def test_the_archive_is_kept(packing: Exporter) -> None:
    """It is fetched when it is ready, listed with its checksum, readable for its owner only, and
    without a key in the request for it; an export without `--archive` leaves it.
    """
    manifest = packing.run(archives=True)
    assert manifest.problems == []
    assert manifest.archive
    file = packing.folder / manifest.archive.path
    assert file.read_bytes() == PACKED
    assert file.stat().st_mode & 0o777 == 0o600
    assert manifest.archive.sha256 == hashlib.sha256(PACKED).hexdigest()
    assert packing.waits.count(archive.WAIT) == 3
    platform = packing.source.platform
    asked = [path for path, _ in platform.requests].index("/packed")
    assert b"x-lc-key" not in platform.headers[asked]
    assert packing.run().archive == manifest.archive
    assert packing.verify() == []
    assert platform.orders == 1


def test_nobody_asks_for_it(packing: Exporter) -> None:
    """Without `--archive` none is ordered: the platform would mail the owner."""
    assert packing.run().archive is None
    assert packing.source.platform.orders == 0


@pytest.mark.parametrize("fault", [BROKEN, BAD_GATEWAY], ids=["broken", "502"])
def test_another_run_goes_on(packing: Exporter, fault: Fault) -> None:
    """What was ordered is fetched by the next run, and not ordered again."""
    _fail(packing, "/packed", fault)
    manifest = packing.run(archives=True)
    (problem,) = manifest.problems
    assert problem.startswith("archive: not there yet (")
    assert manifest.finished_at is None
    packing.source.platform.fault = lambda *_: None
    manifest = packing.run(archives=True)
    assert manifest.problems == []
    assert manifest.archive
    assert packing.source.platform.orders == 1


def test_it_takes_too_long(packing: Exporter, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export does not wait for ever."""
    monkeypatch.setattr(archive, "QUESTIONS", 2)
    (problem,) = packing.run(archives=True).problems
    assert problem == "archive: not there yet (running); run the same command again"
    assert packing.run(archives=True).problems == []
    assert packing.source.platform.orders == 1


def _orders_another_one(packing: Exporter) -> None:
    """Check that the next run orders an archive and has it."""
    before = packing.source.platform.orders
    packing.source.platform.fault = lambda *_: None
    assert packing.run(archives=True).archive
    assert packing.source.platform.orders == before + 1


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(DENIED, "HTTP 401: Unauthorized."), (NO_ID, "no id")],
    ids=["denied", "no id"],
)
def test_refused(packing: Exporter, fault: Fault, reason: str) -> None:
    """An export is complete without an archive that the platform does not make, and says so; the
    next run orders one again.
    """
    _fail(packing, "/1.1/exportData", fault)
    manifest = packing.run(archives=True)
    assert manifest.problems == []
    assert manifest.notes == [f"archive: the server makes none; nothing is missing: {reason}"]
    packing.is_equal()
    _orders_another_one(packing)


@pytest.mark.parametrize(
    ("address", "fault", "reason"),
    [
        ("/1.1/exportData/job-1", FAILED, "status 'failed'"),
        ("/packed", GONE, "HTTP 404"),
    ],
    ids=["failed", "gone"],
)
def test_ordered_again(packing: Exporter, address: str, fault: Fault, reason: str) -> None:
    """All else is exported where an archive does not come, and the next run orders another one."""
    _fail(packing, address, fault)
    manifest = packing.run(archives=True)
    assert manifest.problems == [f"archive: not there yet ({reason}); run the same command again"]
    packing.is_equal()
    _orders_another_one(packing)


def test_an_order_without_an_answer(packing: Exporter) -> None:
    """It is sent once: each one is mailed to the owner."""
    _fail(packing, "/1.1/exportData", BAD_GATEWAY)
    (problem,) = packing.run(archives=True).problems
    assert "HTTP 502" in problem
    asked = [path for path, _ in packing.source.platform.requests]
    assert asked.count("/1.1/exportData") == 1


def test_damaged(packing: Exporter) -> None:
    """A damaged archive is named by `--verify`, and another one is ordered when asked for."""
    packing.run(archives=True)
    (packing.folder / "archive.tar.gz").write_bytes(PACKED[:-1])
    assert packing.verify() == ["archive.tar.gz is missing or damaged"]
    assert packing.verify() == []
    assert packing.run(archives=True).archive
    assert packing.source.platform.orders == 2
