"""Addresses of the platform in strings, and addresses of others."""

from __future__ import annotations

import pytest

from scaffold.leave.addresses import in_string, of_request


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://leancloud.cn/1.1/classes/Post/1", ("objects", "Post", "classes")),
        (
            "https://leancloud.cn/1.1/classes/_Installation",
            ("push", "_Installation", "classes"),
        ),
        ("https://x.api.lncldglobal.com/1.1/push", ("push", "", "push")),
        ("https://us.avoscloud.com/1/users", ("users", "", "users")),
        ("https://x.lncld.net/1.1/functions/hello", ("functions", "hello", "functions")),
        ("https://myapp.leanapp.cn/index", ("addresses", "", "host")),
        ("https://lc-abc.cn-n1.lcfile.com/a/b.png", ("files", "", "url")),
        ("http://ac-abcd1234.clouddn.com/x.jpg", ("files", "", "url")),
    ],
)
def test_an_address_with_a_host_of_the_platform(value: str, expected: tuple[str, ...]) -> None:
    """Such an address says by itself which service it asks."""
    assert in_string(value, evident=False) == expected


@pytest.mark.parametrize(
    "value",
    [
        "https://leancloud.cn/docs/start.html",
        "https://docs.leancloud.cn/sdk/storage/guide/rest/",
        "https://leancloud.cn",
        "see https://console.leancloud.cn/apps",
        "someone@leancloud.rocks",
        "https://notleancloud.cn.example.com/1.1/classes/A",
        "https://other.clouddn.com/x.jpg",
        "https://api.twitter.com/1.1/statuses/update.json",
        "https://api.example.com/1.1/users",
        "version 1.1/classes",
        "/1.1/classes/Post",
    ],
)
def test_other_strings(value: str) -> None:
    """Pages for people, mail addresses, other hosts and mere paths ask nothing."""
    assert in_string(value, evident=False) is None


@pytest.mark.parametrize(
    ("value", "service"),
    [
        ("/1.1/classes/Post", "objects"),
        ("{}/1.1/requestSmsCode", "sms"),
        ("https://data.example.com/1.1/leaderboard/x", "leaderboards"),
        ("/1.1/rtm/messages", "realtime"),
        ("/1.1/unknown", None),
        ("https://api.twitter.com/1.1/users/show.json", None),
    ],
)
def test_a_path_in_a_file_that_asks_the_platform(value: str, service: str | None) -> None:
    """Where a file shows that it asks the platform, a path is enough; Twitter's are none."""
    found = in_string(value, evident=True)
    assert (found.service if found else None) == service


def test_a_path_that_the_client_of_the_sdk_is_given() -> None:
    """It is below `/1.1`; an unknown one is taken for the data storage."""
    assert of_request("/requestSmsCode").service == "sms"
    assert of_request("classes/Post") == ("objects", "Post", "classes")
    assert of_request("") == ("objects", "", "")
