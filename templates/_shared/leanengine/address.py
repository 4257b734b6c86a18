"""{{ "应用监听的地址；`python -m leanengine.address` 可打印出来。" if cookiecutter.language == "zh" else "The address that the app listens on; `python -m leanengine.address` prints it." }}"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def port(environ: Mapping[str, str] = os.environ) -> str:
    """{{ "返回端口：云引擎使用 LEANCLOUD_APP_PORT，其他主机使用 PORT。" if cookiecutter.language == "zh" else "Return the port: LeanEngine names it LEANCLOUD_APP_PORT, other hosts PORT." }}"""
    return environ.get("LEANCLOUD_APP_PORT") or environ.get("PORT") or "3000"


def host() -> str:
    """{{ "返回代表所有 IPv4 地址的地址；主机没有 IPv4 时返回 IPv6 的。" if cookiecutter.language == "zh" else "Return every address of IPv4, or of IPv6 where the host has no other." }}"""
    only_ipv6 = routes(socket.AF_INET6, "2001:db8::1") and not routes(socket.AF_INET, "192.0.2.1")
    return "::" if only_ipv6 else "0.0.0.0"


def routes(family: socket.AddressFamily, address: str) -> bool:
    """{{ "返回发往某地址的数据包能否离开本机；不会真的发送。" if cookiecutter.language == "zh" else "Return whether packets to an address would leave this host; none is sent." }}"""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
    except OSError:
        return False
    return True


def both() -> str:
    """{{ "返回服务器与浏览器书写形式的主机和端口。" if cookiecutter.language == "zh" else "Return host and port as servers and browsers write them." }}"""
    name = host()
    return f"[{name}]:{port()}" if ":" in name else f"{name}:{port()}"


def copy(listening: socket.socket) -> socket.socket:
    """{{ "返回同一个监听端口的另一个 socket：关闭原来的之后，仍能取出等待中的连接。" if cookiecutter.language == "zh" else "Return another socket for the same port: what waits there is not lost when the first is closed." }}"""
    again = socket.fromfd(listening.fileno(), listening.family, listening.type)
    again.setblocking(False)
    return again


def left(listening: socket.socket) -> list[tuple[socket.socket, Any]]:
    """{{ "关闭监听端口，返回已连接但尚未接受的连接及其地址；否则系统会重置它们。" if cookiecutter.language == "zh" else "Close a port; return the connections that nobody has accepted, with their addresses. The system would reset them." }}"""
    found = []
    with listening, suppress(BlockingIOError):
        while True:
            found.append(listening.accept())
    return found


if __name__ == "__main__":
    print(both())
