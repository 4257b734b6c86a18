import os

import leancloud

leancloud.init(os.environ['LC_APP_ID'], os.environ['LC_APP_KEY'])
PORT = 3002
