import leancloud

import settings
from settings import LC_APP_ID, LC_APP_KEY

leancloud.init(LC_APP_ID, LC_APP_KEY)
assert getattr(settings, 'LC_APP_ID') == settings.LC_APP_ID
