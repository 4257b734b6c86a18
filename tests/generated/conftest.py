"""Fixtures of the tests of a generated app's platform part; `tools.matrix` runs them in the project's virtualenv."""

import os
import time

import fake_store
import pytest
from harness import ASYNCHRONOUS, FUNCTIONS, LAYERS, SESSIONS, instance, served_by_thread

# Before the app is imported.
os.environ.update(
    LEANCLOUD_APP_ENV="production",
    LEANCLOUD_APP_ID="test-id",
    LEANCLOUD_APP_KEY="test-key",
    LEANCLOUD_APP_MASTER_KEY="test-master-key",
    LEANCLOUD_APP_HOOK_KEY="test-hook-key",
    LEANCLOUD_API_SERVER=fake_store.start(),
    LEANCLOUD_APP_DOMAIN="myapp",
    DOMAINS="www.example.com, .example.org",
    MAX_BODY_MB="9",
    MAX_FUNCTION_BODY_MB="8",
    SECRET_KEY="test-secret-key-as-long-as-django-would-like-it-to-be",
)
# The SDK's open door is there without this one.
os.environ.pop("LEANCLOUD_APP_ANDX_KEY", None)

import served

collect_ignore = ["served.py"]
if not FUNCTIONS:
    collect_ignore += ["test_async.py", "test_security.py", "test_store.py", "test_functions.py"]
if not ASYNCHRONOUS:
    collect_ignore += ["test_async.py", "test_server.py"]
if LAYERS != "own":
    collect_ignore += ["test_server.py"]
if LAYERS != "asgi":
    collect_ignore += ["test_asgi.py"]
if not SESSIONS:
    collect_ignore += ["test_sessions.py"]


@pytest.fixture(scope="session")
def log(tmp_path_factory):
    """The file with what the app prints, where it runs in a process of its own."""
    return tmp_path_factory.mktemp("log") / "app.txt"


@pytest.fixture(scope="session")
def client(log):
    """Start the app and return a client of it."""
    if not ASYNCHRONOUS:
        with served_by_thread(served.application) as client:
            yield client
    else:
        with log.open("wb") as file, instance(file) as (client, _):
            yield client


@pytest.fixture
def printed(log, capfd, caplog):
    """Return a function that waits for a text in what the app has printed during the test, and returns all of it."""
    before = log.stat().st_size if log.exists() else 0

    def read(awaited=""):
        text, until = "", time.monotonic() + 5
        while awaited not in text or not text:
            captured = capfd.readouterr()
            text += captured.out + captured.err + caplog.text
            if log.exists():
                text += log.read_bytes()[before:].decode(errors="replace")
            if time.monotonic() > until:
                break
            if not awaited:
                break
            time.sleep(0.05)
        return text

    return read
