"""{{ "api.py 中的 API，以及 UtilMeta 的命令行。" if cookiecutter.language == "zh" else "The API of api.py, and UtilMeta's command line." }}"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from utilmeta.utils import exceptions

import api

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from conftest import Client, Response

REVIEW = "/api/v1/review"


def answer(response: Response) -> tuple[int, Any, Any]:
    """{{ "返回状态码与响应的内容。" if cookiecutter.language == "zh" else "Return the status and what stands in the answer." }}"""
    body = json.loads(response.body)
    return response.status, body["result"], body["error"]


def test_hello(client: Client) -> None:
    assert answer(client("GET", "/api/v1/hello?name=you&times=2")) == (200, "Hello, you! Hello, you! ", "")


def test_what_is_not_given_has_a_default(client: Client) -> None:
    assert answer(client("GET", "/api/v1/hello")) == (200, "Hello, LeanEngine! ", "")


def test_types_are_checked(client: Client) -> None:
    for times in ("six", "6"):
        status, result, error = answer(client("GET", f"/api/v1/hello?times={times}"))
        assert (status, result) == (400, None)
        assert "times" in error


def test_a_body_is_put_in_order(client: Client) -> None:
    status, result, _ = answer(client("POST", REVIEW, body={"stars": "5", "comment": " good "}))
    assert (status, result) == (200, {"stars": 5, "comment": "good"})


def test_a_wrong_body_is_refused(client: Client) -> None:
    long = {"stars": 5, "comment": "x" * 141}
    bodies: list[tuple[Any, int]] = [({}, 400), ({"stars": 6}, 400), (long, 400), (b"{", 422)]
    for body, expected in bodies:
        status, _, error = answer(client("POST", REVIEW, body=body))
        assert (status, bool(error)) == (expected, True)


def test_unknown_paths(client: Client) -> None:
    """{{ "API 只响应 /api/v1/ 下的路径。" if cookiecutter.language == "zh" else "The API answers under /api/v1/ and nowhere else." }}"""
    assert answer(client("GET", "/api/v1/none"))[0] == 404
    assert answer(client("PUT", REVIEW, body={}))[0] == 405
    for path in ("/hello", "/api/hello", "/api/v1x/hello"):
        response = client("GET", path)
        assert response.status == 404
        assert b"result" not in response.body


def test_a_crash_tells_visitors_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """{{ "UtilMeta 默认会把异常的文本发给访客，而它只应写入日志。" if cookiecutter.language == "zh" else "UtilMeta would send them the text of the exception. It is for the log." }}"""
    crash = api.Answer(error=RuntimeError("the password is 123"))
    assert (crash.status, crash.message) == (500, "Internal Server Error")
    assert "the password is 123" in caplog.text


def test_a_visitors_mistake_is_not_logged(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    """{{ "UtilMeta 默认会为每个错误的路径输出 traceback 与变量的值。" if cookiecutter.language == "zh" else "UtilMeta would print the traceback and the values of variables, for every wrong path." }}"""
    mistake = api.Answer(error=exceptions.NotFound("no such path"))
    assert mistake.status == 404
    assert "no such path" in mistake.message
    assert capsys.readouterr().out + caplog.text == ""


def meta(*arguments: str) -> str:
    """{{ "运行 UtilMeta 的命令行，返回其输出。" if cookiecutter.language == "zh" else "Run UtilMeta's command line and return what it prints." }}"""
    command = [sys.executable, "-m", "utilmeta", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True, env=os.environ)
    return done.stdout.decode()


def test_meta_check() -> None:
    assert "meta check passed" in meta("check")


def test_meta_gen_openapi(tmp_path: Path) -> None:
    meta("gen_openapi", "--to", str(tmp_path / "openapi.json"))
    document = json.loads((tmp_path / "openapi.json").read_text(encoding="utf-8"))
    assert {"/hello", "/review"} <= set(document["paths"])
