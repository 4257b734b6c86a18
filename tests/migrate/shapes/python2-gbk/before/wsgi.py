# -*- coding: gbk -*-
import os

# 应用的标识，字典\
print u'詧誠設', os.environ['LC_APP_ID']  # 字
exec 'pass'
try:
    pass
except KeyError, e:
    print `e`, os.environ.get('LC_APP_KEY')
