import os
from os import environ as env, getenv

import leancloud
from leancloud.engine import CookieSessionMiddleware, HttpsRedirectMiddleware

from app import app
from cloud import engine

leancloud.init(env['LC_APP_ID'], app_key=getenv('LC_APP_KEY'), master_key=env.get("LC_APP_MASTER_KEY"))
app = CookieSessionMiddleware(app, secret=env['LC_APP_MASTER_KEY'])
application = engine.wrap(HttpsRedirectMiddleware(app))

for name in ('LC_APP_ID', 'LC_APP_KEY'):
    if name not in os.environ:
        raise RuntimeError('%s is not set' % name)


def setting(name, default=None):
    return os.environ.get(name, default)


PORT = int(setting('LC_APP_PORT', '3000'))
