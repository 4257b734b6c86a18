"""{{ "应用监听的地址；`python -m leanengine.address` 可打印出来。" if cookiecutter.language == "zh" else "The address that the app listens on; `python -m leanengine.address` prints it." }}"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

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


if __name__ == "__main__":
    print(both())
