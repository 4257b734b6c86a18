import os

if os.environ.get('LC_APP_PROD'):
    DEBUG = False
PROD = os.environ.get('LC_APP_PROD') == '1'
APP_ID = os.environ['LC_APP_ID']
