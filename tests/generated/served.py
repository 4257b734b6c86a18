"""The app with a little more for the tests; run as a program, it starts as `python wsgi.py` does."""

import os
import runpy
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from harness import ASYNCHRONOUS, FUNCTIONS, PAGES, STARTER

if FUNCTIONS:
    from leanengine import sdk
    from cloud import engine
    from leanengine.sdk import leancloud

    # The tests wait for it.
    assert 5 <= sdk.SESSION_SECONDS <= 10
    sdk.SESSION_SECONDS = 1
    sdk.STORE_SECONDS = 2

    @engine.define
    def sleep(seconds):
        time.sleep(seconds)

    @engine.define
    def length(text):
        return len(text)

    engine.define("长度")(length)

    @engine.define
    def remote_address():
        return engine.current.meta["remote_address"]

    @engine.define
    def log_in_victim():
        user = leancloud.User()
        user.id = "victim"
        leancloud.User.set_current(user)

    @engine.define
    def who_am_i():
        user = leancloud.User.get_current()
        return user and user.id

    @engine.define
    def whose_call(user=None):
        caller = engine.current.user
        return [caller and caller.id, user]

    @engine.define
    def ask_the_store(token):
        return leancloud.User.become(token).id

    @engine.after_save("Owned")
    def note_owner(owned):
        owners.append(engine.current.user.id)

    owners = []

    @engine.define
    def last_owner():
        return owners[-1]

if ASYNCHRONOUS:
    import app

    client_address = app.client_address

    def client_address_or_crash(request):
        if request.headers.get("X-Real-IP") == "crash":
            raise RuntimeError("as the test asked")
        return client_address(request)

    app.client_address = client_address_or_crash
    if STARTER == "tornado":
        # You may want them: functions and redirects must go on without.
        app.app.settings.update(xsrf_cookies=True, cross_origin_protection=True)
else:
    from wsgi import application

if __name__ == "__main__":
    runpy.run_module("wsgi", run_name="__main__")
