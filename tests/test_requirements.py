"""Requirements files, read as pip reads them."""

from __future__ import annotations

import codecs

import pytest

from scaffold.files import decode
from scaffold.requirements import Version, included_by, parse

SDK = "git+https://github.com/leancloud/python-sdk.git"


@pytest.mark.parametrize(
    ("line", "name", "lowest"),
    [
        ("Flask_Login", "flask-login", ()),
        ("leancloud==3.0.2  # note", "leancloud", (3, 0, 2)),
        ("Django (>=1.8,<2)", "django", (1, 8)),
        ("requests [socks] >= 2.8.1 , == 2.8.*", "requests", (2, 8, 1)),
        ("six ~= 1.16 ; python_version < '4'", "six", (1, 16)),
        (f"-e {SDK}@master#egg=leancloud", "leancloud", ()),
        (f"--editable={SDK}@v3.0.2#egg=leancloud&subdirectory=x", "leancloud", (3, 0, 2)),
        (f"{SDK}@v2.9.12", "leancloud", (2, 9, 12)),
        (f"leancloud @ {SDK}@v2.9.12 ; python_version < '4'", "leancloud", (2, 9, 12)),
        ("leancloud@https://example.com/a.zip", "leancloud", ()),
        (
            "https://github.com/leancloud/python-sdk/archive/refs/tags/v3.0.2.zip",
            "leancloud",
            (3, 0, 2),
        ),
        ("https://example.com/a/Corp_Utils-1.2-py3-none-any.whl#sha256=0", "corp-utils", (1, 2)),
        ("https://example.com/corp-utils-1.2.tar.gz", "corp-utils", (1, 2)),
        ("./wheels/corp_utils-1.2-py3-none-any.whl", "corp-utils", (1, 2)),
        ("corp-1.0.zip", "corp", (1, 0)),
        ("file:wheels/corp-1.0.zip", "corp", (1, 0)),
        ("hg+https://example.com/team/Tools", "tools", ()),
        ("-e ./libs/shop[pay]", "shop", ()),
        ("-e .", "", ()),
        ("x==1 --hash=sha256:00 --global-option='a b'", "x", (1,)),
        ("https://${TOKEN}@example.com/corp-1.0.zip", "corp", (1, 0)),
    ],
)
def test_names(line: str, name: str, lowest: Version) -> None:
    """A package has its name and version wherever a line says them."""
    found = parse("requirements.txt", f"{line}\n")
    assert [(asked.name, asked.lowest) for asked in found.requirements] == [(name, lowest)]
    assert not found.problems


@pytest.mark.parametrize(
    ("line", "path", "is_folder"),
    [
        ("./a-1.0.zip ; python_version > '3'", "./a-1.0.zip", False),
        ("a @ file:///srv/a%20b/a-1.0.zip", "/srv/a b/a-1.0.zip", False),
        ("-e ../shop[pay]", "../shop", True),
        ("a @ https://example.com/a-1.0.zip", "", False),
        ("./${DIR}/a-1.0.zip", "", False),
        ("a", "", False),
    ],
)
def test_local_paths(line: str, path: str, is_folder: bool) -> None:
    """A file or a folder of this disk has a path."""
    (asked,) = parse("", line).requirements
    assert (asked.local_path, asked.is_folder) == (path, is_folder)


def test_lines() -> None:
    """Comments, blank lines and joined lines count as pip counts them."""
    text = (
        "# top\n\nflask==3.1.3 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n  # end\n"
        "six#not-a-comment==1\nsix \\"
    )
    found = parse("a.txt", text)
    flask, six = found.requirements[0], found.requirements[-1]
    assert (flask.line, flask.last_line, flask.source, flask.hashes) == (
        3,
        5,
        "flask==3.1.3",
        ("sha256:aa", "sha256:bb"),
    )
    assert (six.line, six.last_line, six.source) == (8, 8, "six")
    assert [problem.line for problem in found.problems] == [7]


def test_options_and_includes() -> None:
    """Options are kept, and files that are included are found from the file that names them."""
    text = (
        "-i https://example.com/simple\n--extra-index-url=http://127.0.0.1/simple "
        "--trusted-host 127.0.0.1\n"
        "--find-links ./wheels --pre\n-r base.txt\n-c../limits.txt\n--requirement "
        "https://example.com/r.txt\n"
    )
    found = parse("deps/main.txt", text)
    assert [(option.line, option.folders) for option in found.options] == [
        (1, ()),
        (2, ()),
        (3, ("./wheels",)),
    ]
    assert [(one.line, one.resolved, one.is_constraint) for one in found.includes] == [
        (4, "deps/base.txt", False),
        (5, "limits.txt", True),
        (6, "", False),
    ]


@pytest.mark.parametrize(
    "line", ["flask = 1.0", "flask=1.0=py37_0", "a b", "--no-such-option", "'a'", "a==x.y", "a; b"]
)
def test_problems(line: str) -> None:
    """What pip refuses is named."""
    assert [problem.source for problem in parse("", f"# note\n{line}\n").problems] == [line]


@pytest.mark.parametrize(
    ("marker", "python", "applies"),
    [
        ("python_version < '3'", (3, 11), False),
        ("python_version < '3'", (2, 7), True),
        ("python_version < '3'", None, None),
        ("python_version >= '3.9' and python_version < '3.12'", (3, 11), True),
        ("python_version >= '3.9'", (3,), None),
        ("python_full_version >= '3.11.4'", (3, 11), None),
        ("sys_platform == 'win32'", None, False),
        ("platform_system == 'Linux' or extra == 'x'", None, True),
        ("no such marker", (3, 11), None),
    ],
)
def test_markers(marker: str, python: Version | None, applies: bool | None) -> None:
    """A condition holds, does not, or cannot be told; the platform is Linux."""
    (asked,) = parse("", f"six ; {marker}").requirements
    assert asked.applies(python) is applies


@pytest.mark.parametrize(
    "data",
    [
        "flask==1.0  # 框架\r\n".encode("utf-16"),
        codecs.BOM_UTF16_BE + "flask==1.0  # 框架".encode("utf-16-be"),
        "flask==1.0  # 框架\r\n".encode("utf-8-sig"),
        "flask==1.0  # 框架\n".encode("utf-32"),
        "# 框架 -*- coding: gbk -*-\nflask==1.0  # 框架\n".encode("gbk"),
        "flask==1.0  # 框架\n".encode("gbk"),
        b"# coding: no-such\nflask==1.0  # \xff\n",
    ],
)
def test_encodings(data: bytes) -> None:
    """A file is decoded as pip does, and as its writers meant."""
    text = decode(data)
    assert [asked.source for asked in parse("", text).requirements] == ["flask==1.0"]
    assert "框架" in text or b"\xff" in data[-3:]


def test_commands() -> None:
    """A command that installs names files too."""
    found = included_by("pip install -r a.txt --constraint='b.txt' -rc.txt && pip install six")
    assert [(one.path, one.is_constraint) for one in found] == [
        ("a.txt", False),
        ("b.txt", True),
        ("c.txt", False),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "-" * 300_000,
        "a" + " " * 300_000 + ";b",
        "\\\n" * 100_000,
        "a-1.0." * 50_000 + ".zip",
        "a[" * 150_000,
        "a;" * 150_000,
    ],
)
def test_bounded(text: str) -> None:
    """Nothing that a file may hold takes more than linear time."""
    parse("", text)


@pytest.mark.parametrize(
    "line", [f"flask==3.{'9' * 10_000}", f"flask>{'9' * 10_000}", f"six; {'(' * 5000}"]
)
def test_numbers_and_nesting_without_end(line: str) -> None:
    """A version of thousands of digits is a version, and a marker of brackets is none."""
    (asked,) = parse("", line).requirements
    assert asked.name in {"flask", "six"}
