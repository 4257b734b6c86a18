import os

APP_ID = os.environ['LC_APP_ID']
