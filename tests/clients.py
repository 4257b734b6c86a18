"""The vendor's two SDKs as clients: what installed apps and websites call functions with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

JAVASCRIPT_SDK = ROOT / "build/npm/node_modules/leancloud-storage"
NEEDS_JAVASCRIPT = pytest.mark.skipif(
    not JAVASCRIPT_SDK.is_dir() or not shutil.which("node"),
    reason="`make npm` installs the vendor's JavaScript SDK, and needs node",
)
ANSWER = "Hello, LeanEngine!"
_PYTHON = """\
import json, os
from leanengine.sdk import leancloud

leancloud.init(os.environ["LEANCLOUD_APP_ID"], app_key=os.environ["CLIENT_KEY"])
found = []
for call in (leancloud.cloud.run, leancloud.cloud.rpc):
    try:
        found.append(call("hello"))
    except leancloud.LeanCloudError as error:
        found.append(error.code)
print(json.dumps(found))
"""
# The body of an asynchronous function; `AV` is the SDK.
CALLS = """\
AV.init({ appId: settings.id, appKey: settings.key, serverURL: settings.server });
const found = [];
for (const call of ["run", "rpc"]) {
    try {
        found.push(await AV.Cloud[call]("hello"));
    } catch (error) {
        found.push(error.code);
    }
}
return found;
"""
_NODE = f"""\
const AV = require({json.dumps(str(JAVASCRIPT_SDK))});
(async (settings) => {{ {CALLS} }})(JSON.parse(process.argv[1]))
    .then((found) => console.log(JSON.stringify(found)));
"""
# The app to call, its id and the client's key are in the environment.
PYTHON_CLIENT = ("python", "-W", "ignore", "-c", _PYTHON)


def node_client(settings: Mapping[str, str], **environ: str) -> Any:
    """Return what the JavaScript SDK is answered in Node.

    Args:
        settings: what it is initialised with.
        environ: more variables.
    """
    command = ["node", "-e", _NODE, json.dumps(settings)]
    done = subprocess.run(
        command,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
