"""The API of api.py, and UtilMeta's command line."""

import json
import os
import subprocess
import sys

from utilmeta.utils import exceptions

import api

REVIEW = "/api/v1/review"


def answer(response):
    """Return the status and what stands in the answer."""
    body = json.loads(response.body)
    return response.status, body["result"], body["error"]


def test_hello(client):
    assert answer(client("GET", "/api/v1/hello?name=you&times=2")) == (200, "Hello, you! Hello, you! ", "")


def test_what_is_not_given_has_a_default(client):
    assert answer(client("GET", "/api/v1/hello")) == (200, "Hello, LeanEngine! ", "")


def test_types_are_checked(client):
    for times in ("six", "6"):
        status, result, error = answer(client("GET", f"/api/v1/hello?times={times}"))
        assert (status, result) == (400, None)
        assert "times" in error


def test_a_body_is_put_in_order(client):
    status, result, _ = answer(client("POST", REVIEW, body={"stars": "5", "comment": " good "}))
    assert (status, result) == (200, {"stars": 5, "comment": "good"})


def test_a_wrong_body_is_refused(client):
    for body, expected in (({}, 400), ({"stars": 6}, 400), ({"stars": 5, "comment": "x" * 141}, 400), (b"{", 422)):
        status, _, error = answer(client("POST", REVIEW, body=body))
        assert (status, bool(error)) == (expected, True)


def test_unknown_paths(client):
    """The API answers under /api/v1/ and nowhere else."""
    assert answer(client("GET", "/api/v1/none"))[0] == 404
    assert answer(client("PUT", REVIEW, body={}))[0] == 405
    for path in ("/hello", "/api/hello", "/api/v1x/hello"):
        response = client("GET", path)
        assert response.status == 404
        assert b"result" not in response.body


def test_a_crash_tells_visitors_nothing(caplog):
    """UtilMeta would send them the text of the exception. It is for the log."""
    crash = api.Answer(error=RuntimeError("the password is 123"))
    assert (crash.status, crash.message) == (500, "Internal Server Error")
    assert "the password is 123" in caplog.text


def test_a_visitors_mistake_is_not_logged(capsys, caplog):
    """UtilMeta would print the traceback and the values of variables, for every wrong path."""
    mistake = api.Answer(error=exceptions.NotFound("no such path"))
    assert mistake.status == 404
    assert "no such path" in mistake.message
    assert capsys.readouterr().out + caplog.text == ""


def meta(*arguments):
    """Run UtilMeta's command line and return what it prints."""
    command = [sys.executable, "-m", "utilmeta", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True, env=os.environ)
    return done.stdout.decode()


def test_meta_check():
    assert "meta check passed" in meta("check")


def test_meta_gen_openapi(tmp_path):
    meta("gen_openapi", "--to", str(tmp_path / "openapi.json"))
    document = json.loads((tmp_path / "openapi.json").read_text(encoding="utf-8"))
    assert {"/hello", "/review"} <= set(document["paths"])
