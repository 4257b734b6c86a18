"""The server set-up of the official Flask starter in production, which generated
projects are measured against.

gevent.pywsgi, given nothing but where to listen, in front of the SDK's engine and a Flask app.
"""
# mypy: ignore-errors

from gevent import monkey

monkey.patch_all()

import os

import leancloud
from flask import Flask
from gevent.pywsgi import WSGIServer

leancloud.init(
    os.environ["LEANCLOUD_APP_ID"],
    app_key=os.environ["LEANCLOUD_APP_KEY"],
    master_key=os.environ["LEANCLOUD_APP_MASTER_KEY"],
)
leancloud.use_master_key(False)
app = Flask(__name__)
engine = leancloud.Engine()


@app.route("/")
def index() -> str:
    """Answer with a small page."""
    return "<!doctype html><title>Hello</title><h1>Hello, LeanEngine!</h1>"


@engine.define
def hello(**params: str) -> str:
    """Answer a call as the generated projects' function does."""
    return f"Hello, {params.get('name', 'LeanEngine')}!"


application = engine.wrap(app)

if __name__ == "__main__":
    address = ("0.0.0.0", int(os.environ["LEANCLOUD_APP_PORT"]))
    WSGIServer(address, application, log=None).serve_forever()
