import os

KEYS = {k: os.environ['LC_APP_' + k] for k in ('ID', 'KEY')}
PORT = os.environ['LC_APP_PORT']
TEXT = 'LC_' + 'ALL'
