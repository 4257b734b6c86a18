# -*- coding: utf-8 -*-
import os

import leancloud
from app import create_app

app = create_app()
APP_ID = os.environ['LC_APP_ID']
MASTER_KEY = os.environ['LC_APP_MASTER_KEY']
PORT = int(os.environ.get('LC_APP_PORT', 3000))
leancloud.init(APP_ID, master_key=MASTER_KEY)
application = leancloud.Engine(app)
