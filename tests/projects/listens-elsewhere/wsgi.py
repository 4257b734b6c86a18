"""An app that listens on a port of its own choice."""

from wsgiref.simple_server import demo_app, make_server

application = demo_app

if __name__ == "__main__":
    make_server("127.0.0.1", 0, application).serve_forever()
