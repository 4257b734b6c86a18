"""`python wsgi.py`, the way the app runs on your machine."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).parent.parent


def test_serves_and_starts_again_when_a_file_changes(tmp_path):
    for path in [*PROJECT.glob("*.py"), *PROJECT.glob("templates/*")]:
        (tmp_path / path.parent.relative_to(PROJECT)).mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / path.relative_to(PROJECT))
    with socket.create_server(("", 0)) as found:
        port = found.getsockname()[1]
    environ = {**os.environ, "LEANCLOUD_APP_ENV": "development", "LEANCLOUD_APP_PORT": str(port)}
    command = [sys.executable, "wsgi.py"]
    with subprocess.Popen(command, cwd=tmp_path, env=environ, stderr=subprocess.PIPE, text=True) as server:
        try:
            for _ in range(2):
                next(line for line in server.stderr if line.startswith("http://"))
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/status", timeout=5) as answer:
                    assert answer.status == 200
                os.utime(tmp_path / "app.py", (0, 0))
        finally:
            server.kill()
