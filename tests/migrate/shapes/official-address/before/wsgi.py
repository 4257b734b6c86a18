import os

APP_ID = os.environ[u'LC_APP_ID']
