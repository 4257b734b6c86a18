import leancloud

from secret import LC_APP_ID, LC_APP_KEY, LC_PASSWORD, LC_USERNAME

leancloud.init(LC_APP_ID, LC_APP_KEY)
leancloud.User().login(LC_USERNAME, LC_PASSWORD)
