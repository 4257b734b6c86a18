"""{{ "镜像的健康检查：应用正常时退出码为 0。" if cookiecutter.language == "zh" else "The health check of the image: exits with 0 if the app is healthy." }}"""

import http.client
import os
import sys

PORT = int(os.environ.get("LEANCLOUD_APP_PORT") or os.environ.get("PORT") or 3000)


def status(path):
    """{{ "返回请求的响应状态码，没有响应时返回 0。" if cookiecutter.language == "zh" else "Return the status of the response to a request, 0 if there is none." }}"""
    # {{ "localhost：IPv4 或 IPv6，以应用监听的为准。" if cookiecutter.language == "zh" else "localhost: on IPv4 or IPv6, wherever the app listens." }}
    connection = http.client.HTTPConnection("localhost", PORT, timeout=4)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


# {{ "与云引擎相同：SDK 的健康检查，或首页。" if cookiecutter.language == "zh" else "As LeanEngine does: the health check of the SDK, or the start page." }}
healthy = status("/__engine/1/ping") == 200 or 200 <= status("/") < 300
sys.exit(0 if healthy else 1)
