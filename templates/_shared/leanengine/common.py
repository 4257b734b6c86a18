"""{{ "各类应用共用的 HTTP 处理：健康检查、拒绝请求、主机名、协议与长度。" if cookiecutter.language == "zh" else "HTTP as every kind of app needs it: the health check, refusals, hosts, schemes, lengths." }}"""

from __future__ import annotations

import json
import platform
import re
from typing import TYPE_CHECKING

from {{ 'leanengine.environment' if cookiecutter._app_module else 'env' }} import env
{% if cookiecutter.cloud_functions %}
from leanengine.sdk import leancloud
{% endif %}

if TYPE_CHECKING:
    # {{ "状态码、头与内容" if cookiecutter.language == "zh" else "Status, headers and body" }}
    Answer = tuple[int, list[tuple[str, str]], bytes]

PING_PATHS = ("/__engine/1/ping", "/__engine/1.1/ping")
{% if cookiecutter.cloud_functions %}
VERSION = leancloud.__version__
{% else %}
VERSION = env.LEANCLOUD_VERSION_TAG
{% endif %}
RUNTIME = f"{platform.python_implementation().lower()}-{platform.python_version()}"

MAX_BODY_MB = env.MAX_BODY_MB
# {{ "请求已被拒绝后，客户端要先发完请求体才会读取响应。" if cookiecutter.language == "zh" else "Who sends a body to an app that has refused it already has to get rid of it before it reads the answer." }}
# {{ "因此读取并丢弃剩余部分，但限制大小与时间。" if cookiecutter.language == "zh" else "So the rest is read and dropped: so much, so long." }}
DRAIN_BYTES = 128 * 2**20
DRAIN_SECONDS = 30

# {{ "域名或地址，加上端口。其他内容会让框架生成的链接指向别处。" if cookiecutter.language == "zh" else "A name or an address, and a port. Anything else makes the addresses that a framework builds lead elsewhere." }}
HOST = re.compile(r"([a-z0-9._~-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
{% if cookiecutter.https_redirect %}
LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]"}
# {{ "平台为应用提供的域名；预备环境在名称前加 stg-。" if cookiecutter.language == "zh" else "Where the platform serves an app: with stg- before its name, the stage." }}
PLATFORM_DOMAINS = ("leanapp.cn", "cn-e1.leanapp.cn", "avosapps.us")
{% endif %}


def is_ping(path: str) -> bool:
    """{{ "返回路径是否为平台的健康检查。" if cookiecutter.language == "zh" else "Return whether a path is that of the platform's health check." }}"""
    return path.rstrip("/") in PING_PATHS


def ping() -> Answer:
{% if cookiecutter.cloud_functions %}
    """{{ "返回健康检查的响应，与 SDK 一致：状态码、头与内容。" if cookiecutter.language == "zh" else "Return the answer to a health check, as the SDK gives it: status, headers and body." }}"""
{% else %}
    """{{ "以 LeanCloud SDK 的格式返回健康检查的响应：状态码、头与内容。" if cookiecutter.language == "zh" else "Return the answer to a health check, in the form of the LeanCloud SDK: status, headers and body." }}"""
{% endif %}
    return json_answer(200, {"version": VERSION, "runtime": RUNTIME})


def refusal(status: int, error: str) -> Answer:
    """{{ "以 SDK 的格式返回错误：状态码、头与内容。" if cookiecutter.language == "zh" else "Return an error in the SDK's form: status, headers and body." }}"""
    return json_answer(status, {"code": status, "error": error})


def json_answer(status: int, content: object) -> Answer:
    """{{ "返回 JSON 响应：状态码、头与内容。" if cookiecutter.language == "zh" else "Return an answer with JSON: status, headers and body." }}"""
    body = json.dumps(content).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    return status, headers, body


def fault(host: str | None, length: str | None) -> Answer | None:
    """{{ "Host 或 Content-Length 无效时返回拒绝响应，否则返回 None。" if cookiecutter.language == "zh" else "Return a refusal if a request's Host or Content-Length is none, else None." }}"""
    if host and not HOST.fullmatch(host):
        return refusal(400, "The Host header is malformed.")
    if length and not re.fullmatch("[0-9]+", length):
        return refusal(400, "The Content-Length header is malformed.")
    return None


def is_too_long(length: str | None, most: int = MAX_BODY_MB) -> bool:
    """{{ "返回（有效的）Content-Length 是否超过 `most` MB。" if cookiecutter.language == "zh" else "Return whether a Content-Length, which has no fault, is more than `most` MB." }}"""
    return length is not None and length != "" and (len(length) > 15 or int(length) > most * 2**20)


def too_long(most: int = MAX_BODY_MB) -> Answer:
    """{{ "返回请求体超过 `most` MB 时的拒绝响应。" if cookiecutter.language == "zh" else "Return the refusal of a body that is longer than `most` MB." }}"""
    return refusal(413, f"The body is longer than {most} MB.")


def page_fault(path: str, host: str | None, length: str | None) -> Answer | None:
    """{{ "返回对页面请求的拒绝响应；没有问题时返回 None。" if cookiecutter.language == "zh" else "Return a refusal of a request for the app's own pages, or None." }}"""
    if "\0" in path or "%00" in path:
        return refusal(400, "The path is malformed.")  # {{ "去查找这种文件会导致崩溃" if cookiecutter.language == "zh" else "it would crash whoever looks for such a file" }}
    return fault(host, length) or (too_long() if is_too_long(length) else None)


def visitor_scheme(forwarded: str, default: str) -> str:
{% if cookiecutter.language == "zh" %}
    """返回访客使用的协议："https" 或 "http"。

    `forwarded` 是请求头 X-Forwarded-Proto，是一个列表：最前面是访客的协议，之后是各级代理之间的协议。
    没有这个请求头时，连接直接来自访客，协议为 `default`。
    """
{% else %}
    """Return "https" or "http": how the visitor came.

    `forwarded` is the header X-Forwarded-Proto, a list: the visitor's scheme first, then those between
    proxies. Without it, the connection is the visitor's own and `default` its scheme.
    """
{% endif %}
    schemes = [scheme.strip().lower() for scheme in forwarded.split(",")]
    scheme = next(filter(None, schemes), default)
    return {"wss": "https", "ws": "http"}.get(scheme, scheme)
{% if cookiecutter.https_redirect %}


def redirect(method: str, location: str) -> Answer:
    """{{ "返回让访客跳转的响应：状态码、头与内容。" if cookiecutter.language == "zh" else "Return an answer that sends the visitor elsewhere: status, headers and body." }}"""
    # {{ "收到 301 后，浏览器一律改用 GET；308 保留请求方法与请求体。" if cookiecutter.language == "zh" else "A browser repeats a 301 as GET whatever it was; 308 keeps the method and the body." }}
    status = 301 if method in ("GET", "HEAD") else 308
    return status, [("Location", location), ("Content-Length", "0")], b""


def https_address(host: str, target: str) -> str | None:
{% if cookiecutter.language == "zh" %}
    """返回请求对应的 https:// 地址；Host 不属于本应用时返回 None。

    `target` 是访客所写的路径与查询参数。
    """
{% else %}
    """Return the https:// address of a request, or None if its Host is not one of this app's.

    `target` is path and query as the visitor wrote them.
    """
{% endif %}
    match = HOST.fullmatch(host)
    if not match or not is_served(match[1].lower()):
        return None
    if not target.startswith("/"):  # {{ "http://host/path（代理收到的形式）或 *" if cookiecutter.language == "zh" else "http://host/path, which proxies are asked for, or *" }}
        target = "/" + target.partition("://")[2].partition("/")[2]
    port = "" if match[2] in (None, ":80") else match[2]
    return f"https://{match[1]}{port}{target}"


def is_served(name: str) -> bool:
    """{{ "返回主机名是否属于本应用：自有域名、平台提供的域名，或本机。" if cookiecutter.language == "zh" else "Return whether a host name is this app's: its own domains, the platform's for it, this machine." }}"""
    for domain in served_domains():
        if name == domain or (domain.startswith(".") and f".{name}".endswith(domain)):
            return True
    return name in LOCAL_HOSTS


def served_domains() -> list[str]:
    """{{ "返回本应用的域名；以点开头的也包含其子域名。" if cookiecutter.language == "zh" else "Return the domains of this app; one that begins with a dot means its subdomains too." }}"""
    domains = [domain.strip().lower() for domain in env.DOMAINS.split(",") if domain.strip()]
    if env.LEANCLOUD_APP_DOMAIN:
        for domain in PLATFORM_DOMAINS:
            domains += [f"{prefix}{env.LEANCLOUD_APP_DOMAIN}.{domain}" for prefix in ("", "stg-")]
    return domains
{% endif %}
