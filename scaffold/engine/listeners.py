"""Where the processes of an app listen, as Linux tells in /proc."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PROC = Path("/proc")
_LISTEN = "0A"
_SOCKET = re.compile(r"socket:\[(\d+)\]")
_WORD = 8  # hexadecimal digits; each word is in the machine's order


class Listener(NamedTuple):
    """An address that a process accepts connections on."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return ipaddress.ip_address(self.host).is_loopback

    def __str__(self) -> str:
        """Return it as servers print it: `127.0.0.1:8000`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def listeners(processes: Iterable[int]) -> list[Listener]:
    """Return where processes listen over TCP; nothing where the system does not tell.

    Args:
        processes: their numbers.
    """
    inodes = {inode for number in processes for inode in _sockets(number)}
    tables = (PROC / "net" / name for name in ("tcp", "tcp6"))
    found = [entry for table in tables for entry in _listening(table) if inodes]
    return sorted({listener for inode, listener in found if inode in inodes})


def _sockets(number: int) -> Iterator[str]:
    try:
        for link in (PROC / str(number) / "fd").iterdir():
            if match := _SOCKET.fullmatch(str(link.readlink())):
                yield match[1]
    except OSError:
        return  # it ended meanwhile, or is somebody else's


def _listening(table: Path) -> Iterator[tuple[str, Listener]]:
    """Yield each listening socket of a table of the kernel's with its inode."""
    try:
        lines = table.read_text("ascii").splitlines()[1:]
    except OSError:
        return
    for line in lines:
        _, local, _, state, *rest = line.split()
        if state == _LISTEN:
            address, _, port = local.partition(":")
            yield rest[5], Listener(_host(address), int(port, 16))


def _host(digits: str) -> str:
    words = [bytes.fromhex(digits[n : n + _WORD])[::-1] for n in range(0, len(digits), _WORD)]
    address = ipaddress.ip_address(b"".join(words))
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
