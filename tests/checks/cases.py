"""Each rule's projects: what is changed in a sound one, so that the rule is broken, and so that
it is not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.checks.conftest import SOUND, WITH_SDK

if TYPE_CHECKING:
    from tests.trees import Tree


@dataclass(frozen=True)
class Case:
    """One way to break a rule.

    Attributes:
        rule: its id.
        broken: files in place of the base's; exactly this rule and `also` are broken then.
        place: the finding's file and line.
        sound: files in place of the base's with which no rule is broken.
        also: the ids of rules that the same fault breaks.
    """

    rule: str
    broken: Tree
    place: str
    sound: Tree = field(default_factory=dict)
    base: Tree = field(default_factory=lambda: SOUND)
    also: frozenset[str] = frozenset()


def sdk(
    rule: str,
    broken: Tree,
    place: str,
    sound: Tree | None = None,
    also: frozenset[str] = frozenset(),
) -> Case:
    """Return a case on the project with the SDK."""
    return Case(rule, broken, place, sound or {}, WITH_SDK, also)


def run(line: str) -> Tree:
    """Return a manifest that starts the server so."""
    return {"leanengine.yaml": f"run: {line}\n"}


def manifest(text: str) -> Tree:
    """Return a manifest with these lines."""
    return {"leanengine.yaml": f"run: python wsgi.py\n{text}\n"}


def serving(text: str, main: str = 'if __name__ == "__main__":\n') -> Tree:
    """Return a wsgi.py whose server is started so."""
    head = "import os\n\napplication = print\nPORT = int(os.environ['LEANCLOUD_APP_PORT'])\n"
    return {"wsgi.py": f"{head}{main}    {text}\n"}


def wsgi(text: str) -> Tree:
    """Return the wsgi.py of the project with the SDK, with other lines after `init`."""
    whole = str(WITH_SDK["wsgi.py"])
    return {"wsgi.py": whole.replace("application = engine.wrap(app)\n", text)}


GUNICORN: Tree = {"requirements.txt": "gunicorn==27.0.0\n"}
UWSGI: Tree = {"requirements.txt": "pyuwsgi==2.0.30\n"}
PORT = "${LEANCLOUD_APP_PORT}"
GEVENT: Tree = {
    "requirements.txt": "gevent==22.10.2\n",
    "gevent_server.py": "from gevent import monkey\nmonkey.patch_all()\n",
}
INIT = 'leancloud.init(os.environ["LEANCLOUD_APP_ID"], app_key=os.environ["LEANCLOUD_APP_KEY"])\n'
KEY = "a1B2c3D4e5F6g7H8i9J0k1L2"
INSTEAD_OF_ATTRIBUTES = {
    "row.attributes['owner'].id": "row.get('owner').id",
    "row.attributes.get('owner', None)": "row.get('owner', None)",
    "'owner' in row.attributes": "row.has('owner')",
    "dict(row.attributes)": "dict(row.dump())",
}
COOKIES = (
    "app = leancloud.engine.CookieSessionMiddleware(app, secret=os.environ['SECRET'])\n"
    "application = engine.wrap(app)\n"
)
FORGETS = "# leancloud.User.set_current(None) before each request, and HttpOnly after it\n"
ENGINE_IN_WSGI = """\
import leancloud
leancloud.init("id", app_key=None)
# ANDX_KEY is set by the environment
"""

TIMER = "timers:\n- name: t\n"
HOOKS = (
    str(WITH_SDK["cloud.py"])
    + """

@engine.before_save("Order")
def tidy(order):
    pass


@engine.define
def mine(**params):
    return engine.current.user


@engine.define("named")
def other(**params):
    return 1
"""
)
READS_TOKEN = (
    str(WITH_SDK["cloud.py"])
    + """

@engine.define
def token(**params):
    return engine.current.session_token


@engine.define
def quiet(**params):
    \"\"\"Never read current.user here.\"\"\"  # nor current_user
    return "current.user"
"""
)


CASES: tuple[Case, ...] = (
    # Recognition
    Case(
        "LE001",
        {"wsgi.py": None, "backend/wsgi.py": "application = 1\n"},
        "wsgi.py:1",
        {"wsgi.py": SOUND["wsgi.py"]},
        also=frozenset({"LE026"}),
    ),
    Case("LE002", {"requirements.txt": None}, "requirements.txt:1", {"requirements.txt": ""}),
    Case(
        "LE003",
        {"leanengine.yaml": None, "wsgi.py": "import os\nif __name__ == '__main__':\n    pass\n"},
        "wsgi.py:1",
        {
            "leanengine.yaml": None,
            "wsgi.py": (
                "from app import application\n\nif __name__ == '__main__':\n"
                "    application.run(host='0.0.0.0')\n"
            ),
        },
    ),
    Case(
        "LE004",
        {"wsgi.py": "application = 1\n"},
        "wsgi.py:1",
        {"wsgi.py": "import server\napplication = 1\nserver.serve_forever()\n"},
    ),
    # leanengine.yaml
    Case(
        "LE005",
        {"requirements.txt": b"#" * 1_100_000},
        "requirements.txt:1",
        {"requirements.txt": b"#" * 900_000},
    ),
    Case("LE010", {"leanengine.yaml": "run: a\nbuild: [\n"}, "leanengine.yaml:3"),
    Case("LE010", {"leanengine.yaml": "just text\n"}, "leanengine.yaml:1"),
    Case(
        "LE011", manifest("startUpTimeout: 30"), "leanengine.yaml:2", manifest("startupTimeout: 30")
    ),
    Case(
        "LE012",
        {
            "leanengine.yaml": "cmd: gunicorn -b localhost:3000 wsgi:app\n",
            **GUNICORN,
            "wsgi.py": "app = print\n__main__\n",
        },
        "leanengine.yaml:1",
        {
            **GUNICORN,
            **run(f"gunicorn -b unix:app.sock -b :{PORT} wsgi:app"),
            "wsgi.py": "app = print\n__main__\n",
        },
        also=frozenset({"LE020", "LE021"}),
    ),
    Case(
        "LE012",
        {"leanengine.yaml": "# old\ncmd: python wsgi.py\n"},
        "leanengine.yaml:2",
        run("python wsgi.py"),
    ),
    Case(
        "LE013",
        manifest("startupTimeout: 300"),
        "leanengine.yaml:2",
        manifest("startupTimeout: 120"),
    ),
    Case(
        "LE013",
        manifest("functionsMode: loose"),
        "leanengine.yaml:2",
        manifest("functionsMode: disabled"),
    ),
    Case(
        "LE013",
        manifest("exposeEnvironmentsOnBuild: 'yes'"),
        "leanengine.yaml:2",
        manifest("exposeEnvironmentsOnBuild: true"),
    ),
    Case("LE014", manifest("runtime: nodejs"), "leanengine.yaml:2", manifest("runtime: python")),
    Case(
        "LE015",
        manifest("systemDependencies: [phantomjs]"),
        "leanengine.yaml:2",
        manifest("systemDependencies: [ffmpeg]"),
    ),
    Case(
        "LE016",
        manifest("install: [{use: defaults}]"),
        "leanengine.yaml:2",
        manifest("install: [{use: default}]"),
    ),
    Case(
        "LE016",
        manifest("build: [{require: [a.txt]}]"),
        "leanengine.yaml:2",
        manifest("build: make pages"),
    ),
    Case(
        "LE017",
        manifest("install: [{require: [base.txt]}, {use: default}]"),
        "leanengine.yaml:2",
        {**manifest("install: [{require: [base.txt]}, {use: default}]"), "base.txt": "six==1.17\n"},
    ),
    Case("LE018", manifest("installDevDependencies: true"), "leanengine.yaml:2"),
    Case("LE019", manifest("buildRoot: backend"), "leanengine.yaml:2"),
    # run
    Case(
        "LE020",
        {**GUNICORN, **run("gunicorn -b 0.0.0.0:3000 wsgi:application")},
        "leanengine.yaml:1",
        {**GUNICORN, **run(f"gunicorn -b 0.0.0.0:{PORT} wsgi:application")},
    ),
    Case(
        "LE020",
        {**UWSGI, **run("uwsgi --http=:3000 --die-on-term -w wsgi -p 4")},
        "leanengine.yaml:1",
        {**UWSGI, **run(f"uwsgi --http=:{PORT} --die-on-term -w wsgi -p 4")},
    ),
    Case(
        "LE021",
        {**GUNICORN, **run(f"gunicorn --bind 127.0.0.1:{PORT} wsgi:application")},
        "leanengine.yaml:1",
        {**GUNICORN, **run(f"cd . && gunicorn --bind [::]:{PORT} wsgi:application")},
    ),
    Case(
        "LE021",
        {"requirements.txt": "uvicorn==0.54\n", **run(f"uvicorn wsgi:application --port {PORT}")},
        "leanengine.yaml:1",
        {
            "requirements.txt": "uvicorn==0.54\n",
            **run(f"uvicorn wsgi:application --host 0.0.0.0 --port {PORT}"),
        },
    ),
    Case(
        "LE022",
        {
            **GUNICORN,
            **run(f"gunicorn -b :{PORT} -w ${{LEANCLOUD_AVAILABLE_CPUS}} wsgi:application"),
        },
        "leanengine.yaml:1",
        {
            **GUNICORN,
            **run(f"gunicorn -b :{PORT} -w ${{LEANCLOUD_AVAILABLE_CPUS:-1}} wsgi:application"),
        },
    ),
    Case(
        "LE023",
        {**UWSGI, **run(f"uwsgi --http-socket :{PORT} -w wsgi")},
        "leanengine.yaml:1",
        {**UWSGI, **run(f"uwsgi --http-socket :{PORT} -p $(nproc) --die-on-term -w wsgi")},
    ),
    Case(
        "LE023",
        {**UWSGI, **run("uwsgi --ini uwsgi.ini"), "uwsgi.ini": "[uwsgi]\nmodule = wsgi\n"},
        "leanengine.yaml:1",
        {**UWSGI, **run("uwsgi --ini uwsgi.ini"), "uwsgi.ini": "[uwsgi]\ndie-on-term = true\n"},
    ),
    Case(
        "LE024",
        {"manage.py": "", **run(f"python manage.py runserver 0.0.0.0:{PORT}")},
        "leanengine.yaml:1",
    ),
    Case(
        "LE025", {**run("python wsgi.py &")}, "leanengine.yaml:1", run("echo a && python wsgi.py")
    ),
    Case(
        "LE025",
        {**GUNICORN, **run(f"gunicorn -b :{PORT} --daemon wsgi:application")},
        "leanengine.yaml:1",
    ),
    Case(
        "LE026",
        run("python server.py"),
        "leanengine.yaml:1",
        {**run("python -u server.py"), "server.py": "1\n"},
    ),
    Case(
        "LE026",
        {**GUNICORN, **run(f"gunicorn -b :{PORT} mysite.wsgi:application")},
        "leanengine.yaml:1",
        {**GUNICORN, **run(f"gunicorn --chdir src -b :{PORT} mysite.wsgi:application")},
    ),
    Case(
        "LE027",
        run(f"gunicorn -b :{PORT} wsgi:application"),
        "leanengine.yaml:1",
        {
            "requirements.txt": "gunicorn==27.0.0\r\n".encode("utf-16"),
            **run(f"gunicorn -b :{PORT} wsgi:application"),
        },
    ),
    Case(
        "LE027",
        {**GUNICORN, **run(f"gunicorn -k gevent -b :{PORT} wsgi:application")},
        "leanengine.yaml:1",
    ),
    Case(
        "LE028",
        {"requirements.txt": "-r base.txt\n", "base.txt": "six==1.17\n"},
        "requirements.txt:1",
        {
            "requirements.txt": "-r base.txt\n",
            "base.txt": "six==1.17\n",
            **manifest("install: [{require: [base.txt]}, {use: default}]"),
        },
    ),
    Case(
        "LE028",
        {
            **manifest("install: [{use: default}, pip install -r extra.txt]"),
            "extra.txt": "six==1.17\n",
        },
        "leanengine.yaml:2",
    ),
    Case(
        "LE029",
        manifest("install: echo nothing"),
        "leanengine.yaml:2",
        manifest("install: pip install -r requirements.txt"),
    ),
    # .python-version
    Case("LE030", {".python-version": "3.11\n"}, ".python-version:1", {".python-version": "3.11"}),
    Case("LE031", {".python-version": "pypy3.10-7.3\n"}, ".python-version:1"),
    Case(
        "LE032",
        {".python-version": "python-3.11\n"},
        ".python-version:1",
        {".python-version": "# ours\n3.11.7\n"},
    ),
    Case("LE032", {".python-version": ""}, ".python-version:1"),
    sdk(
        "LE033",
        {".python-version": "3.12.1\n"},
        ".python-version:1",
        {".python-version": "3.11.7\n"},
    ),
    Case("LE034", {".python-version": None}, ".python-version:1"),
    Case("LE035", {"runtime.txt": "python-3.6\n"}, "runtime.txt:1"),
    Case(
        "LE036",
        {".python-version": "2.7.18\n"},
        ".python-version:1",
        {".python-version": "3.8.10\n"},
    ),
    Case(
        "LE037",
        {"old.py": "import os\n\nprint 'hello'\n"},
        "old.py:3",
        {"old.py": 'print ("a"), 1\n"""\nprint me\n"""\ntry:\n    1\nexcept (A, B):\n    2\n'},
    ),
    Case(
        "LE037",
        {"old.py": "try:\n    pass\nexcept IOError, e:\n    pass\n"},
        "old.py:3",
        {".python-version": "3.8.1\n"},
    ),
    Case("LE037", {"old.py": "\tprint >>f, 1\r\nexec 'a'\r\n"}, "old.py:1"),
    Case(
        "LE038",
        {**GEVENT, ".python-version": "3.8.10\n"},
        ".python-version:1",
        {
            **GEVENT,
            ".python-version": "3.8.10\n",
            "requirements.txt": "gevent==22.10.2\nsetuptools==75.3.4\n",
        },
    ),
    # requirements.txt
    Case(
        "LE040",
        {"requirements.txt": "leancloud-sdk>=1.0.9\n"},
        "requirements.txt:1",
        {"requirements.txt": "# leancloud-sdk>=1.0.9\n"},
    ),
    Case(
        "LE041",
        {"requirements.txt": "# ours\nFlask>=1.0\nsix\n"},
        "requirements.txt:2",
        {
            "requirements.txt": (
                "Flask>=1.0,<2\nsix~=1.17\nidna @ https://example.org/idna.whl\n"
                "certifi==2026.1.1 \\\n    --hash=sha256:00\n"
            )
        },
    ),
    Case(
        "LE042",
        {"requirements.txt": "Flask_Sockets==0.2.1\n"},
        "requirements.txt:1",
        {"requirements.txt": "flask-sock==0.7.0\n"},
    ),
    Case(
        "LE043",
        {**GEVENT, "requirements.txt": "gevent>=21,<23\n"},
        "requirements.txt:1",
        {**GEVENT, "requirements.txt": "gevent==1.3.6\n"},
    ),
    Case(
        "LE043",
        GEVENT,
        "requirements.txt:1",
        {**GEVENT, "requirements.txt": "gevent==22.10.2\nsetuptools>=75.8.2,<82\n"},
    ),
    Case(
        "LE043",
        {**GEVENT, "requirements.txt": "leancloud>=2.9.4,<3\n"},
        "requirements.txt:1",
        {**GEVENT, "requirements.txt": "gevent==26.9.0\n"},
    ),
    sdk(
        "LE044",
        {"requirements.txt": "leancloud==3.0.2\nFlask==3.1.3\n"},
        "requirements.txt:2",
        {"requirements.txt": "leancloud==3.0.2\nFlask==1.1.4\n"},
    ),
    Case(
        "LE045",
        {"requirements.txt": "Flask==1.1.4\nMarkupSafe==2.1.1\n"},
        "requirements.txt:2",
        {"requirements.txt": "Flask==1.1.4\nMarkupSafe==2.0.1\n"},
    ),
    Case(
        "LE045",
        {
            "requirements.txt": "gevent==24.2.1\ngunicorn==27.0.0\n",
            **run(f"gunicorn -k gevent -b :{PORT} wsgi:application"),
        },
        "requirements.txt:2",
        {
            "requirements.txt": "gevent==26.9.0\ngunicorn==27.0.0\n",
            **run(f"gunicorn -k gevent -b :{PORT} wsgi:application"),
        },
    ),
    Case(
        "LE028",
        {
            "requirements.txt": "idna==3.20\n./wheels/corp_utils-1.0-py3-none-any.whl\n",
            "wheels/x.txt": "",
        },
        "requirements.txt:2",
        {
            "requirements.txt": "./wheels/corp_utils-1.0-py3-none-any.whl\n",
            **manifest("install: [{require: [./wheels/]}, {use: default}]"),
            "wheels/x.txt": "",
        },
    ),
    Case(
        "LE028",
        {
            "requirements.txt": "-f wheels\n-r deps/a.txt\n",
            "deps/a.txt": "-r b.txt\n",
            "deps/b.txt": "-r a.txt\n",
        },
        "deps/a.txt:1",
        {
            "requirements.txt": "-f wheels\n-r deps/a.txt\n",
            "deps/a.txt": "-r b.txt\n",
            "deps/b.txt": "-r a.txt\n",
            **manifest("install: [{require: [wheels, deps]}, {use: default}]"),
            "wheels/x.txt": "",
        },
    ),
    Case("LE028", {"requirements.txt": "-e .\n", "setup.py": "\n"}, "requirements.txt:1"),
    sdk(
        "LE046",
        {"requirements.txt": "idna==3.20\n"},
        "cloud.py:1",
        manifest("install: [{use: default}, pip install --no-deps leancloud==3.0.2]"),
    ),
    sdk(
        "LE046",
        {"requirements.txt": "-c limits.txt\n", "limits.txt": "leancloud==3.0.2\n"},
        "cloud.py:1",
        {},
        frozenset({"LE028"}),
    ),
    *(
        sdk("LE046", {"requirements.txt": "idna==3.20\n"}, "cloud.py:1", {"requirements.txt": line})
        for line in (
            "-e git+https://github.com/leancloud/python-sdk.git@master#egg=leancloud\n",
            "git+https://github.com/leancloud/python-sdk@v3.0.2#egg=leancloud\n",
            "leancloud @ git+ssh://git@github.com/leancloud/python-sdk.git\n",
            "https://files.example.com/leancloud-3.0.2-py2.py3-none-any.whl\n",
            "leancloud\\\r\n==3.0.2 \\\r\n --hash=sha256:00\r\n".encode("utf-16"),
        )
    ),
    sdk(
        "LE047",
        {
            "requirements.txt": "werkzeug==3.1.9\n",
            **manifest("install: [{use: default}, pip install --no-deps leancloud==3.0.2]"),
        },
        "requirements.txt:1",
        {
            "requirements.txt": "werkzeug==2.0.3\n",
            **manifest("install: [{use: default}, pip install --no-deps leancloud==3.0.2]"),
        },
    ),
    Case(
        "LE048",
        {"requirements.txt": "idna==3.20\npytz==2013b==x\n"},
        "requirements.txt:2",
        {"requirements.txt": "idna==3.20\npytz==2013b\n"},
    ),
    Case("LE048", {"requirements.txt": "idna==3.20 six==1.17\n"}, "requirements.txt:1"),
    Case("LE048", {"requirements.txt": "idna==3.20\nsix = 1.17\n"}, "requirements.txt:2"),
    Case(
        "LE049",
        {"requirements.txt": "certifi @ file:///croot/certifi_1/work\n"},
        "requirements.txt:1",
        {"requirements.txt": "certifi @ file:///C:/certifi ; sys_platform == 'win32'\n"},
    ),
    # Where leanengine.yaml cannot be read nothing is concluded from it
    sdk(
        "LE010",
        {"requirements.txt": "-r more.txt\n", "more.txt": "", "leanengine.yaml": "run: [\n"},
        "leanengine.yaml:2",
    ),
    Case(
        "LE016",
        {
            "requirements.txt": "-r more.txt\n",
            "more.txt": "",
            "leanengine.yaml": "run: python wsgi.py\ninstall: 5\n",
            "a.py": "import leancloud\n",
        },
        "leanengine.yaml:2",
    ),
    # How it listens
    Case(
        "LE050",
        serving("make_server('localhost', PORT, application).serve_forever()"),
        "wsgi.py:6",
        serving("make_server('', PORT, application).serve_forever()"),
    ),
    Case(
        "LE050",
        {
            "wsgi.py": (
                "from flask import Flask\napplication = app = Flask(__name__)\nport = 1\n"
                "app.run(port=os.environ['P'])\n"
            )
        },
        "wsgi.py:4",
        {
            "wsgi.py": (
                "from flask import Flask\napplication = app = Flask(__name__)\n"
                "app.run('0.0.0.0', os.environ['P'])\n"
            )
        },
    ),
    Case(
        "LE051",
        serving(
            "WSGIServer((host, PORT), application)",
            "host = 'localhost' if PORT else '0.0.0.0'\nif __name__ == '__main__':\n",
        ),
        "wsgi.py:5",
    ),
    Case(
        "LE051",
        {
            **GUNICORN,
            **run(f"gunicorn -b :{PORT} wsgi:application"),
            **serving("make_server('127.0.0.1', PORT, application)"),
        },
        "wsgi.py:6",
        {
            **serving("make_server('0.0.0.0', PORT, application)"),
            "scripts/try.py": "make_server('127.0.0.1', 1, app)\n",
        },
    ),
    Case(
        "LE052",
        serving("make_server('0.0.0.0', 8080, application)"),
        "wsgi.py:6",
        serving(
            "make_server('0.0.0.0', int(os.environ.get('LEANCLOUD_APP_PORT', 3000)), application)"
        ),
    ),
    Case(
        "LE053",
        {"config.py": "import os\nENV = os.environ['LEANCLOUD_APP_ENV']\n"},
        "config.py:2",
        {
            "config.py": (
                "import os\nENV = os.environ.get('LEANCLOUD_APP_ENV')\n"
                "os.environ['LEANCLOUD_APP_ENV'] = 'stage'\n# os.environ['LEANCLOUD_APP_ENV']\n"
            ),
            "tests/test_a.py": "import os\nos.environ['LEANCLOUD_APP_ENV']\n",
        },
    ),
    Case(
        "LE054",
        serving("run_simple('0.0.0.0', PORT, application, use_debugger=True)"),
        "wsgi.py:6",
        serving(
            "if os.environ.get('LEANCLOUD_APP_ENV') == 'development': "
            "run_simple('0.0.0.0', PORT, application, use_debugger=True)"
        ),
    ),
    Case(
        "LE055",
        {
            "wsgi.py": (
                "from gevent.pywsgi import WSGIServer\napplication = 1\n"
                "WSGIServer(('', port), application).serve_forever()\n"
            ),
            "requirements.txt": "gevent==26.9.0\n",
        },
        "wsgi.py:3",
        {
            "wsgi.py": (
                "from gevent.pywsgi import WSGIServer\napplication = 1\n"
                "listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)\n"
                "WSGIServer(listener, application).serve_forever()\n"
            ),
            "requirements.txt": "gevent==26.9.0\n",
        },
    ),
    Case(
        "LE056",
        {
            "a.py": "from gevent.wsgi import WSGIServer\n",
            **GEVENT,
            "requirements.txt": "gevent==26.9.0\n",
        },
        "a.py:1",
        {
            "a.py": (
                '"""Not from gevent.wsgi import WSGIServer."""\n'
                "from tornado.wsgi import WSGIContainer\n"
            )
        },
    ),
    Case(
        "LE054",
        {
            "wsgi.py": (
                "import os\nfrom flask import Flask\n"
                "from werkzeug.debug import DebuggedApplication\n"
                "from wsgiref.simple_server import make_server\n"
                "application = Flask(__name__)\nPORT = int(os.environ['LEANCLOUD_APP_PORT'])\n"
                "if os.environ.get('LEANCLOUD_APP_ENV') == 'production':\n"
                "    make_server('0.0.0.0', PORT, application).serve_forever()\n"
                "else:\n    application = DebuggedApplication(application, evalex=True)\n"
                "    make_server('localhost', PORT, application).serve_forever()\n"
            )
        },
        "wsgi.py:10",
    ),
    Case("LE056", {"a.py": "import six\nfrom flask.ext.sqlalchemy import SQLAlchemy\n"}, "a.py:2"),
    Case("LE056", {"a.py": "from tornado.wsgi import WSGIApplication\n"}, "a.py:1"),
    Case(
        "LE057",
        {
            "wsgi.py": "from shop import views\n" + str(SOUND["wsgi.py"]),
            "shop/__init__.py": "",
            "shop/views.py": "import os, json\nimport yaml\n",
        },
        "shop/views.py:2",
        {"shop/views.py": "import yaml\n", "requirements.txt": "PyYAML==6.0.2\n"},
    ),
    Case(
        "LE057",
        {"wsgi.py": "import requests\n" + str(SOUND["wsgi.py"])},
        "wsgi.py:1",
        {"requirements.txt": "requests==2.32.3\n"},
    ),
    Case(
        "LE057",
        {"wsgi.py": "from PIL import Image\n" + str(SOUND["wsgi.py"])},
        "wsgi.py:1",
        {"requirements.txt": "pillow==12.0.0\n"},
    ),
    # The SDK
    sdk("LE060", {"wsgi.py": str(WITH_SDK["wsgi.py"]).replace(INIT, "")}, "cloud.py:3"),
    sdk(
        "LE061",
        {
            **GUNICORN,
            "requirements.txt": "leancloud==3.0.2\ngunicorn==23.0.0\n",
            **run(f"gunicorn -b :{PORT} app:app"),
            "wsgi.py": str(WITH_SDK["wsgi.py"])
            .replace(INIT, "")
            .replace("    from server", f"    {INIT}    from server"),
        },
        "wsgi.py:14",
    ),
    sdk(
        "LE062",
        {
            "app.py": "import leancloud\n\nTODOS = leancloud.Query('Todo').find()\n"
            + str(WITH_SDK["app.py"])
        },
        "app.py:3",
        {
            "app.py": (
                "import leancloud\n\nTodo = leancloud.Object.extend('Todo')\ndef todos():\n"
                "    return leancloud.Query('Todo').find()\n"
            )
            + str(WITH_SDK["app.py"])
        },
    ),
    sdk(
        "LE063",
        {
            "wsgi.py": str(WITH_SDK["wsgi.py"]).replace(
                "import leancloud\n", "import leancloud\nos.environ['LEANCLOUD_APP_ID'] = 'x'\n"
            )
        },
        "wsgi.py:7",
        {
            "wsgi.py": str(WITH_SDK["wsgi.py"]).replace(
                "import leancloud\n", "os.environ['LEANCLOUD_APP_ID'] = 'x'\nimport leancloud\n"
            )
        },
    ),
    sdk(
        "LE063",
        {
            "wsgi.py": str(WITH_SDK["wsgi.py"]).replace(
                "import leancloud\n",
                "import leancloud\nfrom dotenv import load_dotenv\nload_dotenv()\n",
            )
        },
        "wsgi.py:8",
    ),
    sdk(
        "LE064",
        {"wsgi.py": str(WITH_SDK["wsgi.py"]).replace("app_key=", "master_key=")},
        "wsgi.py:11",
        {
            "wsgi.py": str(WITH_SDK["wsgi.py"])
            .replace("app_key=", "master_key=")
            .replace("application =", "leancloud.use_master_key(False)\napplication =")
        },
    ),
    sdk(
        "LE065",
        {"wsgi.py": str(WITH_SDK["wsgi.py"]).replace("_ANDX_KEY", "_OTHER")},
        "cloud.py:3",
        {
            "wsgi.py": str(WITH_SDK["wsgi.py"]).replace("_ANDX_KEY", "_OTHER"),
            "cloud.py": "from leancloud import Engine\nengine = Engine()\n",
        },
    ),
    sdk(
        "LE066",
        {
            "requirements.txt": "leancloud==3.0.2\ngunicorn==23.0.0\n",
            **run(f"gunicorn -b :{PORT} wsgi:application"),
        },
        "wsgi.py:12",
        {
            "requirements.txt": "leancloud==3.0.2\ngunicorn==23.0.0\n",
            **run(f"gunicorn -b :{PORT} wsgi:application"),
            **wsgi("application = Repaired(engine.wrap(app))\n"),
        },
    ),
    sdk(
        "LE067",
        {
            "requirements.txt": "leancloud==3.0.2\ngunicorn==23.0.0\n",
            "leanengine.yaml": (
                f"run: gunicorn -b :{PORT} wsgi:application\nfunctionsMode: strict\n"
            ),
        },
        "wsgi.py:12",
        manifest("functionsMode: strict"),
    ),
    sdk("LE068", {**wsgi(COOKIES + "# HttpOnly\n")}, "wsgi.py:12", wsgi(COOKIES + FORGETS)),
    sdk("LE069", {**wsgi(COOKIES + "# set_current()\n")}, "wsgi.py:12", wsgi(COOKIES + FORGETS)),
    sdk(
        "LE070",
        wsgi("app = engine.wrap(app)\napplication = leancloud.HttpsRedirectMiddleware(app)\n"),
        "wsgi.py:13",
        wsgi("app = leancloud.HttpsRedirectMiddleware(app)\napplication = engine.wrap(app)\n"),
    ),
    sdk(
        "LE071",
        wsgi("application = engine\n"),
        "wsgi.py:12",
        {
            **wsgi("application = engine\n"),
            "cloud.py": str(WITH_SDK["cloud.py"]).replace(
                "Engine()", "Engine(get_wsgi_application())"
            ),
        },
    ),
    sdk(
        "LE072",
        wsgi("app = engine.wrap(app)\napplication = engine.wrap(app)\n"),
        "wsgi.py:13",
        wsgi(
            "if app:\n    application = engine.wrap(app)\nelse:\n"
            "    application = engine.wrap(other)\n"
        ),
    ),
    sdk(
        "LE073",
        {"a.py": "from leancloud import cloudfunc\n"},
        "a.py:1",
        {"a.py": "from leancloud import cloud\n# cloudfunc\n"},
    ),
    sdk(
        "LE073",
        {"a.py": "from cloud import engine\nuser = engine.current_user\n"},
        "a.py:2",
        {
            "a.py": (
                "from cloud import engine\nuser = engine.current.user\nother = app.current_user\n"
            )
        },
    ),
    sdk(
        "LE073",
        {"a.py": "from leancloud.engine.redirect import HttpsRedirectMiddleware\n"},
        "a.py:1",
        {"a.py": "from leancloud.engine import HttpsRedirectMiddleware\n"},
    ),
    sdk(
        "LE073",
        {
            "a.py": (
                "import leancloud\n\n\ndef one(query):\n    note = query.first()\n"
                "    return note.attributes\n"
            )
        },
        "a.py:6",
        {
            "a.py": (
                "import leancloud\n\n\ndef one(node):\n"
                "    return node.attributes, leancloud.Query('A').first().dump()\n"
            )
        },
    ),
    sdk(
        "LE073",
        {
            "a.py": (
                "import leancloud\n\n\ndef all(query):\n    for note in query.find():\n"
                "        print(note.attributes)\n"
            )
        },
        "a.py:6",
    ),
    sdk(
        "LE073",
        {
            "a.py": (
                "import leancloud\n\n\ndef likes(post):\n"
                "    return post.relation('likes').query().find()\n"
            )
        },
        "a.py:5",
        {
            "a.py": (
                "import leancloud\n\n\ndef likes(post, db):\n"
                "    return post.relation('likes').query.find(), db.query()\n"
            )
        },
    ),
    *(
        sdk(
            "LE073",
            {
                "a.py": (
                    "import leancloud\n\n\ndef owner(row):\n"
                    f"    row = leancloud.Query('A').first()\n    return {old}\n"
                )
            },
            "a.py:6",
            {
                "a.py": (
                    "import leancloud\n\n\ndef owner(row):\n"
                    f"    row = leancloud.Query('A').first()\n    return {new}\n"
                )
            },
        )
        for old, new in INSTEAD_OF_ATTRIBUTES.items()
    ),
    Case(
        "LE082",
        {"config.py": "class Config:\n    SECRET_KEY = 'not-so-secret'\n"},
        "config.py:2",
        {"config.py": "class DevelopmentConfig:\n    SECRET_KEY = 'not-so-secret'\n"},
    ),
    # Old versions have what later ones have not
    Case(
        "LE056",
        {
            "a.py": "from flask.ext.login import LoginManager, current_user\n",
            "requirements.txt": "flask==1.1.4\n",
        },
        "a.py:1",
        {
            "a.py": (
                "from flask.ext.login import LoginManager\nfrom gevent.wsgi import WSGIServer\n"
            ),
            "requirements.txt": "flask<1\ngevent==1.2.2\nsetuptools<82\n",
        },
    ),
    sdk(
        "LE073",
        {"cloud.py": str(WITH_SDK["cloud.py"]) + "\nfrom leancloud import cloudfunc\n"},
        "cloud.py:10",
        {
            "cloud.py": str(WITH_SDK["cloud.py"]) + "\nfrom leancloud import cloudfunc\n",
            "requirements.txt": "leancloud<2.8\nsetuptools<82\n",
        },
    ),
    # Keys
    sdk(
        "LE080",
        {
            "wsgi.py": str(WITH_SDK["wsgi.py"]).replace(
                'os.environ["LEANCLOUD_APP_KEY"]', f'"{KEY}"'
            )
        },
        "wsgi.py:11",
        {
            "config.py": (
                "MASTER_KEY = 'your-master-key'\nAPP_KEY = 'xxxxxxxxxxxxxxxxxxxxxxx1'\n"
                "CACHE = 'a1B2c3D4e5F6g7H8i9J0k1L2'\n"
            )
        },
    ),
    sdk(
        "LE080",
        {
            "config.py": (
                f"import os\nos.environ['LEANCLOUD_APP_MASTER_KEY'] = '{KEY}'\n"
                "APP_KEY = os.environ.get('LEANCLOUD_APP_KEY')\n"
            )
        },
        "config.py:2",
    ),
    sdk(
        "LE080",
        {
            "config.py": f"# coding: gbk\nMASTER_KEY = u'{KEY},master'\n".encode()
            + b"# \xc4\xe3\xba\xc3\n"
        },
        "config.py:2",
    ),
    sdk(
        "LE080",
        {"rest.py": f"HEADERS = {{'X-AVOSCloud-Application-Key': '{KEY}', 'X-LC-Id': 'x'}}\n"},
        "rest.py:1",
    ),
    sdk(
        "LE080",
        {
            "rest.py": (
                f"import requests\nrequests.get('/', headers={{\n  'X-LC-Key': '{KEY},master',\n"
                f"}})\n"
            )
        },
        "rest.py:3",
    ),
    sdk(
        "LE080", {"a.py": f"keys = {{'avos_app_key': '{KEY}', 'avos_app_id': '{KEY}'}}\n"}, "a.py:1"
    ),
    sdk(
        "LE080", {"test/a.py": f"import leancloud\nleancloud.init('id', '{KEY}')\n"}, "test/a.py:2"
    ),
    sdk(
        "LE080",
        {"a.py": f"from leancloud import client\nclient.init('id', master_key='{KEY}')\n"},
        "a.py:2",
    ),
    sdk("LE080", {"a.py": f"# leancloud.init('{KEY}-gzGzoHsz', '{KEY}')\n"}, "a.py:1"),
    sdk("LE080", {"a.py": f"class Config:\n    APP_ID, APP_KEY = 'id', ('{KEY}')\n"}, "a.py:2"),
    sdk(
        "LE080",
        {
            "a.py": (
                f"import os\nKEY = os.getenv('LEANCLOUD_APP_KEY') or '{KEY}'\n"
                f"self.masterKey = os.getenv('K') or '{KEY}'\n"
            )
        },
        "a.py:3",
    ),
    sdk("LE080", {"a.py": f"def connect(app_id, app_key='{KEY}'):\n    pass\n"}, "a.py:1"),
    sdk("LE080", {"a.py": f'curl = ["X-LC-Key: {KEY},master"]\n'}, "a.py:1"),
    sdk(
        "LE080",
        {"a.py": f"config['wxAppSecret'] = u'{KEY}'\n"},
        "a.py:1",
        {"a.py": f"CACHE_KEY = PRIMARY_KEY = '{KEY}'\nnames = ['app_key', 'master_key']\n"},
    ),
    Case(
        "LE081",
        {"start.sh": f"export LEANCLOUD_APP_MASTER_KEY={KEY}\npython wsgi.py\n"},
        "start.sh:1",
        {
            "start.sh": "export LEANCLOUD_APP_MASTER_KEY=$KEY\n",
            ".env": f"LEANCLOUD_APP_KEY={KEY}\n",
        },
    ),
    Case("LE081", {"Dockerfile": f"FROM python\nENV LEANCLOUD_APP_KEY {KEY}\n"}, "Dockerfile:2"),
    *(
        Case(
            "LE081",
            {path: text},
            f"{path}:{text.count(chr(10), 0, text.index(KEY)) + 1}",
            {path: text.replace(KEY, "your-master-key")},
        )
        for path, text in {
            "config.json": f'{{\n  "LEANCLOUD_MASTER_KEY": "{KEY}"\n}}\n',
            "conf/app.yml": f"leancloud:\n  masterKey: {KEY}\n",
            "deploy.yaml": f"- name: LC_APP_KEY_PROD\n  value: {KEY}\n",
            "app.properties": f"leancloud.appKey={KEY}\n",
            "app.ini": f"[lean]\napp_key = {KEY}\n",
            ".env.example": f"LEANCLOUD_APP_MASTER_KEY={KEY}\n",
            ".idea/workspace.xml": f'<envs>\n<env name="MASTER_KEY" value="{KEY}" />\n</envs>\n',
            ".vscode/launch.json": f'{{"env": {{"hookKey": "{KEY}"}}}}\n',
            "test/Info.plist": f"<key>avosMasterKey</key>\n<string>{KEY}</string>\n",
            "cloud.js": f"AV.init({{\n  appKey: '{KEY}' }})\n",
            "static/a.js": f"AV.init('x-gzGzoHsz', 'x');\nvar masterKey = `{KEY}`;\n",
            "notes": f"curl -H 'X-LC-Key: {KEY},master'\n",
            "README.md": f"- Master Key: {KEY}\n",
        }.items()
    ),
    Case(
        "LE081",
        {"a.js": f"var masterKey = '{KEY}';\n"},
        "a.js:1",
        {
            "static/a.js": f"AV.init({{appId: 'x', appKey: '{KEY}'}});\n",
            "a.js": "var app_key = getAppKeyFromSettings2;\n",
            "README.md": f"See the app key {KEY}.\n",
            "private.json": f'{{"master_key": "{KEY}"}}\n',
            ".gitignore": ".env\nprivate.json\n",
            ".env": f"LEANCLOUD_APP_MASTER_KEY={KEY}\n",
        },
    ),
    Case(
        "LE082",
        {"settings.py": "SECRET_KEY = 'django-insecure-1'\n"},
        "settings.py:1",
        {
            "settings.py": (
                "import os\nSECRET_KEY = os.environ['SECRET_KEY']\nif DEBUG:\n"
                "    SECRET_KEY = 'insecure'\n"
            )
        },
    ),
    Case(
        "LE083",
        {".env": "A=1\n", ".leanignore": ".venv\n.git\n"},
        ".leanignore:1",
        {".env": "A=1\n", ".env.example": "A=\n", ".leanignore": "/.venv/\n.git\n.env*\n"},
    ),
    Case(
        "LE084",
        {".leanignore": "# .env\n*.pyc\n.venv\n.git\n"},
        ".leanignore:1",
        {".leanignore": "**/.env\n.venv/\n.git/\n"},
    ),
    Case("LE084", {".leanignore": None}, ".leanignore:1"),
    Case(
        "LE085",
        {"env/pyvenv.cfg": "home = /usr\n", "env/lib/a.py": "print 'x'\n"},
        ".leanignore:1",
        {"env/pyvenv.cfg": "home = /usr\n", ".leanignore": ".env\n.venv/\n.git/\nenv/\n"},
    ),
    Case(
        "LE086",
        {".gitignore": "*.pyc\n"},
        ".gitignore:1",
        {".gitignore": "*.pyc\n.env*\n!.env.example\n"},
    ),
    Case(
        "LE086",
        {".gitignore": ".env\r\n".encode("utf-16")},
        ".gitignore:1",
        {".gitignore": ".env\r\n".encode("utf-8-sig")},
    ),
    Case("LE086", {".gitignore": "/.env\n!.env\n"}, ".gitignore:1", {".gitignore": "**/.env\n"}),
    Case(
        "LE086", {".gitignore": ".env\n", "a/.gitignore": "!.env\n", "a/.env": ""}, ".gitignore:1"
    ),
    Case(
        "LE088",
        {".gitignore": ".env\n.python-version\n"},
        ".python-version:1",
        {".gitignore": ".env\n.*\n!.python-version\nrequirements.txt/\n"},
    ),
    Case(
        "LE089",
        {".leanignore": ".env\n.venv/\n.git/\n*.txt\n"},
        "requirements.txt:1",
        {".leanignore": ".*\n!.python-version\n"},
    ),
    # Old names
    Case("LE090", {"a.py": "import os\nID = os.environ['LC_APP_ID']\n"}, "a.py:2"),
    Case(
        "LE090",
        {"a.py": "from os import environ as env\nID = env.get('LC_APP_ID', '')\n"},
        "a.py:2",
    ),
    Case("LE090", {"a.py": "import os\nif 'LC_APP_KEY' in os.environ:\n    pass\n"}, "a.py:2"),
    Case("LE090", {"a.py": "import os\nprint(f\"{os.getenv('LC_APP_PORT')}\")\n"}, "a.py:2"),
    Case(
        "LE090", {"a.py": b'\xef\xbb\xbfimport os\r\n\tx = os.environ["LC_APP_ID"]\r\n'}, "a.py:2"
    ),
    Case("LE091", {"env_setup.sh.prod": "export LC_APP_ID=x\n"}, "env_setup.sh.prod:1"),
    Case(
        "LE091",
        {"README.md": "# Start\n\n```sh\nexport LC_APP_ID=...\n```\n"},
        "README.md:4",
        {"README.md": "LC_APP_ID was the name, LC_APP_KEY: too.\n"},
    ),
    Case(
        "LE091", {"Dockerfile": "FROM python\nCMD gunicorn -b :$LC_APP_PORT wsgi\n"}, "Dockerfile:2"
    ),
    Case("LE092", {"a.py": "import os\nPROD = os.environ.get('LC_APP_PROD') == '1'\n"}, "a.py:2"),
    sdk(
        "LE093",
        {
            "a.py": "import os\nID = os.environ['LC_APP_KEY']\n",
            "wsgi.py": str(WITH_SDK["wsgi.py"]).replace('"LEANCLOUD_APP_KEY"', '"LC_APP_KEY"'),
        },
        "a.py:2",
        {},
        frozenset({"LE090"}),
    ),
    *(
        sdk(
            rule,
            {"timers.yaml": TIMER + broken, **more},
            place,
            {"timers.yaml": TIMER + good, **more},
        )
        for rule, broken, good, place, more in (
            (
                "LE100",
                "  function: hello\n  cron: 0 0 8 * * *\n",
                "  function: hello\n  cron: 0 0 8 * * ?\n",
                "timers.yaml:4",
                {},
            ),
            (
                "LE101",
                "  function: helo\n  every: 60\n",
                "  function: hello\n  every: 60\n",
                "timers.yaml:2",
                {},
            ),
            (
                "LE102",
                "  function: tidy\n  every: 60\n",
                "  function: hello\n  every: 60\n",
                "timers.yaml:2",
                {"cloud.py": HOOKS},
            ),
            (
                "LE103",
                "  function: hello\n  cron: 0 0 0 31 2 ?\n",
                "  function: hello\n  cron: 0 0 0 29 2 ?\n",
                "timers.yaml:2",
                {},
            ),
            (
                "LE104",
                "  function: hello\n  every: 30\n",
                "  function: hello\n  every: 60\n",
                "timers.yaml:2",
                {},
            ),
            (
                "LE104",
                "  function: hello\n  cron: 0,30 0 8 * * ?\n",
                "  function: hello\n  cron: 30 * 8 * * ?\n",
                "timers.yaml:2",
                {},
            ),
            (
                "LE105",
                "  function: mine\n  every: 60\n",
                "  function: hello\n  every: 60\n",
                "cloud.py:16",
                {"cloud.py": HOOKS},
            ),
            (
                "LE105",
                "  function: token\n  every: 60\n",
                "  function: quiet\n  every: 60\n",
                "cloud.py:11",
                {"cloud.py": READS_TOKEN},
            ),
            (
                "LE106",
                "  function: hello\n  cron: 0 0 8 ? * MON-FRI/2\n",
                "  function: named\n  cron: 0 0 8 ? * MON,WED\n",
                "timers.yaml:2",
                {"cloud.py": HOOKS},
            ),
        )
    ),
)

# What must not be taken for the platform's variables: names of the locale,
# the user's own, and prose.
NOT_OLD_NAMES: Tree = {
    "settings.py": """\
import os
from secret import LC_APP_KEY

LC_APP_ID = os.environ["LEANCLOUD_APP_ID"]
LC_USER = os.environ["LC_USER"]
os.environ["LC_ALL"] = os.environ.get("LC_CTYPE", "C")
MEDIA = os.environ["LC_MEDIA_ROOT"]
APPS = os.environ.get("LC_APPS_PATH")
print("set LC_APP_ID first")
options = {"LC_APP_ID": LC_APP_ID}
config.get("LC_APP_ID")
# os.environ['LC_APP_ID']
\"\"\"
os.environ['LC_APP_PROD']
\"\"\"
""",
    "views.py": "from settings import LC_APP_ID\nprint(LC_APP_ID)\n",
    "lc.ini": "[leancloud]\nlc_app_id = x\nLC_APP_ID = y\n",
    "start.sh": "export LC_ALL=C\n# export LC_APP_ID=x\nexport MY_LC_APP_ID=1\necho $LC_APP_IDS\n",
    "wsgi.py~": "import os\nos.environ['LC_APP_ID']\n",
    "node_modules/x/a.py": "import os\nos.environ['LC_APP_ID']\n",
    "venv/pyvenv.cfg": "",
    "venv/lib/a.sh": "export LC_APP_ID=x\n",
    ".idea/a.yml": "LC_APP_ID: x\n",
    ".leanignore": ".env\n.venv/\n.git/\nvenv/\n",
}
