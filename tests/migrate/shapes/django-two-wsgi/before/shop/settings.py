import os

DEBUG = os.environ.get('LC_APP_PROD') != '1'
