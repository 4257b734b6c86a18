import os

import leancloud
from django.core.wsgi import get_wsgi_application
from leancloud import Engine

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
leancloud.init(os.environ["LC_APP_ID"], master_key=os.environ.get("LC_APP_MASTER_KEY"))
application = Engine(get_wsgi_application())
