from leancloud import Engine

engine = Engine()


@engine.define
def hello(**params):
    return 'hello'
