"""What is different when another host is rehearsed. POSIX only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.engine import confinement, hosting
from scaffold.engine.boot_run import Remark
from scaffold.errors import FailedError
from scaffold.messages import text

if TYPE_CHECKING:
    from scaffold.engine.boot_run import BootRun


def read_host(run: BootRun) -> str:
    """See what the host would start, and whether it can be rehearsed in full on this machine."""
    assert run.host
    start = hosting.read_start(run.source, run.host, run.manifest.run)
    host, command = run.host.title, start.command or text("check.host.none")
    if not start.own:
        raise FailedError(
            "boot.error.host-start",
            host=host,
            command=command,
            file=run.host.file,
            name=run.host.name,
        )
    # A container is confined by what runs it.
    if not run.in_container and (problem := confinement.problem()):
        run.remarks.append(Remark("note", text("boot.note.not-confined", problem=problem)))
    return text("boot.detail.host", host=host, command=command, origin=start.source)


def start_command(run: BootRun) -> str:
    """Return the line that starts the server; a host's is confined where that is possible."""
    command = run.manifest.run
    if not run.host or confinement.problem():
        return command
    assert run.folder
    return confinement.confined(command, run.folder)


def host_headers(run: BootRun) -> dict[str, str]:
    """Return what the host's health checks send."""
    return {"Host": run.host.health_host} if run.host and run.host.health_host else {}
