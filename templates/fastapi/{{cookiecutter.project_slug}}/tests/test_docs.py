"""{{ "FastAPI 对应用接口的描述。" if cookiecutter.language == "zh" else "What FastAPI says of the app's routes." }}"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Client


def test_schema(client: Client) -> None:
    """{{ "带类型的 JSON 接口；页面不在其中。" if cookiecutter.language == "zh" else "The JSON routes with their types; pages stay out." }}"""
    schema = json.loads(client("GET", "/openapi.json").body)
    assert set(schema["paths"]) == {"/api/status"}
    assert set(schema["components"]["schemas"]["Status"]["properties"]) == {"address", "environment"}


def test_docs_are_for_development(client: Client) -> None:
    """{{ "该页面会运行其他主机的脚本。" if cookiecutter.language == "zh" else "That page runs scripts of another host." }}"""
    assert client("GET", "/docs").status == 404
    assert client("GET", "/redoc").status == 404
