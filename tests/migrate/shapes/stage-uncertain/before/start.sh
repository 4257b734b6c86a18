export LC_APP_PROD=1
export LC_APP_ID=x
