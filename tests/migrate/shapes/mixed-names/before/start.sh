export LEANCLOUD_APP_ID=new
export LC_APP_ID=old
export LC_APP_KEY=key
echo $LC_APP_ID
