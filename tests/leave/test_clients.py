"""What the reader finds in clients in other languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.checks.project import Project
from scaffold.leave import clients
from tests.leave.marks import expected, shown
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trees import Tree

JAVASCRIPT = """\
import AV, { Query as Q, User } from 'leancloud-storage'
import { Realtime } from 'leancloud-realtime'

AV.init({ appId: 'a', serverURL: 'https://abc.lc-cn-n1-shared.example.com' }) //: addresses - init
class Todo extends AV.Object {} //: objects Todo Object
const Note = AV.Object.extend('Note') //: objects Note extend
new Q('Note').find() //: objects Note Query
new AV.Query(Note).find() //: objects Note Query
new AV.Query('_User').find() //: users _User Query
User.logIn('a', 'b') //: users - logIn
AV.User.requestLoginSmsCode('1') //: sms - requestLoginSmsCode
AV.User.loginWithWeapp() //: third-party - loginWithWeapp
AV.User.requestPasswordReset('a') //: email - requestPasswordReset
AV.Cloud.run('hello') //: functions hello run
AV.Cloud.beforeSave('Todo', () => {}) //: hooks Todo beforeSave
AV.Query.doCloudQuery('select * from Note') //: cql - doCloudQuery
AV.Push.send({}) //: push - send
new AV.Query(AV.File).find() //: files _File Query, files - File
new AV.Query(User).find() //: users _User Query
AV.Object.createWithoutData(Note, id) //: objects Note createWithoutData
app.use(AV.Cloud.HttpsRedirect()) //: hosting - HttpsRedirect
app.use(AV.koa2()) //: hosting - koa2
new AV.File('a', {}) //: files - File
todo.save(null, { useMasterKey: true }) //: master-key - useMasterKey
new Realtime({ appId: 'a' }) //: realtime - Realtime
fetch('https://abcdefgh.api.lncldglobal.com/1.1/classes/Note') //: objects Note classes
// new AV.Query('Comment')
console.log("new AV.Query('Text')")
"""
GLOBAL = """\
<script src="//cdn.example.com/npm/leancloud-storage@4/dist/av-min.js"></script>
<!-- new AV.Query('Old') -->
<script>
new AV.Query('Post').find() //: objects Post Query
</script>
"""
JAVA = """\
package com.example;
import cn.leancloud.LCObject;
import cn.leancloud.LCQuery;

@LCClassName("Article") //: objects Article Object
public class Post extends LCObject { //: objects Post Object
  private LCUser author;
  private LCFile cover; //: files - File
  private LCFile back;
  /* new LCObject("Comment") */
  void save(LCObject other) {
    LCQuery<LCObject> query = new LCQuery<>("Note"); //: objects Note Query
    LCQuery<Post> posts = LCQuery.getQuery(Post.class); //: objects Post getQuery
    LCUser.logIn("a", "b"); //: users - logIn
    LCUser.loginWithAuthData(data, "weixin"); //: third-party - loginWithAuthData
    LCInstallation.getCurrentInstallation().saveInBackground(); //: push - getCurrentInstallation
    LeanCloud.initialize(this, "id", "key", "https://api.example.com"); //: addresses - init
    LCSMS.requestSMSCodeInBackground("1"); //: sms - requestSMSCodeInBackground
  }
}
"""
SWIFT = """\
import LeanCloud
import AVFoundation

let player = AVPlayer(url: url)
try LCApplication.default.set(id: "id", key: "key") //: addresses - init
class Todo: LCObject { } //: objects Todo Object
let query = LCQuery(className: "Todo") //: objects Todo Query
LCUser.logIn(username: "a", password: "b") { _ in } //: users - logIn
var chat: IMConversation?
let client = try IMClient(ID: "a") //: realtime - IMClient
"""
OBJECTIVE_C = """\
#import <AVOSCloud/AVOSCloud.h>
#import <LeanCloudSocial/AVOSCloudSNS.h>
@interface AVUser (Names)
@interface Student : AVObject<AVSubclassing> //: objects Student Object
- (void)run {
    [AVOSCloud setApplicationId:@"id" clientKey:@"key"]; //: addresses - setApplicationId
    AVQuery *query = [AVQuery queryWithClassName:@"Student"]; //: objects Student queryWithClassName
    [AVCloud callFunction:@"hello" withParameters:nil]; //: functions hello callFunction
    AVPlayer *player = [AVPlayer playerWithURL:url];
}
"""
C_SHARP = """\
using LeanCloud.Storage;
public class Hero : LCObject { //: objects Hero Object
  async Task Run(LCObject given) {
    LCApplication.Initialize("id", "key"); //: addresses - Initialize
    var query = new LCQuery<Hero>("Hero"); //: objects Hero Query
    var user = new LCUser { Name = "a" }; //: users - User
    await LCCloud.Run("draw"); //: functions draw Run
    await LCLeaderboard.UpdateStatistics(user, s); //: leaderboards - UpdateStatistics
  }
}
"""
DART = """\
import 'package:leancloud_storage/leancloud.dart';
void main() async {
  LeanCloud.initialize('id', 'key'); //: addresses - init
  LCQuery<LCObject> query = LCQuery('Leave'); //: objects Leave Query
  LCUser user = await LCUser.getCurrent(); //: users - getCurrent
}
"""
KOTLIN = """\
import cn.leancloud.LCObject
class Todo : LCObject("Todo") //: objects Todo Object
val query = LCQuery<LCObject>("Todo") //: objects Todo Query
"""
TREES: dict[str, Tree] = {
    "javascript": {"web/a.js": JAVASCRIPT},
    "typescript": {"web/a.ts": JAVASCRIPT},
    "a global": {"web/index.html": GLOBAL},
    "java": {"android/Post.java": JAVA},
    "swift": {"ios/App.swift": SWIFT},
    "objective-c": {"ios/App.m": OBJECTIVE_C},
    "c#": {"unity/Hero.cs": C_SHARP},
    "dart": {"app/main.dart": DART},
    "kotlin": {"android/Todo.kt": KOTLIN},
}


@pytest.mark.parametrize("name", TREES)
def test_names_what_clients_use(name: str, tmp_path: Path) -> None:
    """Each line that names a service is found, with its class; comments and strings are not."""
    tree = TREES[name]
    assert shown(clients.uses(Project(build_file_tree(tmp_path, tree)))) == expected(tree)


def test_files_that_do_not_use_the_sdk_are_left_alone(tmp_path: Path) -> None:
    """The same names of other libraries are nothing: the SDK has to be imported."""
    tree: Tree = {
        "a.java": "import org.example.LCUser;\nclass A { void a() { new LCUser(); } }\n",
        "b.cs": "using Other;\nclass B { LCQuery q = new LCQuery(1); }\n",
        "c.dart": "import 'package:other/a.dart';\nvar q = LCQuery('Leave');\n",
        "d.js": "const AV = require('audio-video')\nnew AV.Query('x')\nnew AV.File('x')\n",
        "e.swift": 'import AVFoundation\nlet q = LCQuery(className: "A")\n',
    }
    assert shown(clients.uses(Project(build_file_tree(tmp_path, tree)))) == set()


def test_programs_output_and_copies_of_the_sdk_are_left_out(tmp_path: Path) -> None:
    """Minified files and the SDK's own source are nobody's client."""
    use = "AV.init({});\nnew AV.Query('A');\n"
    tree: Tree = {
        "min.js": use.replace("\n", "") + " " * 40_000,
        "av.js": "AV.VERSION = '3.0';\n" + use,
        "node_modules/a.js": use,
    }
    assert shown(clients.uses(Project(build_file_tree(tmp_path, tree)))) == set()


def test_a_list_of_dependencies_is_enough(tmp_path: Path) -> None:
    """A script that gets `AV` from a module of its own is read where package.json names the SDK."""
    tree: Tree = {
        "package.json": '{"dependencies": {"leancloud-storage": "^4"}}',
        "a.js": "import AV from './av'\nnew AV.Query('A') //: objects A Query\n",
    }
    assert shown(clients.uses(Project(build_file_tree(tmp_path, tree)))) == expected(tree)
