"""The user's own requirements when an update brings requirements.in, from
which requirements.txt is compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.migrate import after_update
from tests.conftest import snapshot
from tests.migrate.test_after_update import conflict
from tests.repositories import commit, git

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository, Scaffold

BASE = b"Flask>=0.10.1\ngevent>=1.0.2\nleancloud-sdk>=1.0.9\n"
RANGES = b"# What this app imports\nflask>=3.1,<4\nrequests>=2.34,<3\n"
PINS = b"# compiled\nflask==3.1.3\njinja2==3.1.6\nrequests==2.34.2\n"
MANIFEST = b"install:\n  - pip install --no-deps leancloud==3.0.2\n"


def _updated(repository: Repository, ours: bytes, ranges: bytes = RANGES) -> Path:
    """Return a project as copier leaves it, before the migration."""
    folder = repository({"requirements.txt": ours})
    conflict(folder, "requirements.txt", BASE, ours, PINS)
    (folder / "requirements.in").write_bytes(ranges)
    (folder / "leanengine.yaml").write_bytes(MANIFEST)
    return folder


def _added(folder: Path) -> list[str]:
    content = (folder / "requirements.in").read_bytes()
    assert content.startswith(RANGES)
    return content[len(RANGES) :].decode().splitlines()


@pytest.mark.parametrize(
    ("line", "carried"),
    [
        ("redis==2.10.6", None),
        ("redis", None),
        ("redis[hiredis]>=2,<3 ; python_version < '3'  # 缓存", None),
        ("# for the cache\nredis==2.10.6", None),
        ("#celery==3.1", None),
        ("-r more.txt", None),
        ("-e ./lib", None),
        ("-c limits.txt", None),
        ("--extra-index-url https://pypi.example.com/simple", None),
        ("git+https://example.com/a.git#egg=a", None),
        ("jinja2>=2.8", None),  # no limit that is in the way of the template's
        ("redis==2.10.6 --hash=sha256:aa --hash=sha256:bb", "redis==2.10.6"),
        ("redis==2.10.6 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb", "redis==2.10.6"),
        ("redis \\\n    >=2", None),
    ],
)
def test_what_is_carried(repository: Repository, line: str, carried: str | None) -> None:
    """The user's lines are added as they wrote them, but for checksums, and
    stay in requirements.txt; once.
    """
    folder = _updated(repository, BASE + line.encode() + b"\n")
    after_update.run(folder)
    assert "\n".join(_added(folder)) == (carried or line)
    for part in line.splitlines():
        assert part.strip() in (folder / "requirements.txt").read_text("utf-8")
    before = snapshot(folder)
    after_update.run(folder)
    assert snapshot(folder) == before


@pytest.mark.parametrize(
    ("old", "new", "instead"),
    [
        ("", "requests==2.9.1", "requests>=2.34,<3"),
        ("Flask>=0.10.1", "Flask==0.10.1", "flask>=3.1,<4"),
        ("gevent>=1.0.2", "gevent==1.1", ""),
        ("", "Jinja2<3", "jinja2==3.1.6"),
        ("leancloud-sdk>=1.0.9", "leancloud-sdk==1.9.0", "leancloud==3.0.2"),
        ("", "git+https://github.com/leancloud/python-sdk.git", "leancloud==3.0.2"),
    ],
)
def test_the_templates_line_counts(
    repository: Repository, old: str, new: str, instead: str
) -> None:
    """What the template asks for itself, or did, is not added, with the
    comment above it; it is said.
    """
    ours = BASE.replace(old.encode(), b"") if old else BASE
    folder = _updated(repository, ours + b"# because of something\n" + new.encode() + b"  # old\n")
    report = after_update.run(folder)
    assert _added(folder) == []
    assert report.kept.others == ((new, instead),)


def test_untouched(repository: Repository) -> None:
    """Where the user added nothing, there is nothing to add or to say."""
    folder = _updated(repository, BASE.replace(b"\n", b"\r\n") + b"\r\n")
    report = after_update.run(folder)
    assert (_added(folder), report.kept.lines, report.kept.others) == ([], (), ())


def test_line_ends(repository: Repository) -> None:
    """requirements.in keeps its own, whatever requirements.txt has, and a
    last line without one gets it.
    """
    ranges = RANGES.replace(b"\n", b"\r\n").removesuffix(b"\r\n")
    folder = _updated(repository, BASE + b"redis==2.10.6", ranges)
    after_update.run(folder)
    assert (folder / "requirements.in").read_bytes() == ranges + b"\r\nredis==2.10.6\r\n"


def test_another_encoding(repository: Repository) -> None:
    """A requirements.txt by PowerShell is no text to git, which took the
    template's: the user's lines are carried.
    """
    ours = (BASE + b"redis==2.10.6\n").decode().replace("\n", "\r\n").encode("utf-16")
    folder = repository({"requirements.txt": ours})
    (folder / "requirements.txt").write_bytes(PINS)
    (folder / "requirements.in").write_bytes(RANGES)
    report = after_update.run(folder)
    assert (_added(folder), report.replaced) == (["redis==2.10.6"], ["requirements.txt"])


@pytest.mark.parametrize("path", ["requirements.in", "requirements.txt"])
def test_files_of_the_users(repository: Repository, path: str) -> None:
    """A requirements.in of the user's is left to them, and so is a project
    without requirements.txt.
    """
    folder = _updated(repository, BASE + b"redis==2.10.6\n")
    git(folder, "add", "--all")
    if path == "requirements.txt":
        git(folder, "rm", "--quiet", "--cached", "-f", "requirements.txt", "requirements.in")
        (folder / path).unlink()
    commit(folder)
    after_update.run(folder)
    assert _added(folder) == []


def test_it_is_reported(repository: Repository, scaffold: Scaffold) -> None:
    """Each line is named, in the user's language, and what to do next."""
    folder = _updated(repository, BASE.replace(b">=0.10.1", b"==0.10.1") + b"redis==2.10.6\n")
    message = scaffold("migrate", "--after-update", "--lang", "zh", str(folder)).err
    assert "现在也写入 requirements.in：redis==2.10.6" in message
    assert "模板自己要求 flask>=3.1,<4：Flask==0.10.1" in message
    assert "重新编译 requirements.txt" in message
