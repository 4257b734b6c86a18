import os

import leancloud
from leancloud import cloudfunc

from app import app
from cloud import engine

environ = os.environ
leancloud.init(environ['LC_APP_ID'], master_key=environ['LC_APP_MASTER_KEY'])
application = engine.wrap(app)
DEBUG = not int(environ.get('LC_APP_PROD', 0))
STAGE = environ.get('LC_APP_PROD', '') in ('0',)
