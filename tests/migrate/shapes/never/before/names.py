import locale
import os

LC_APP_ID = 'an identifier'
LC_APP_KEY = LC_APP_ID
LC_USER = os.environ.get('LC_USER')
LC_PASSWORD = os.environ['LC_PASSWORD']
LC_MEDIA_URL = '/media/'
LC_APPS_PATH = os.environ.get('LC_APPS_PATH', 'apps')
OTHER = {'LC_APP_IDS': 1, 'MY_LC_APP_ID': 2, 'lc_app_id': 3}
locale.setlocale(locale.LC_ALL, os.environ.get('LC_ALL', os.environ.get('LC_CTYPE', '')))


def show(LC_APP_KEY=None, *args):
    """Say it."""
    return show(LC_APP_KEY=LC_APP_KEY) or hasattr(args, 'LC_APP_KEY')
