"""`.env`, and what counts most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.errors import FailedError
from scaffold.up.environment import KEPT, keep, missing_keys, read_dotenv, throw_away, variables

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("A=1", {"A": "1"}),
        ("  export A = 1  ", {"A": "1"}),
        ("A=", {"A": ""}),
        ("A=x=y", {"A": "x=y"}),
        ("A='a # b'", {"A": "a # b"}),
        (r"A='a\nb'", {"A": r"a\nb"}),
        (r'A="a\n\"b\" \\"', {"A": 'a\n"b" \\'}),
        ('A="a" # b', {"A": "a"}),
        ("A=a # b", {"A": "a"}),
        ("A=a#b", {"A": "a#b"}),
        ("A= # b", {"A": ""}),
        ("A='unclosed", {"A": "'unclosed"}),
        ("A='-----\nQUE=\n-----' # key\nB=1", {"A": "-----\nQUE=\n-----", "B": "1"}),
        ('export A="-----\r\n\\"x\\"\\ty\r\n"\r\nB=1', {"A": '-----\n"x"\ty\n', "B": "1"}),
        ("A='unclosed\nB='1'", {"A": "'unclosed", "B": "1"}),
        ('A="unclosed\nB=1', {"A": '"unclosed', "B": "1"}),
        ("密码=1", {}),
        ("A=密码", {"A": "密码"}),
        ("# A=1", {}),
        ("1A=1", {}),
        ("A", {}),
        ("", {}),
        ("A=1\nA=2", {"A": "2"}),
        ("A=1\rB=2\r\nC=3", {"A": "1", "B": "2", "C": "3"}),
        ("A=x\u2028B=1\x0bC=2\x0cD=3\x85E=4", {"A": "x\u2028B=1\x0bC=2\x0cD=3\x85E=4"}),
        (r"A='it\'s \\ \n'", {"A": r"it's \ \n"}),
        (r"A='C:\'", {"A": "C:\\"}),
        (r'A="\x \$ \f"', {"A": "\\x \\$ \f"}),
        ("A=#b", {"A": ""}),
        (
            f"A=a{' ' * 100_000}b{' ' * 100_000}\n{' ' * 100_000}B=1",
            {"A": f"a{' ' * 100_000}b", "B": "1"},
        ),
        ("A='x\n" * 20_000, {"A": "'x"}),
        ("\ufeffA=1\r\n", {"A": "1"}),
    ],
)
def test_dotenv(tmp_path: Path, line: str, expected: dict[str, str]) -> None:
    """Each form of a line, and values of several."""
    (tmp_path / ".env").write_bytes(line.encode())
    assert read_dotenv(tmp_path / ".env") == expected


def test_no_dotenv(tmp_path: Path) -> None:
    """A file that is not there has no variables; one that cannot be read is an error."""
    assert read_dotenv(tmp_path / ".env") == {}
    (tmp_path / ".env").mkdir()
    with pytest.raises(FailedError):
        read_dotenv(tmp_path / ".env")


def test_throw_away(tmp_path: Path) -> None:
    """Made up is what the platform sets, for development, and what
    `.env.example` names without a value.
    """
    (tmp_path / ".env.example").write_text("SECRET_KEY=\nA=1\n", "utf-8")
    found = throw_away(tmp_path)
    assert found["LEANCLOUD_APP_ENV"] == "development"
    assert len(found["SECRET_KEY"]) == 64
    assert "A" not in found


def test_kept(tmp_path: Path) -> None:
    """Keys and secrets that were kept are found again, readable by their
    user only; the rest is as always.
    """
    (tmp_path / ".env.example").write_text("SECRET_KEY=\n", "utf-8")
    first = throw_away(tmp_path)
    keep(tmp_path, first)
    assert not (tmp_path / KEPT).exists()  # there is no virtualenv yet
    (tmp_path / KEPT).parent.mkdir()
    keep(tmp_path, first)
    assert (tmp_path / KEPT).stat().st_mode & 0o777 == 0o600
    assert throw_away(tmp_path) == first
    keep(tmp_path, {})
    assert throw_away(tmp_path) == first
    for broken in ("{", "[]", '{"LEANCLOUD_APP_KEY": 1}'):
        (tmp_path / KEPT).write_text(broken, "utf-8")
        assert throw_away(tmp_path).keys() == first.keys()
        assert throw_away(tmp_path)["LEANCLOUD_APP_KEY"] not in {1, first["LEANCLOUD_APP_KEY"]}


def test_precedence() -> None:
    """`--env`, then `.env`, then what is made up, for which an empty line in `.env` leaves room."""
    made_up = {"A": "made", "B": "made", "C": "made"}
    dotenv = {"A": "file", "B": "file", "C": "", "D": ""}
    assert variables(made_up, dotenv, {"A": "given"}) == {
        "A": "given",
        "B": "file",
        "C": "made",
        "D": "",
    }


@pytest.mark.parametrize(("app_id", "region"), [("x-gzGzoHsz", "CN"), ("x-MdYXbMMI", "US")])
def test_real_app(tmp_path: Path, app_id: str, region: str) -> None:
    """A real app has its own region, and its data is not behind the closed port of try-outs."""
    found = variables(throw_away(tmp_path), {"LEANCLOUD_APP_ID": app_id}, {})
    assert found["LEANCLOUD_REGION"] == region
    assert "LEANCLOUD_API_SERVER" not in found
    named = {
        "LEANCLOUD_APP_ID": app_id,
        "LEANCLOUD_API_SERVER": "https://a.example",
        "LEANCLOUD_REGION": "EU",
    }
    assert variables(throw_away(tmp_path), named, {}).items() >= named.items()


def test_missing_keys() -> None:
    """Real keys and made-up ones do not go together."""
    assert missing_keys({}, {}) == ()
    keys = {f"LEANCLOUD_APP_{name}": "x" for name in ("ID", "KEY", "MASTER_KEY", "HOOK_KEY")}
    assert missing_keys(keys, {}) == ()
    assert missing_keys({**keys, "LEANCLOUD_APP_KEY": ""}, {}) == ("LEANCLOUD_APP_KEY",)
    assert missing_keys({**keys, "LEANCLOUD_APP_KEY": ""}, {"LEANCLOUD_APP_KEY": "x"}) == ()
