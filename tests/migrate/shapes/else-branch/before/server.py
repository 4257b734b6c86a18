# -*- coding: utf-8 -*-
import os
import sys

import leancloud

import functions

if len(sys.argv) > 1 and sys.argv[1] == 'local':
	# 本地调试
	APP_ID = 'the-id-of-the-test-app'
	MASTER_KEY = 'its-master-key'
	PORT = 8000
	print 'local', PORT
else:
	APP_ID = os.environ['LC_APP_ID']
	MASTER_KEY = os.environ['LC_APP_MASTER_KEY']
	PORT = int(os.environ['LC_APP_PORT'])

leancloud.init(APP_ID, master_key=MASTER_KEY)
