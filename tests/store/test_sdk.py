"""The vendor's own Python SDK as a client, repaired as in every generated project."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scaffold.catalog import Catalog
from scaffold.render import render
from scaffold.store import settings
from tests.store.conftest import KEYS, name

if TYPE_CHECKING:
    from pathlib import Path

    from tests.store.conftest import Api

SCENARIO = """
import io
import sys
from datetime import datetime, timedelta, timezone

from leanengine.sdk import leancloud
from leancloud import ACL, File, GeoPoint, LeanCloudError, Object, Query, Role, User


def refused(code, action, *arguments, **options):
    try:
        action(*arguments, **options)
    except LeanCloudError as error:
        assert error.code == code, error
    else:
        raise AssertionError(code)


def as_app():
    leancloud.client.USE_MASTER_KEY = False


mark = sys.argv[1]
leancloud.init(*sys.argv[2:4], master_key=sys.argv[4])
as_app()
Film, Review = (Object.extend(name + mark) for name in ("Film", "Review"))

# Objects, their types and operations.
when = datetime(2026, 11, 28, 8, tzinfo=timezone(timedelta(hours=8)))
film = Film(title="卧虎藏龙", year=2000, flags=0, shown=when, tags=["a"], more={"x": {"y": 1}})
film.set("place", GeoPoint(39.9, 116.4))
film.save()
film.increment("year", 1)
film.add("tags", "b")
film.save()
film.add_unique("tags", "b")
film.save(fetch_when_save=True)
assert film.get("tags") == ["a", "b"]
film.remove("tags", "a")
film.bit_or("flags", 6)
film.save()
film.bit_xor("flags", 3)
film.unset("more")
film.save()
again = Query(Film).get(film.id)
assert again.get("shown") == when
assert again.get("place").dump()["latitude"] == 39.9
assert (again.get("tags"), again.get("flags"), again.has("more")) == (["b"], 5, False)
refused(305, film.save, where=Film.query.equal_to("year", 1))
refused(111, Film(year="no number").save)
refused(101, Query("Nothing" + mark).find)

# Queries.
reviews = [Review(film=film, stars=stars, text="text %d" % stars) for stars in range(1, 6)]
Object.save_all(reviews)
query = Review.query
found = query.count()
assert found == 5, (found, [each.dump() for each in Query(Review).find()])
page = Query(Review).descending("stars").limit(2).skip(1).find()
assert [each.get("stars") for each in page] == [4, 3]
between = Query(Review).greater_than("stars", 3).less_than_or_equal_to("stars", 4)
assert between.first().get("text") == "text 4"
assert len(Query(Review).contained_in("stars", [1, 9]).find()) == 1
assert len(Query(Review).contains("text", "xt 5").find()) == 1
assert len(Query(Review).matched("text", "^TEXT [12]$", ignore_case=True).find()) == 2
one, two = (Query(Review).equal_to("stars", stars) for stars in (1, 2))
assert len(Query.or_(one, two).find()) == 2
assert Query(Review).include("film").first().get("film").get("title") == "卧虎藏龙"
assert not Query(Review).select("stars").first().has("text")
assert len(Query(Review).matches_query("film", Query(Film).equal_to("year", 2001)).find()) == 5
assert len(Query(Review).does_not_match_key_in_query("stars", "flags", Query(Film)).find()) == 4
assert len(Query(Film).within_kilometers("place", GeoPoint(39.9, 116.5), 20).find()) == 1
assert len(Query(Film).size_equal_to("tags", 1).exists("flags").does_not_exist("none").find()) == 1
found = Query.do_cloud_query("select count(*), * from Review%s where stars > ?" % mark, 2)
assert (found.count, len(found.results)) == (3, 3)
leancloud.use_master_key(True)
scanned = Query(Review).scan(batch_size=2, scan_key="stars")
assert [each.get("stars") for each in scanned] == [1, 2, 3, 4, 5]
as_app()
film.relation("reviews").add(reviews[0])
film.save()
related = Query(Film).get(film.id).relation("reviews").query.find()
assert [each.id for each in related] == [reviews[0].id]
Object.destroy_all(reviews[1:])
assert Query(Review).count() == 1

# Users, roles and ACL.
user = User()
user.set_email("user%s@example.com" % mark)
user.sign_up("user" + mark, "secret")
refused(202, User().sign_up, "user" + mark, "other")
refused(210, User().login, "user" + mark, "wrong")
refused(211, User().login, "nobody" + mark, "wrong")
user = User()
user.login(email="user%s@example.com" % mark, password="secret")
old = user.session_token
user.set("city", "上海")
user.save()
assert User.become(old).get("city") == "上海"
user.refresh_session_token()
refused(211, User.become, old)
user = User.become(user.session_token)
user.update_password("secret", "new")
acl = ACL()
acl.set_read_access(user.id, True)
acl.set_write_access(user.id, True)
secret = Film(title="secret")
secret.set_acl(acl)
secret.save()
assert Query(Film).equal_to("title", "secret").count() == 1
shown = Query(Film).include_acl().equal_to("title", "secret").first()
assert shown.get_acl().get_read_access(user.id)
leancloud.use_master_key(True)
role = Role("role" + mark)
role.get_users().add(user)
role.save()
as_app()
assert [each.get("name") for each in user.get_roles()] == ["role" + mark]
friend = User()
friend.sign_up("friend" + mark, "secret")
friend.follow(user.id)
assert User.create_follower_query(user.id).first().id == friend.id
friend.logout()
assert Query(Film).equal_to("title", "secret").count() == 0
refused(403, Query(User).find)
party = User.login_with("party", {"uid": "uid" + mark, "access_token": "x"})
assert party.is_linked("party")
assert User.login_with("party", {"uid": "uid" + mark, "access_token": "x"}).id == party.id
party.logout()

# Files.
file = File("文件.txt", io.BytesIO("内容".encode()))
file.save()
film.set("file", file)
film.save()
kept = Query(Film).get(film.id).get("file")
assert (kept.name, kept.url) == ("文件.txt", file.url)
assert leancloud.client.session.get(kept.url).content.decode() == "内容"
file.destroy()
assert leancloud.client.get_server_time()
print("done")
"""


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a generated project's SDK, and a virtualenv with its packages."""
    folder = tmp_path_factory.mktemp("client")
    catalog = Catalog()
    files = render(catalog.starter("flask"), catalog.resolve({}))
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    uv = [sys.executable, "-m", "uv", "--quiet"]
    subprocess.run([*uv, "venv", "--python", sys.executable, ".venv"], cwd=folder, check=True)
    install = [*uv, "pip", "install", "--python", ".venv/bin/python"]
    for packages in (["-r", "requirements.txt"], ["--no-deps", "leancloud==3.0.2"]):
        subprocess.run([*install, *packages], cwd=folder, check=True)
    return folder


@pytest.mark.boot
def test_vendors_sdk(api: Api, client: Path) -> None:
    """What an app does with the vendor's SDK works against the service as on the platform."""
    script = client / "scenario.py"
    script.write_text(SCENARIO, "utf-8")
    keys = [KEYS.app_id, KEYS.app_key, KEYS.master_key]
    environ = {**os.environ, "NO_PROXY": "*"}
    environ["LEANCLOUD_API_SERVER"] = str(api.client.base_url).rstrip("/")
    environ |= dict(zip(settings.KEYS, keys, strict=True)) | {settings.HOOK_KEY: KEYS.hook_key}
    python = client / ".venv" / "bin" / "python"
    done = subprocess.run(
        [str(python), str(script), name(""), *keys],
        env=environ,
        cwd=client,
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert done.stdout == "done\n", done.stderr
