$env:LC_APP_ID = 'id'
python wsgi.py $env:LC_APP_PORT
