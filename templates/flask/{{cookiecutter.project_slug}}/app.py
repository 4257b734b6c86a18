"""The website: pages and JSON routes."""

{% if cookiecutter.sessions %}
from flask import Flask, abort, jsonify, redirect, render_template, request, url_for
{% else %}
from flask import Flask, jsonify, render_template, request
{% endif %}
from werkzeug.exceptions import HTTPException

from env import env
{% if cookiecutter.sessions %}
from leansdk import leancloud
{% endif %}

app = Flask(__name__)
app.config["TEMPLATES_AUTO_RELOAD"] = env.LEANCLOUD_APP_ENV == "development"
{% if cookiecutter.sessions %}
# For Flask's own `session`; the SDK's login cookie has its flags from leanengine.py.
app.config["SECRET_KEY"] = env.SECRET_KEY
app.config["SESSION_COOKIE_HTTPONLY"] = True
app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
app.config["SESSION_COOKIE_SECURE"] = env.production
{% endif %}


@app.route("/")
def index():
{% if cookiecutter.sessions %}
    user = leancloud.User.get_current()
    return render_template("index.html", environment=env.LEANCLOUD_APP_ENV, address=client_address(), user=user)
{% else %}
    return render_template("index.html", environment=env.LEANCLOUD_APP_ENV, address=client_address())
{% endif %}


@app.route("/api/status")
def status():
    return jsonify(environment=env.LEANCLOUD_APP_ENV, address=client_address())


def client_address():
    """Return the visitor's address as the platform saw it, or as the CDN in front of it did.

    Good for a log or a greeting, not for security: whoever reaches the app directly can send any such header.
    """
    forwarded = request.headers.get("X-Forwarded-For", "")
    return request.headers.get("X-Real-IP") or forwarded.split(",")[0].strip() or request.remote_addr
{% if cookiecutter.sessions %}


@app.route("/login", methods=["POST"])
def login():
    user = leancloud.User()
    try:
        user.login(request.form["username"], request.form["password"])
    except leancloud.LeanCloudError as error:
        abort(401, description=error.error)
    return redirect(url_for("index"))


@app.route("/logout", methods=["POST"])
def logout():
    user = leancloud.User.get_current()
    if user:
        user.logout()
    return redirect(url_for("index"))
{% endif %}


@app.errorhandler(HTTPException)
def show_error(error):
    """Answer an error, also a crash (500), as JSON under /api/ and as a page elsewhere."""
    if request.path.startswith("/api/"):
        return jsonify(error=error.name, description=error.description), error.code
    return render_template("error.html", error=error), error.code
