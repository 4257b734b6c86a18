import os
from configparser import ConfigParser

config = ConfigParser()
config.optionxform = str
config.read('config.ini')
APP_ID = config.get('leancloud', 'lc_app_id')
APP_KEY = config['leancloud']['LC_APP_KEY']
PORT = int(os.environ.get('LC_APP_PORT', config.get('server', 'port')))
