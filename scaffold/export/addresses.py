"""Which addresses may be asked. The address of a file comes from a row that any client could write:
without a look at it, an export would ask this machine's own services.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from scaffold.errors import UsageError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# RFC 2544: for measurements. Proxies on a user's own machine answer every name with such an
# address, so that nothing could be downloaded through them.
_PROXIES = ipaddress.ip_network("198.18.0.0/15")
# RFC 6052: an IPv4 address is in the last 32 bits.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_private(host: str) -> bool:
    """Return whether a name stands for this machine or its network.

    Raises:
        OSError: nobody knows the name.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return any(_is_private(_address(str(entry[4][0]))) for entry in found)


def _address(text: str) -> Address:
    return ipaddress.ip_address(text.partition("%")[0])


def _is_private(address: Address) -> bool:
    inner = _inner(address)
    if inner is not None:
        return _is_private(inner)
    if address in _PROXIES:
        return False
    return not address.is_global or address.is_multicast


def _inner(address: Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def server(given: str) -> str:
    """Return the address of an API without what SDKs append to it.

    Raises:
        UsageError: it is none, or keys would cross the internet in the clear.
    """
    try:
        parts = urlsplit(given.strip())
        host = parts.hostname
        usable = parts.scheme in {"http", "https"} and bool(host) and parts.port != 0
    except ValueError:
        usable, host = False, None
    if not usable or not host or parts.username or parts.query or parts.fragment:
        raise UsageError("export.error.bad-server", server=given)
    found = given.strip().rstrip("/").removesuffix("/1.1")
    if parts.scheme == "http" and not is_known_private(host):
        raise UsageError("export.error.no-tls", server=found)
    return found


def is_known_private(host: str) -> bool:
    """Return whether a name stands for this machine or its network; one that nobody knows does
    not.
    """
    try:
        return is_private(host)
    except OSError:
        return False
