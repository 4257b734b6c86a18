"""Python source: what names an environment variable, what does not, and what LC_APP_PROD means."""

from __future__ import annotations

import pytest

from scaffold.migrate.python import shadow, still_parses
from scaffold.migrate.result import RewriteContext
from scaffold.migrate.rewrite import rewrite

READS = [
    "os.environ['{}']",
    'os.environ["{}"]',
    "os.environ [ '{}' ]",
    "os.environ[u'{}']",
    "os.environ.get('{}')",
    "os.environ.get('{}', 'x')",
    "os.environ.setdefault('{}', 'x')",
    "os.environ.pop('{}', None)",
    "os.environ.has_key('{}')",
    "os.environ.__getitem__('{}')",
    "os.environ.copy()['{}']",
    "dict(os.environ)['{}']",
    "os.environb[b'{}']",
    "os.getenv('{}')",
    "os.getenv('{}', 3000)",
    "os.getenv(key='{}')",
    "os.putenv('{}', 'x')",
    "os.unsetenv('{}')",
    "'{}' in os.environ",
    "'{}' not in os.environ",
    "'{}' in os.environ.keys()",
    "del os.environ['{}']",
    "os.environ['{}'] = 'x'",
    "os.environ.update({{'{}': 'x'}})",
    "os.environ.update({}='x')",
    "subprocess.Popen('python', env={{'{}': 'x'}})",
    "subprocess.Popen('python', env=dict(os.environ, {}='x'))",
    "subprocess.Popen('python', env=dict(**os.environ)['{}'])",
    "os.system('echo ${}')",
    "subprocess.call('export {}=x; python', shell=True)",
    "os.path.expandvars('${{{}}}')",
    "monkeypatch.setenv('{}', 'x')",
    "monkeypatch.delenv('{}')",
    "mock.patch.dict(os.environ, {{'{}': 'x'}})",
    "mock.patch.dict('os.environ', {{'{}': 'x'}})",
    "f\"{{os.environ['{}']}}:{{os.environ['HOME']}}\"",
    "lambda: os.environ['{}']",
    "click.option('--id', envvar='{}')",
    "click.option('--id', envvar=['{}', 'ID'])",
    "# os.environ['{}']",
    '#print os.environ.get("{}")',
    "'''\nos.environ['{}']\n'''",
    "`os.environ['{}']`",
]
ALIASES = [
    "from os import environ\nenviron['{}']",
    "from os import environ as env\nenv.get('{}')",
    "from os import getenv\ngetenv('{}')",
    "from os import getenv as ask\nask('{}')",
    "from os import *\nenviron['{}']",
    "import os as system\nsystem.environ['{}']",
    "import os\nenv = os.environ\nenv['{}']",
    "import os\nenv = os.environ.copy()\nenv['{}'] = 'x'",
    "import os\nenv = dict(os.environ, A='x')\nenv['{}'] = 'x'",
    "import os\nenv = {{**os.environ, '{}': 'x'}}",
    (
        "import os\nclass A:\n    def __init__(self):\n        self.env = os.environ\n        "
        "self.env['{}']"
    ),
    "import os\nget = os.environ.get\nget('{}')",
    (
        "import os\ndef setting(name, default=None):\n    return os.environ.get(name, default)\n"
        "setting('{}')"
    ),
    (
        "import os\ndef setting(default, name):\n    return os.environ.get(name, default)\n"
        "setting(1, name='{}')"
    ),
    "import os\nsetting = lambda name: os.environ[name]\nsetting('{}')",
    (
        "import os\nclass A:\n    def ask(self, name):\n        return os.environ[name]\n"
        "    b = property(lambda self: self.ask('{}'))"
    ),
    "import os\nNAME = '{}'\nos.environ[NAME]",
    "import os\nfor name in ('{}', 'HOME'):\n    print(name, os.environ[name])",
    (
        "import os\nNAMES = ['{}']\nfor name in NAMES:\n    if name not in os.environ:\n        "
        "raise KeyError(name)"
    ),
    "import os\nvalues = {{'a': os.environ[name] for name in ['{}']}}",
    "from decouple import config\nconfig('{}')",
    "import environ\nenv = environ.Env()\nenv('{}')\nenv.str('HOME')",
    "from environs import Env\nenv = Env()\nenv.str('{}')",
]
NOT_NAMES = [
    "LC_APP_ID = 1",
    "settings.LC_APP_ID",
    "from secret import LC_APP_ID",
    "call(LC_APP_ID=1)",
    "getattr(settings, 'LC_APP_ID')",
    "hasattr(settings, 'LC_APP_ID')",
    "os.environ['LC_APP_IDS']",
    "os.environ['MY_LC_APP_ID']",
    "os.environ['lc_app_id']",
    "os.environ['LC_ALL']",
    "os.environ[LC_APP_ID]",
    "os.environ['LC_APPS_PATH']",
]
LEFT = [
    ("config['LC_APP_ID']", "string"),
    ("app.config.get('LC_APP_ID')", "string"),
    ("ask('LC_APP_ID')", "string"),
    ("{'LC_APP_ID': 1}", "string"),
    ("def app(environ, start):\n    return environ['LC_APP_ID']", "string"),
    ("import os\nenv = os.environ\nenv = {}\nenv['LC_APP_ID']", "string"),
    ("import os\nfor name in ('LC_APP_ID',):\n    globals()[name] = os.environ[name]", "string"),
    (
        "import os\nNAMES = ['LC_APP_ID']\nkeep(NAMES)\nfor name in NAMES:\n    os.environ[name]",
        "string",
    ),
    ("print('LC_APP_ID is not set')", "mention"),
    ("raise KeyError('set LC_APP_ID, please')", "mention"),
    ("# LC_APP_ID is the id", "mention"),
    ("f'LC_APP_ID={x}'", "mention"),
    ("os.environ['LC_' + name]", "maybe-dynamic"),
    ("os.environ.get('LC_APP_%s' % name)", "dynamic"),
    ("os.environ['LC_APP_{}'.format(name)]", "dynamic"),
    ("os.environ[f'LC_APP_{name}']", "dynamic"),
    ("x = {'LC_APP_ID': 1, 'LEANCLOUD_APP_ID': 2, **os.environ}", "both"),
]
STAGES = [
    ("os.environ['LC_APP_PROD'] == '1'", "os.environ['LEANCLOUD_APP_ENV'] == 'production'"),
    ("os.environ.get('LC_APP_PROD') == '0'", "os.environ.get('LEANCLOUD_APP_ENV') == 'stage'"),
    (
        "os.environ.get('LC_APP_PROD') != \"1\"",
        "os.environ.get('LEANCLOUD_APP_ENV') != \"production\"",
    ),
    ("os.environ.get('LC_APP_PROD') <> '1'", "os.environ.get('LEANCLOUD_APP_ENV') <> 'production'"),
    ("u'1' == os.getenv('LC_APP_PROD')", "u'production' == os.getenv('LEANCLOUD_APP_ENV')"),
    (
        "(os.environ.get('LC_APP_PROD', None)) == '1'",
        "(os.environ.get('LEANCLOUD_APP_ENV', None)) == 'production'",
    ),
    (
        "os.environ.get('LC_APP_PROD', '') == '1'",
        "os.environ.get('LEANCLOUD_APP_ENV', '') == 'production'",
    ),
    (
        "os.environ.get('LC_APP_PROD', '0') == '1'",
        "os.environ.get('LEANCLOUD_APP_ENV', 'development') == 'production'",
    ),
    (
        "os.environ.get('LC_APP_PROD') in ('0', '1')",
        "os.environ.get('LEANCLOUD_APP_ENV') in ('stage', 'production')",
    ),
    (
        "if int(os.environ['LC_APP_PROD']): pass",
        "if os.environ['LEANCLOUD_APP_ENV'] == 'production': pass",
    ),
    (
        'a = not int(os.environ.get("LC_APP_PROD", 0))',
        'a = not os.environ.get("LEANCLOUD_APP_ENV", "development") == "production"',
    ),
    (
        "a = 1 if int(os.getenv('LC_APP_PROD')) else 2",
        "a = 1 if os.getenv('LEANCLOUD_APP_ENV') == 'production' else 2",
    ),
    ("os.environ['LC_APP_PROD'] = '1'", "os.environ['LEANCLOUD_APP_ENV'] = 'production'"),
    (
        "os.environ.setdefault('LC_APP_PROD', '0')",
        "os.environ.setdefault('LEANCLOUD_APP_ENV', 'stage')",
    ),
    (
        "os.environ.update({'LC_APP_PROD': '1'})",
        "os.environ.update({'LEANCLOUD_APP_ENV': 'production'})",
    ),
    (
        "# os.environ.get('LC_APP_PROD') == '1'",
        "# os.environ.get('LEANCLOUD_APP_ENV') == 'production'",
    ),
    (
        (
            "if os.environ.get('LC_APP_PROD') == '1':\n    a = 1\n"
            "elif os.environ.get('LC_APP_PROD') == '0':\n    a = 2\nelse:\n    a = 3\n"
        ),
        (
            "if os.environ.get('LEANCLOUD_APP_ENV') == 'production':\n    a = 1\n"
            "elif os.environ.get('LEANCLOUD_APP_ENV') == 'stage':\n    a = 2\nelse:\n    a = 3\n"
        ),
    ),
    (
        (
            "def f():\n    p = os.getenv('LC_APP_PROD', '0')\n"
            "    return 1 if p == '1' else f(p=2).p\n"
        ),
        (
            "def f():\n    p = os.getenv('LEANCLOUD_APP_ENV', 'development')\n"
            "    return 1 if p == 'production' else f(p=2).p\n"
        ),
    ),
    (
        "p = os.environ.get('LC_APP_PROD')\nif p == '1' or p == '0': pass\n",
        "p = os.environ.get('LEANCLOUD_APP_ENV')\nif p == 'production' or p == 'stage': pass\n",
    ),
]
STAGES_LEFT = [
    "int(os.environ['LC_APP_PROD']) == 1",
    "'LC_APP_PROD' in os.environ and os.environ['LC_APP_PROD'] == '1'",
    "p = int(os.environ['LC_APP_PROD'])\nif p: pass",
    "if os.environ.get('LC_APP_PROD'): pass",
    "a = int(os.environ['LC_APP_PROD'])",
    "print(os.environ['LC_APP_PROD'])",
    "'LC_APP_PROD' in os.environ",
    "'LC_APP_PROD' not in os.environ and os.environ['LC_APP_PROD'] == '1'",
    "'LC_APP_PROD' in os.environ or os.environ['LC_APP_PROD'] == '1'",
    "os.environ.has_key('LC_APP_PROD')",
    "os.environ.get('LC_APP_PROD', '1') == '1'",
    "os.environ.get('LC_APP_PROD', '0') == '0'",
    "int(os.environ.get('LC_APP_PROD', 0)) == 0",
    "int(os.environ['LC_APP_PROD']) + 1",
    "os.environ['LC_APP_PROD'] == stage",
    "os.environ['LC_APP_PROD'] == '2'",
    "os.environ['LC_APP_PROD'] in stages",
    "os.environ['LC_APP_PROD'] = stage",
    "os.environ['LC_APP_PROD'] is None",
    "'0' < os.environ['LC_APP_PROD'] == '1'",
    "{'1': 'a', '0': 'b'}[os.environ['LC_APP_PROD']]",
    "p = os.environ['LC_APP_PROD']\nprint(p)",
    "p = os.environ['LC_APP_PROD']\nif p == '1' or p: pass",
    "# os.environ['LC_APP_PROD']",
    "# prod = os.environ['LC_APP_PROD']\n# if prod == '1': pass",
    "os.environ.update(LC_APP_PROD='1')",
    "del os.environ['LC_APP_PROD']",
]


def _done(source: str, context: RewriteContext | None = None) -> str:
    return rewrite("a.py", source.encode(), context).content.decode()


@pytest.mark.parametrize("form", READS)
def test_reads(form: str) -> None:
    """A name is replaced wherever it surely names a variable, in Python 2 and 3."""
    for name in ("LC_APP_ID", "LC_API_SERVER", "LC_APP_REPO_PATH"):
        assert (
            _done(f"import os\n{form.format(name)}\n")
            == f"import os\n{form.format(name.replace('LC_', 'LEANCLOUD_'))}\n"
        )


@pytest.mark.parametrize("form", ALIASES)
def test_aliases(form: str) -> None:
    """So it is where the environment, or what asks it, has another name."""
    assert _done(form.format("LC_APP_KEY")) == form.format("LEANCLOUD_APP_KEY")


@pytest.mark.parametrize("source", NOT_NAMES)
def test_what_is_no_name_of_a_variable(source: str) -> None:
    """Identifiers and other names are neither touched nor told."""
    result = rewrite("a.py", f"import os\n{source}\n".encode())
    assert (result.content.decode(), result.left) == (f"import os\n{source}\n", ())


@pytest.mark.parametrize(("source", "code"), LEFT)
def test_what_may_be_one(source: str, code: str) -> None:
    """Where it is not certain, nothing changes and the line is reported."""
    result = rewrite("a.py", source.encode())
    assert result.content.decode() == source
    assert {item.code for item in result.left} == {code}
    assert all("LC_" in source.splitlines()[item.line - 1] for item in result.left)


@pytest.mark.parametrize(("before", "after"), STAGES)
def test_stages(before: str, after: str) -> None:
    """LC_APP_PROD becomes LEANCLOUD_APP_ENV where its meaning is certain."""
    result = rewrite("a.py", f"import os\n{before}\n".encode())
    assert result.content.decode() == f"import os\n{after}\n"
    assert result.left == ()


@pytest.mark.parametrize("source", STAGES_LEFT)
def test_stages_that_are_not_certain(source: str) -> None:
    """Where it is not, all of it stays and is reported."""
    result = rewrite("a.py", f"import os\n{source}\n".encode())
    assert result.content.decode() == f"import os\n{source}\n"
    assert {item.code for item in result.left} <= {"stage", "stage-beside"}
    assert result.left


def test_one_uncertain_stage_keeps_the_others() -> None:
    """The uses of LC_APP_PROD in a file change together or not at all."""
    source = "import os\na = os.environ['LC_APP_PROD'] == '1'\nprint(os.environ['LC_APP_PROD'])\n"
    result = rewrite("a.py", source.encode())
    assert result.content.decode() == source
    assert [(item.line, item.code) for item in result.left] == [(2, "stage-beside"), (3, "stage")]
    assert result.keeps_stage


def test_a_name_that_another_file_imports_keeps_its_value() -> None:
    """What '1' is compared with in another file cannot be seen from here."""
    source = "import os\nPROD = os.environ.get('LC_APP_PROD')\nDEBUG = PROD != '1'\n"
    assert "LEANCLOUD_APP_ENV" in _done(source)
    assert _done(source, RewriteContext(imported=frozenset({"PROD"}))) == source


def test_functions_of_other_files() -> None:
    """A function of the project that takes the name of a variable does so where it is imported."""
    source = "from tools import setting\nsetting(1, 'LC_APP_ID')\n"
    assert _done(source) == source
    assert _done(source, RewriteContext(readers={"setting": 1})) == source.replace(
        "LC_", "LEANCLOUD_"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfimport os\r\nA = os.environ['LC_APP_ID']\r\n",
        b"import os\rA = 1\nB = os.environ['LC_APP_ID']",
        b"import os\n\tif 1:\n        A = os.environ['LC_APP_ID']\n\x0c\n",
        (
            "# coding: gbk\nimport os\nA = u'\u8a67\\' # \u8aa0\u8a2d', os.environ['LC_APP_ID']\n"
        ).encode("gbk"),
        (
            "# -*- coding: big5 -*-\nimport os\nA = u'\u529f', os.environ['LC_APP_ID'], '\u8a31'\n"
        ).encode("big5"),
        "# coding: latin-1\nimport os\nA = '\xe9', os.environ['LC_APP_ID']\n".encode("latin-1"),
        b"import os\n# \xff\xfe no encoding at all\nA = os.environ['LC_APP_ID']\n",
        "变量 = 1\nimport os\n值 = os.environ['LC_APP_ID']  # 注释\n".encode(),
        b"# coding: no-such-encoding\nimport os\nA = os.environ['LC_APP_ID']\n",
    ],
)
def test_bytes(data: bytes) -> None:
    """Whatever the encoding and the line ends, the bytes stay but for the names."""
    assert rewrite("a.py", data).content == data.replace(b"LC_APP_ID", b"LEANCLOUD_APP_ID")


def test_shadow_keeps_positions() -> None:
    """No byte moves, and a GBK character whose second half is a backslash escapes nothing."""
    data = "# coding: gbk\nA = '\u8a67\u8aa0'\n".encode("gbk")
    assert b"\\" in data
    assert len(shadow(data)) == len(data)
    assert b"\\" not in shadow(data)


def test_source_that_would_not_parse_is_not_taken() -> None:
    """A change after which neither tree nor compiler reads the file is refused."""
    assert still_parses(b"a = 1\n", b"a = 2\n")
    assert still_parses(b"print 'a'\n", b"print 'b'\n")
    assert not still_parses(b"a = 1\n", b"a = = 2\n")
    assert not still_parses(b"a = 1\n", b"  a = 2\n")
