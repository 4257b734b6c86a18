# coding: utf-8
import os

'''
if os.environ.get('LC_APP_PROD') == '1':
    print u'生产环境'
elif os.environ.get('LC_APP_PROD') == '0':
    print u'预备环境'
else:
    print u'开发环境', os.environ['LC_APP_ID']
'''

"""
prod = os.environ['LC_APP_PROD']
if prod == '1':
    print 'production'
"""

env = os.environ.get('LC_APP_PROD')
if env == '1':
    DEBUG = False
elif env == '0':
    DEBUG = True
else:
    DEBUG = True
