export LC_APP_ID=x
