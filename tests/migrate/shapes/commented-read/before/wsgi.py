import os

import leancloud

APP_ID = "an-id-that-is-no-secret"  # os.environ['LC_APP_ID']
#APP_KEY = os.environ['LC_APP_KEY']
#MASTER_KEY = os.environ.get("LC_APP_MASTER_KEY")
APP_KEY = "a-key"
PORT = int(os.environ['LC_APP_PORT'])
# PORT = 3000
# os.environ['LC_APP_PROD'] tells where it runs
# if os.environ['LC_APP_PROD'] == '1': DEBUG = False
