import os

# From the console.
LC_APP_ID = os.environ['LC_APP_ID']
LC_APP_KEY = os.environ.get('LC_APP_KEY', '')
LC_USER = os.environ['LC_USER']
LC_MEDIA_ROOT = '/tmp/media'
