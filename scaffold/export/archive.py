"""The archive that the platform itself makes of an app, for those who want that as well.

It holds the classes once more, as of one moment, and nothing that the export has not. It is kept
as it comes; nothing here opens it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.export import layout
from scaffold.export.client import AGAIN, RefusedError
from scaffold.export.downloads import NoContentError
from scaffold.export.manifest import ArchiveEntry
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scaffold.export.client import Api
    from scaffold.export.downloads import Downloads
    from scaffold.export.journal import ExportJournal

ADDRESS = "/1.1/exportData"
WAIT = 15.0  # seconds between two questions whether it is ready
QUESTIONS = 240
_JOB = "archive"  # in the journal: what was ordered and has not come
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)


class NotReadyError(Exception):
    """The platform still works on the archive, or it could not be fetched; another run goes on, or
    orders another one.
    """


@dataclass
class ArchiveReader:
    """Orders an archive, waits for it and fetches it. Source: REST guide of data storage,
    "数据导出 API".

    Args:
        api: whom to ask.
        downloads: fetches it, without keys.
        journal: remembers what was ordered.
        progress: is called with each question whether it is ready.
    """

    api: Api
    downloads: Downloads
    journal: ExportJournal
    progress: Callable[[str, int], None]

    def read(self, folder: Path) -> ArchiveEntry:
        """Return the archive, which replaces an earlier one.

        Args:
            folder: the export.

        Raises:
            RefusedError: the server takes no order.
            NotReadyError: it is not there yet, or another one has to be ordered.
            FailedError: the server fails again and again.
        """
        job = self.journal.meta(_JOB) or self._order()
        try:
            content = self.downloads.fetch(self._address(job), folder / layout.ARCHIVE)
        except NoContentError as error:
            if error.state != "failed":
                self.journal.set_meta(_JOB, "")
            raise NotReadyError(error.problem) from error
        except RefusedError as error:
            self.journal.set_meta(_JOB, "")
            raise NotReadyError(error.reason) from error
        self.journal.set_meta(_JOB, "")
        return ArchiveEntry(layout.ARCHIVE, content.bytes, content.sha256)

    def _order(self) -> str:
        try:
            answer = self.api.post(ADDRESS)
        except RefusedError as error:
            if error.status in AGAIN:
                raise NotReadyError(error.reason) from error
            raise
        job = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(job, str) or not _ID.fullmatch(job):
            raise RefusedError(200, "no id")
        self.journal.set_meta(_JOB, job)
        return job

    def _address(self, job: str) -> str:
        """Wait until an archive is ready; return where it is."""
        for _ in range(QUESTIONS):
            answer = self.api.get(f"{ADDRESS}/{job}")
            known = answer if isinstance(answer, dict) else {}
            url, status = known.get("download_url"), known.get("status")
            if status == "done" and isinstance(url, str):
                return url
            if status != "running":
                raise RefusedError(200, f"status {str(status)[:40]!r}")
            self.progress(text("export.step.archive"), 1)
            self.api.pace.sleep(WAIT)
        raise NotReadyError("running")
