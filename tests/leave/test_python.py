"""What the reader finds in Python source, and what it leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.checks.project import Project
from scaffold.leave import python
from tests.leave.marks import expected, shown
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trees import Tree

NAMES = """\
import leancloud
import leancloud as lc
import leancloud.push
from leancloud import Query as Q, User, cloudfunc
from leancloud.engine import cloudfunc as functions
from leancloud.object_ import Object

leancloud.init('id', master_key='m')  #: addresses - init, master-key - init
lc.use_master_key()  #: master-key - use_master_key
lc.use_master_key(False)
Todo = lc.Object.extend('Todo')  #: objects Todo extend
todo = Todo()  #: objects Todo new
todo.set('a', 1).save()  #: objects Todo save
Q('Note').equal_to('a', 1).limit(3).find()  #: objects Note query, objects Note find
Q(User).count()  #: users _User query, users _User count
leancloud.push.send({'alert': ''})  #: push - send
lc.cloud.request_sms_code('1')  #: sms - request_sms_code
cloudfunc.request_sms_code('1')  #: sms - request_sms_code
functions.verify_sms_code('1', '2')  #: sms - verify_sms_code
cloudfunc.run('hello')  #: functions hello run
lc.Query.do_cloud_query('select * from Todo')  #: cql - do_cloud_query
lc.client.post('/requestMobilePhoneVerify', {})  #: sms - requestMobilePhoneVerify
raise lc.LeanEngineError('no')
"""
CLASSES = """\
from leancloud import ACL, File, GeoPoint, Object, Query, Role, User


class Base(Object):  #: objects Base class
    pass


class Todo(Base):  #: objects Todo class
    def finish(self):
        self.set('done', True)
        self.save()  #: objects Todo save

    def save(self, where=None):
        return super(Todo, self).save(where)  #: objects Todo save

    @property
    def parent(self):
        return Todo.create_without_data('x')  #: objects Todo create_without_data

    @classmethod
    def open(cls):
        return cls.query.equal_to('done', False).find()  #: objects Todo find


class Person(User):  #: users _User class
    pass


@Object.as_class('Memo')
class Note(Object):  #: objects Memo class
    pass


class Plain(object):
    def save(self):
        pass


def add(title):
    todo = None
    if title:
        todo = Todo(title=title)  #: objects Todo new
    todo.save()  #: objects Todo save
    for each in Todo.open():
        each.destroy()  #: objects Todo destroy
    first = Todo.open()[0]
    first.fetch()  #: objects Todo fetch
    first.parent.fetch()  #: objects Todo fetch
    found = Query(Todo).first()  #: objects Todo query, objects Todo first
    found.parent.fetch()  #: objects Todo fetch
    Object.save_all([Todo() for _ in title])  #: objects Todo new, objects Todo save_all
    todo.relation('tags').add(first)  #: relations Todo relation, relations Todo add
    todo.set_acl(ACL())  #: access Todo set_acl, access - ACL
    Query(Note).near('at', GeoPoint(1, 2))  #: objects Memo query, geo Memo near, geo - GeoPoint
    File('a', b'').save()  #: files _File new, files _File save
    Role('admin')  #: access _Role new
    Plain().save()
    todo.get('author').save()  #: objects - save
    for tag in todo.get('tags'):
        tag.upper().save()
    todo.get('tags').remove('a')


def later(todo):
    todo.save()  #: objects Todo save


Object.save(Todo())  #: objects Todo new, objects Todo save
later(Todo.create_without_data('x'))  #: objects Todo create_without_data
"""
USERS = """\
import leancloud
from leancloud import User

user = User()  #: users _User new
user.sign_up('a', 'b')  #: users _User sign_up
User.login_with('weixin', {})  #: third-party _User login_with
User.get_current().follow('x')  #: users _User get_current, followers _User follow
User.request_password_reset('a@b.c')  #: email _User request_password_reset
User.request_login_sms_code('1')  #: sms _User request_login_sms_code
user.get_roles()  #: access _User get_roles
chat = leancloud.Conversation('a')  #: realtime _Conversation new
chat.send('b', {})  #: realtime _Conversation send
leancloud.Message.find_by_client('x')  #: realtime _Conversation find_by_client
status = leancloud.Status(a=1)  #: statuses _Status new
status.send_to_followers()  #: statuses _Status send_to_followers
leancloud.Query('_Installation').find()  #: push _Installation query, push _Installation find
leancloud.cloud.request_captcha()  #: captcha - request_captcha
"""
HOOKS = """\
from leancloud import Engine
from app import app

engine = Engine(app)  #: hosting - Engine
application = engine.wrap(app)  #: hosting - wrap


@engine.define  #: functions hello define
def hello(**params):
    user = engine.current.user  #: users _User current
    return user.get_session_token()  #: users _User get_session_token


@engine.define('other')  #: functions other define
def named():
    pass


@engine.define  #: realtime _messageReceived define
def _messageReceived(**params):
    pass


@engine.before_save('Todo')  #: hooks Todo before_save
def check(todo):
    todo.save()  #: objects Todo save


@engine.on_login  #: hooks greet on_login
def greet(user):
    user.save()  #: users _User save


@engine.on_auth_data  #: third-party verify on_auth_data
def verify(data):
    return data
"""
STRINGS = """\
import os
import requests

HEADERS = {'X-LC-Id': os.environ['ID']}
BASE = 'https://api.example.com'


def send():
    \"\"\"Ask https://api.leancloud.cn/1.1/push of the platform.\"\"\"
    requests.post(BASE + '/1.1/leaderboard/x')  #: leaderboards - leaderboard
    requests.get(f'{BASE}/1.1/classes/Todo/{1}')  #: objects Todo classes
    requests.get('https://leancloud.cn/1.1/classes/_User')  #: users _User classes
    requests.get('https://abc.lncld.net/')  #: addresses - host
    requests.get('http://ac-12345678.clouddn.com/a.png')  #: files - url
    requests.get('https://docs.leancloud.cn/sdk/')  # a page for people
    port = os.environ['LEANCLOUD_APP_PORT']  #: hosting LEANCLOUD_APP_PORT environment
    old = os.environ.get('LC_APP_ID')  #: hosting LC_APP_ID environment
    mine = os.environ['LC_USER'], os.environ['REDIS_URL']
    redis = os.environ['REDIS_URL_cache']  #: leandb REDIS_URL_cache environment
    return os.environ.get('MYSQL_HOST_MYRDB')  #: leandb MYSQL_HOST_MYRDB environment
"""
OTHERS = """\
import requests
from django.db.models import Query
from mylib import Object, leancloud
from parse import User

class Todo(Object):
    pass

# leancloud.Query('Todo').find()
leancloud.Query('Todo').find()
Query('Todo').find()
User().login('a', 'b')
requests.get('https://api.twitter.com/1.1/statuses/update.json')
requests.get('https://api.example.com/1.1/users/1')
print('leancloud.push.send')
"""
OWN_CLASSES = """\
from leancloud import Object, Query


class Base(object):
    def __init__(self, name):
        self.instance = None
        self.query = Query(name)  #: objects - query

    def load(self):
        self.instance = self.query.first()  #: objects - first

    def remove(self):
        self.instance.destroy()  #: objects - destroy


class Shop(Base):
    table = Object.extend('Shop')  #: objects Shop extend

    def rename(self):
        self.instance.save()  #: objects - save
        self.table.query.count()  #: objects Shop count

    def all(self):
        return self.table.query.find()  #: objects Shop find


def main():
    shops = Shop('Shop')
    for shop in shops.all():
        shop.save()  #: objects Shop save
    shops.save()
    Query.or_(Query('A'), Query('A')).find()  #: objects A or_, objects A query, objects A find
"""
ROLES = """\
from leancloud import Query, Role, User

role = Query(Role).first()  #: access _Role query, access _Role first
users = role.get_users()  #: relations _Role get_users
users.add(User.get_current())  #: relations _Role add, users _User get_current
role.users.remove(User.get_current())  #: relations _Role remove, users _User get_current
role.get_roles().add(role)  #: access _Role get_roles, relations _Role add
for each in User.get_current().get_roles():  #: users _User get_current, access _User get_roles
    each.destroy()  #: access _Role destroy
"""
CQL = """\
from leancloud import Query

found = Query.do_cloud_query('select * from Todo limit 9')  #: cql - do_cloud_query
print(found.count)
for each in found.results:
    each.save()  #: objects - save
"""
PYTHON_2 = """\
# coding: utf-8
from leancloud import Query, LeanCloudError

def average():
    query = Query('Review')  #: objects Review query
    try:
        reviews = query.find()  #: objects Review find
    except LeanCloudError, e:
        print e
        raise e
    print `len(reviews)`
"""
TREES: dict[str, Tree] = {
    "names": {"a.py": NAMES},
    "classes": {"a.py": CLASSES},
    "classes of the app": {"a.py": OWN_CLASSES},
    "users": {"a.py": USERS},
    "hooks": {"cloud.py": HOOKS},
    "roles": {"a.py": ROLES},
    "cql": {"a.py": CQL},
    "strings": {"a.py": STRINGS},
    "others": {"a.py": OTHERS},
    "python 2": {"a.py": PYTHON_2},
}


@pytest.mark.parametrize("name", TREES)
def test_finds_each_use_and_nothing_else(name: str, tmp_path: Path) -> None:
    """Each line that uses a service is found, with class and operation, and no other line is."""
    tree = TREES[name]
    found = python.uses(Project(build_file_tree(tmp_path, tree)))
    assert shown(found) == expected(tree)


def test_follows_classes_through_modules(tmp_path: Path) -> None:
    """A class is known where it is imported: from a package, relatively, with a star, by module,
    and where Python 2 looks next to the importer first.
    """
    tree: Tree = {
        "shop/__init__.py": "from leancloud import Object\nfrom .models import *\n",
        "shop/models.py": (
            "import leancloud\n"
            "class Todo(leancloud.Object):  #: objects Todo class\n"
            "    pass\n"
            "def one():\n"
            "    return Todo.query.first()  #: objects Todo first\n"
        ),
        "shop/views.py": (
            "from . import Todo\n"
            "import models\n"
            "Todo().save()  #: objects Todo new, objects Todo save\n"
            "models.one().destroy()  #: objects Todo destroy\n"
        ),
        "wsgi.py": (
            "import shop.models as m\n"
            "from shop import *\n"
            "m.Todo()  #: objects Todo new\n"
            "Todo()  #: objects Todo new\n"
        ),
    }
    found = python.uses(Project(build_file_tree(tmp_path, tree)))
    assert shown(found) == expected(tree)


def test_leaves_out_tests_copies_of_the_sdk_and_our_own_package(tmp_path: Path) -> None:
    """What never runs on the platform, the SDK's own source and leanengine/ are no uses; a project
    that scaffold made is read through leanengine/.
    """
    use = "import leancloud\nleancloud.Query('A').find()\n"
    tree: Tree = {
        "tests/test_a.py": use,
        "leancloud/__init__.py": "",
        "leancloud/client.py": "import leancloud\n",
        "leancloud/query.py": use,
        "leancloud/object_.py": use,
        "leanengine/sdk.py": use,
        "cloud.py": (
            "from leanengine.sdk import leancloud\n"
            "engine = leancloud.Engine()  #: hosting - Engine\n"
        ),
    }
    found = python.uses(Project(build_file_tree(tmp_path, tree)))
    assert shown(found) == expected(tree)


def test_ends_on_modules_and_names_in_circles(tmp_path: Path) -> None:
    """Modules that import each other, names that stand for each other and deep chains end."""
    tree: Tree = {
        "a.py": "from b import *\nfrom leancloud import Query\nx = y\ny = x\nx.save()\n",
        "b.py": "from a import *\nfrom c import z\nz().save()\ndef f(): return f()\nf().save()\n",
        "c.py": "import leancloud\nfrom b import z\n",
        "d.py": "from leancloud import Query\nq = Query('A')" + ".limit(1)" * 3000 + "\n",
    }
    found = python.uses(Project(build_file_tree(tmp_path, tree)))
    assert shown(found) == {"d.py:2 objects A query"}
