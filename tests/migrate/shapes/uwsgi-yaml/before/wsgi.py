import os


def application(environ, start_response):
    start_response('200 OK', [])
    return [b'live' if os.getenv('LC_APP_PROD') == '1' else b'test']
