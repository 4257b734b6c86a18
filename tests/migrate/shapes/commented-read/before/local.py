import os

MASTER_KEY = os.environ['LC_APP_MASTER_KEY']
# MASTER_KEY = "its-master-key"

# if os.environ.get('LC_APP_PROD') == '1':
#     DEBUG = False
