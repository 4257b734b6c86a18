"""Everything that is not Python: shell, settings, documentation, and what asks for the SDK."""

from __future__ import annotations

import pytest

from scaffold.migrate import sdk
from scaffold.migrate.kinds import kind_of
from scaffold.migrate.result import RewriteContext
from scaffold.migrate.rewrite import rewrite

# File, line, and the line with LC_ in place of LEANCLOUD_ where the variable is renamed:
# « marks a name that changes.
CHANGED = [
    ("a.sh", "export «APP_ID=x"),
    ("a.sh", "export «APP_ID"),
    ("a.sh", "export A=1 «APP_ID=x «APP_KEY='y z' B=2"),
    ("a.sh", "  «APP_ID=x; «APP_KEY=y python wsgi.py"),
    ("a.sh", '[ -z "$«APP_ID" ] && echo "${«APP_KEY:-none}" ${#«APP_ID} $LC_ALL'),
    ("a.sh", "unset «APP_ID «APP_KEY"),
    ("a.sh", "env -u HOME «APP_ID=x python"),
    ("a.sh", "docker run -e «APP_ID -e «APP_KEY=$«APP_KEY image"),
    ("a.sh", "declare -x «APP_PORT=3000"),
    ("a.sh", "#export «APP_ID=x"),
    ("a.sh", "python -c \"import os; print(os.environ['«APP_ID'])\""),
    ("a.fish", "set -gx «APP_ID x"),
    ("a.sh", "env «APP_ID=x python; local «APP_KEY=y"),
    ("a.sh", "for v in «APP_ID «APP_KEY; do echo ${!v}; done"),
    ("a.sh", 'read -r -p "id: " «APP_ID'),
    ("a.csh.sh", "setenv «APP_ID x"),
    ("start.sh.example", "export «APP_ID=<id>"),
    ("env_setup.sh.prod", "export «API_SERVER=https://x"),
    ("env_setup", "export «APP_ID=x"),
    (".envrc", "export «APP_ID=x"),
    ("run", "#!/bin/bash\nexport «APP_ID=x"),
    ("Procfile", "web: «APP_PORT=$«APP_PORT python wsgi.py"),
    (".env", "«APP_ID=x"),
    (".env.local", "«APP_ID = x"),
    ("app.env", "# «APP_ID=x\nexport «APP_KEY=${«APP_ID}"),
    ("Dockerfile", "ENV «APP_ID x"),
    ("Dockerfile.prod", "ENV A=1 \\\n    «APP_ID=x"),
    ("Dockerfile", "ARG «APP_ID\nRUN echo ${«APP_ID}"),
    (
        "Makefile",
        "«APP_ID ?= x\nexport «APP_KEY := y\nrun:\n\t«APP_PORT=1 python $(«APP_ID) $$«APP_KEY",
    ),
    ("a.bat", "set «APP_ID=x\r\nif %«APP_ID%==x echo !«APP_KEY!"),
    ("a.ps1", "$env:«APP_ID = 'x'\nGet-Item Env:«APP_ID"),
    ("a.yml", "env:\n  «APP_ID: x\n  LC_ALL: C"),
    ("a.yaml", "env:\n  global:\n    - «APP_ID=x\n    - «APP_KEY=y LC_ALL=C"),
    ("a.yml", "services:\n  web:\n    environment: {«APP_ID: x, «APP_KEY: '${«APP_KEY}'}"),
    ("a.yml", "env:\n  - name: «APP_ID\n    value: LC_ALL"),
    ("a.yml", "variables:\n  '«APP_ID': x"),
    (
        "a.yml",
        "script:\n  - export «APP_ID=x\n  - |\n    echo $«APP_ID\n    «APP_PORT=1 python wsgi.py",
    ),
    ("leanengine.yaml", "run: python wsgi.py --port ${«APP_PORT}  # not $«APP_ID"),
    ("a.json", '{"env": {"«APP_ID": "x"}, "run": "«APP_PORT=1 python"}'),
    (
        "tox.ini",
        "[testenv]\nsetenv =\n    «APP_ID = x\n    A = {env:«APP_KEY}\npassenv = «APP_ID «APP_KEY",
    ),
    ("a.conf", "[program:a]\nenvironment=A=1,«APP_ID=x\ncommand=b %(ENV_«APP_PORT)s"),
    ("a.service", '[Service]\nEnvironment=«APP_ID=x "«APP_KEY=y"'),
    ("uwsgi.ini", "[uwsgi]\nhttp = :$(«APP_PORT)\nenv = «APP_ID=x"),
    ("pytest.ini", "[pytest]\nenv =\n    «APP_ID=x"),
    ("pyproject.toml", "[tool.pytest_env]\n«APP_ID = 'x'"),
    ("README.md", "Set `«APP_ID` or ``$«APP_KEY``."),
    ("README.md", "```\n«APP_ID=x python wsgi.py\n```"),
    ("README.md", "~~~~ bash\n$ export «APP_ID=x\n~~~~"),
    ("README.md", "1. export «APP_ID=x"),
    ("README.md", "```python\nx = os.environ['«APP_ID']\n```\n```yaml\nenv:\n  «APP_ID: x\n```"),
    ("README.md", "    «APP_ID=x python"),
    ("README.md", "In Python: os.environ['«APP_ID']"),
    ("README", "$ export «APP_ID=x"),
    ("docs/a.rst", "::\n\n    export «APP_ID=x"),
]
# File, line, and why it stays.
LEFT = [
    ("a.sh", 'echo "LC_APP_ID is missing"', "mention"),
    ("a.sh", "# LC_APP_ID is the id", "mention"),
    ("a.sh", "sed s/LC_APP_ID/x/ a", "mention"),
    ("a.sh", "python wsgi.py LC_APP_ID", "mention"),
    ("a.sh", "echo please read LC_APP_ID, thanks", "mention"),
    ("a.sh", "for n in ID KEY; do export LC_APP_$n=x; done", "dynamic"),
    ("a.sh", "export LEANCLOUD_APP_ID=x\nexport LC_APP_ID=y", "both"),
    (".env", "LC_APP_ID=x\nLEANCLOUD_APP_ID=y", "both"),
    ("a.yml", "env: {LC_APP_ID: x, LEANCLOUD_APP_ID: y}", "both"),
    ("a.yml", "env: {LC_APP_PROD: '1', LEANCLOUD_APP_ENV: x}", "both"),
    ("a.yml", "leancloud:\n  LC_APP_ID: x", "key"),
    ("a.yml", "text: about LC_APP_ID", "mention"),
    ("a.yml", "name: LC_APP_ID", "mention"),
    ("a.yml", "a: ${{ secrets.LC_APP_ID }}", "ci-secret"),
    ("a.json", '{"LC_APP_ID": "x"}', "key"),
    ("a.ini", "[leancloud]\nLC_APP_ID = x", "key"),
    ("a.toml", "LC_APP_ID = 'x'", "key"),
    ("README.md", "Set LC_APP_ID first.", "mention"),
    ("README.md", "Then set LC_APP_ID to yours; the env LC_APP_KEY is optional", "mention"),
    ("README.md", "| LC_APP_ID | the id |", "mention"),
    ("README.md", "See `settings.LC_APP_ID`.", "mention"),
    ("README.md", "`LC_APP_PROD` is 1", "stage"),
    ("README.md", "`LC_APP_PROD` tells where it runs", "stage"),
    ("a.js", "process.env.LC_APP_ID", "other-code"),
    ("static/a.js", "var LC_APP_ID = 'x'", "other-file"),
    ("a.go", 'os.Getenv("LC_APP_ID")', "other-code"),
    ("bin/serve", "#!/usr/bin/env node\nconsole.log(process.env.LC_APP_ID)", "other-code"),
    ("nginx.vhost", "listen ${LC_APP_PORT};", "other-code"),
    ("a.html", "LC_APP_ID", "other-file"),
    ("a.sh", "for n in ALL CTYPE; do export LC_$n=C; done", "maybe-dynamic"),
    ("Pipfile.lock", '{"default": {"leancloud-sdk": {"version": "==1.0.9"}}}', "lock"),
    ("poetry.lock", 'name = "leancloud-sdk"', "lock"),
]
STAGES = [
    ("a.sh", "export LC_APP_PROD=1", "export LEANCLOUD_APP_ENV=production"),
    ("a.sh", "LC_APP_PROD='0' python", "LEANCLOUD_APP_ENV='stage' python"),
    ("a.sh", "unset LC_APP_PROD", "unset LEANCLOUD_APP_ENV"),
    ("a.sh", '[ "$LC_APP_PROD" = 1 ]', '[ "$LEANCLOUD_APP_ENV" = production ]'),
    ("a.sh", "[[ $LC_APP_PROD == '0' ]]", "[[ $LEANCLOUD_APP_ENV == 'stage' ]]"),
    ("a.sh", 'test "x$LC_APP_PROD" != "x1"', 'test "x$LEANCLOUD_APP_ENV" != "xproduction"'),
    ("a.sh", "[ $LC_APP_PROD -eq 1 ]", "[ $LEANCLOUD_APP_ENV = production ]"),
    (
        "a.sh",
        '[ "${LC_APP_PROD:-0}" -ne 1 ]',
        '[ "${LEANCLOUD_APP_ENV:-development}" != production ]',
    ),
    ("Dockerfile", "ENV LC_APP_PROD 1", "ENV LEANCLOUD_APP_ENV production"),
    (".env", "LC_APP_PROD = 1", "LEANCLOUD_APP_ENV = production"),
    ("a.yml", "env:\n  LC_APP_PROD: 1", "env:\n  LEANCLOUD_APP_ENV: production"),
    ("a.yml", "env:\n  LC_APP_PROD: '0'", "env:\n  LEANCLOUD_APP_ENV: 'stage'"),
    ("a.yml", "environment:\n  - LC_APP_PROD", "environment:\n  - LEANCLOUD_APP_ENV"),
    ("a.yml", "environment:\n  - LC_APP_PROD=1", "environment:\n  - LEANCLOUD_APP_ENV=production"),
    (
        "README.md",
        "`LC_APP_PROD` 为 `1` 表示生产环境，为 `0` 表示预备环境。",
        "`LEANCLOUD_APP_ENV` 为 `production` 表示生产环境，为 `stage` 表示预备环境。",
    ),
    ("a.bat", "set LC_APP_PROD=1", "set LEANCLOUD_APP_ENV=production"),
    ("a.json", '{"env": {"LC_APP_PROD": "1"}}', '{"env": {"LEANCLOUD_APP_ENV": "production"}}'),
]
STAGES_LEFT = [
    ("a.sh", "export LC_APP_PROD=$1"),
    ("a.sh", "export LC_APP_PROD=10"),
    ("a.sh", "export LC_APP_PROD="),
    ("a.sh", '[ -n "$LC_APP_PROD" ]'),
    ("a.sh", 'case "$LC_APP_PROD" in'),
    ("a.sh", '[ "${LC_APP_PROD:-1}" = 1 ]'),
    ("a.sh", '[ "${LC_APP_PROD:-0}" = 0 ]'),
    ("a.sh", "echo $LC_APP_PROD"),
    ("a.yml", "env:\n  LC_APP_PROD: ${STAGE}"),
    (".env", "LC_APP_PROD=true"),
]
SDK = [
    ("requirements.txt", "leancloud-sdk", "leancloud>=2.9.12,<4"),
    ("requirements.txt", "leancloud_sdk==1.0.9", "leancloud>=2.9.12,<4"),
    ("requirements.txt", "LeanCloud-SDK >= 1.0.9 , < 2", "leancloud >=2.9.12,<4"),
    (
        "requirements.txt",
        "leancloud-sdk~=1.0;python_version<'3' # x",
        "leancloud>=2.9.12,<4;python_version<'3' # x",
    ),
    ("requirements.txt", "leancloud-sdk[a,b]>=1", "leancloud[a,b]>=2.9.12,<4"),
    ("requirements.txt", "leancloud-sdk>=1\r\nFlask\r\n", "leancloud>=2.9.12,<4\r\nFlask\r\n"),
    (
        "requirements.txt",
        "git+https://github.com/leancloud/python-sdk@v1#egg=leancloud-sdk",
        "leancloud>=2.9.12,<4",
    ),
    ("requirements.txt", "leancloud\nleancloud-sdk\n", "leancloud\n"),
    ("requirements/base.txt", "leancloud-sdk", "leancloud>=2.9.12,<4"),
    ("requirements-dev.in", "leancloud-sdk", "leancloud>=2.9.12,<4"),
    (
        "setup.py",
        "setup(install_requires=['leancloud-sdk>=1'])",
        "setup(install_requires=['leancloud>=2.9.12,<4'])",
    ),
    (
        "setup.cfg",
        "install_requires =\n    leancloud-sdk>=1\n",
        "install_requires =\n    leancloud>=2.9.12,<4\n",
    ),
    ("Pipfile", 'leancloud-sdk = "*"', 'leancloud = ">=2.9.12,<4"'),
    ("Pipfile", '"leancloud-sdk" = {version="==1.0"}', '"leancloud" = {version=">=2.9.12,<4"}'),
    (
        "pyproject.toml",
        "dependencies = ['leancloud-sdk>=1']",
        "dependencies = ['leancloud>=2.9.12,<4']",
    ),
    ("pyproject.toml", 'leancloud-sdk = "^1.0"', 'leancloud = ">=2.9.12,<4"'),
    ("Dockerfile", "RUN pip install leancloud-sdk==1.0.9 six", "RUN pip install leancloud six"),
    ("a.sh", 'pip install "leancloud-sdk>=1.0"', 'pip install "leancloud>=2.9.12,<4"'),
    ("README.md", "`pip install leancloud-sdk`", "`pip install leancloud`"),
    (
        "environment.yml",
        "dependencies:\n  - leancloud-sdk>=1",
        "dependencies:\n  - leancloud>=2.9.12,<4",
    ),
    ("a.py", "require('leancloud-sdk')", "require('leancloud')"),
]
SDK_LEFT = [
    ("requirements.txt", "git+https://github.com/me/python-sdk#egg=leancloud-sdk", "sdk-address"),
    ("requirements.txt", "leancloud-sdk @ file:///x", "sdk-address"),
    ("requirements.txt", "./vendor/leancloud_sdk-1.0.9.tar.gz", "sdk-address"),
    ("requirements.txt", "leancloud-sdk==1.0 --hash=sha256:00", "sdk-hash"),
    ("requirements.txt", "leancloud-sdk==1.0 \\\n    --hash=sha256:00", "sdk-hash"),
    ("Pipfile", 'leancloud-sdk = {git = "https://x"}', "sdk-address"),
]
NOT_OURS = [
    ("requirements.txt", "my-leancloud-sdk\nleancloud-sdk-more\nleancloud>=2\n# leancloud-sdk\n"),
    ("README.md", "It needs leancloud-sdk.\n"),
    ("a.sh", "export LC_ALL=C LC_APPS_PATH=x MY_LC_APP_ID=y\n"),
    ("a.ini", "lc_app_id = x\n"),
    ("wsgi.py~", "os.environ['LC_APP_ID']\n"),
    ("a.py.orig", "os.environ['LC_APP_ID']\n"),
    ("a.py", "\0os.environ['LC_APP_ID']\n"),
]


@pytest.mark.parametrize(("path", "text"), CHANGED)
def test_changed(path: str, text: str) -> None:
    """The variable is renamed there, and nothing else."""
    result = rewrite(path, text.replace("«", "LC_").encode())
    assert result.content.decode() == text.replace("«", "LEANCLOUD_")
    assert result.left == ()


@pytest.mark.parametrize(("path", "text", "code"), LEFT)
def test_left(path: str, text: str, code: str) -> None:
    """What may mean something else stays, and is reported."""
    result = rewrite(path, text.encode())
    assert result.content.decode() == text
    assert {item.code for item in result.left} == {code}


@pytest.mark.parametrize(("path", "before", "after"), STAGES)
def test_stages(path: str, before: str, after: str) -> None:
    """LC_APP_PROD is set and compared by the new values."""
    result = rewrite(path, before.encode())
    assert (result.content.decode(), result.left) == (after, ())


@pytest.mark.parametrize(("path", "text"), STAGES_LEFT)
def test_stages_that_are_not_certain(path: str, text: str) -> None:
    """Other values and other tests stay."""
    result = rewrite(path, text.encode())
    assert (result.content.decode(), {item.code for item in result.left}) == (text, {"stage"})


@pytest.mark.parametrize(("path", "before", "after"), SDK)
def test_sdk(path: str, before: str, after: str) -> None:
    """The SDK is asked for by its new name, in a version that reads the new names."""
    result = rewrite(path, before.encode())
    assert (result.content.decode(), result.left) == (after, ())


@pytest.mark.parametrize(("path", "text", "code"), SDK_LEFT)
def test_sdk_of_ones_own(path: str, text: str, code: str) -> None:
    """A fork, a file or a checksum is the user's to replace."""
    result = rewrite(path, text.encode())
    assert (result.content.decode(), [item.code for item in result.left]) == (text, [code])


@pytest.mark.parametrize(("path", "text"), NOT_OURS)
def test_not_ours(path: str, text: str) -> None:
    """Other names, other packages, backups and binary files are passed over in silence."""
    result = rewrite(path, text.encode())
    assert (result.content.decode(), result.left) == (text, ())


def test_documentation_of_an_identifier() -> None:
    """In a project with an identifier of that name, a README that names it may mean
    the identifier.
    """
    text = b"See `LC_APP_ID`, and `export LC_APP_ID=x`.\n"
    context = RewriteContext(identifiers=frozenset({"LC_APP_ID"}))
    assert (
        rewrite("README.md", text, context).content
        == b"See `LC_APP_ID`, and `export LEANCLOUD_APP_ID=x`.\n"
    )


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_what_powershell_wrote(encoding: str) -> None:
    """A file in UTF-16 stays one."""
    before, after = "\ufeffFlask\r\nleancloud-sdk\r\n", "\ufeffFlask\r\nleancloud>=2.9.12,<4\r\n"
    result = rewrite("requirements.txt", before.encode(encoding))
    assert result.content == after.encode(encoding)
    assert [(change.line, change.before) for change in result.changes] == [(2, "leancloud-sdk")]


def test_names_and_sdk_stay_together() -> None:
    """Where a project cannot move both, neither is touched, and each place is reported."""
    held = RewriteContext(move_names=False, move_sdk=False)
    for path, text, code in (
        ("a.py", "import os\nos.environ['LC_APP_ID']\n", "held"),
        ("a.sh", "export LC_APP_ID=x\n", "held"),
        ("requirements.txt", "leancloud-sdk\n", "sdk-held"),
        ("Pipfile", 'leancloud-sdk = "*"\n', "sdk-held"),
        ("setup.py", "setup(install_requires=['leancloud-sdk'])\n", "sdk-held"),
    ):
        result = rewrite(path, text.encode(), held)
        assert (result.content.decode(), [item.code for item in result.left]) == (text, [code])


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("wsgi.py", "python"),
        ("settings.py.example", "python"),
        ("a/Dockerfile.dev", "docker"),
        ("docker-compose.prod.yml", "yaml"),
        (".env.example", "dotenv"),
        ("requirements/dev.txt", "requirements"),
        ("notes.txt", "other"),
        ("#a.py#", "backup"),
    ],
)
def test_kinds(path: str, kind: str) -> None:
    """A file is what its name says."""
    assert kind_of(path, b"") == kind


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        (b"a\nb\n", b"a\nb\nmine\n", b"c==1\nd==2\n", b"c==1\nd==2\nmine\n"),
        (b"a\nb\n", b"a\n# for me\nmine>=1\nb\n", b"a==1", b"a==1\n# for me\nmine>=1\n"),
        (b"a\n", b"a\r\nmine\r\n", b"a==1\r\n", b"a==1\r\nmine\r\n"),
        (b"a\nb\n", b"a==1\nb\n", b"a==2\nb\n", None),
        (b"a\nb\n", b"a\n", b"a==2\nb==1\n", None),
        (b"a\n", b"a\nmine\n", b"a==2\nMine==1\n", None),
    ],
)
def test_requirements_that_were_only_added(
    base: bytes, ours: bytes, theirs: bytes, merged: bytes | None
) -> None:
    """What the user added to a requirements file is in nobody's way; what they changed is."""
    assert sdk.merged(base, ours, theirs) == merged
