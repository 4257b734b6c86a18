import os

PROD = os.environ.get('LC_APP_PROD') == '1'
