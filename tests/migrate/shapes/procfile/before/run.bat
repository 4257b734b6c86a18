@echo off
set LC_APP_ID=id
set "LC_APP_KEY=key"
python wsgi.py %LC_APP_ID% %LC_ALL%
