"""What a secret looks like: names, values, and where text gives the one the other."""

from __future__ import annotations

import pytest

from scaffold.checks.secrets import in_text, is_key, masked, names_secret

KEY = "a1B2c3D4e5F6g7H8i9J0k1L2"


@pytest.mark.parametrize(
    "name",
    [
        "avos_app_key",
        "X-AVOSCloud-Application-Key",
        "X-LC-Key",
        "LEANCLOUD_KEY",
        "leancloud.appKey",
        "masterkey",
        "MASTER_KEY2",
        "app_key_prod",
        "hookKey",
        "wx_app_secret",
        "AWS_SECRET_ACCESS_KEY",
    ],
)
def test_names_of_secrets(name: str) -> None:
    """A name says that it holds a secret by its words, however it is written."""
    assert names_secret(name)


@pytest.mark.parametrize(
    "name", ["key", "primary_key", "cache_key", "monkey", "keyboard", "app_id", "X-LC-Id"]
)
def test_other_names(name: str) -> None:
    """Not every key opens something."""
    assert not names_secret(name)


@pytest.mark.parametrize(
    "value", [KEY, f"{KEY},master", "abcd1234efgh5678ijkl9012", "7f3e" * 4 + "c2d09a8b"]
)
def test_values(value: str) -> None:
    """A key is a long word of letters and figures."""
    assert is_key(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "short1",
        "x" * 24,
        "your1Master2Key3Goes4Here",
        "abcdefghijklmnopqrstuv12",
        f"{KEY}-gzGzoHsz",
    ],
)
def test_stand_ins(value: str | None) -> None:
    """What stands for a key in an example is none, nor is an id."""
    assert not is_key(value)


def test_programs() -> None:
    """In a program a word without quotes is a name; in settings it is a value."""
    text = f"app_key = {KEY}\nappKey: '{KEY}'\n"
    assert [given.name for given in in_text(text)] == ["app_key", "appKey"]
    assert [given.name for given in in_text(text, quoted=True)] == ["appKey"]


def test_masked() -> None:
    """Of a secret little is shown, of a short one nothing."""
    assert (masked(KEY), masked("dev")) == ("a1B…", "…")


@pytest.mark.parametrize(
    "text", ["key" * 100_000, "key=" * 100_000, "key" + " " * 300_000, "key:" + "a" * 300_000]
)
def test_bounded(text: str) -> None:
    """Nothing that a file may hold takes long."""
    assert list(in_text(text)) == []
