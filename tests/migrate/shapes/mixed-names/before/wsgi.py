import os

APP_ID = os.environ.get('LEANCLOUD_APP_ID') or os.environ.get('LC_APP_ID')
APP_KEY = os.environ['LEANCLOUD_APP_KEY']
MASTER_KEY = os.environ['LC_APP_MASTER_KEY']
if 'LC_APP_PORT' in os.environ:
    PORT = int(os.environ['LC_APP_PORT'])
else:
    PORT = int(os.environ.get('LEANCLOUD_APP_PORT', 3000))
