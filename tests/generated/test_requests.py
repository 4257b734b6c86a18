"""Requests for the app's pages: hosts, schemes, lengths, odd paths, secrets in addresses."""

import json

import pytest
from harness import ANSWERS, ASYNCHRONOUS

REDIRECTS = ANSWERS["https_redirect"]
MEGABYTE = 2**20
SERVED = "www.example.com"


@pytest.mark.parametrize("host", ["evil.com/login?", "a b", "evil.com#", "user@evil.com", "a,b", "a:b", "[::1", "a\tb"])
def test_a_poisoned_host(client, host):
    """Frameworks build addresses with it; starlette before 1.0.1 finds another path in it."""
    assert client("GET", "/", {"Host": host}).status == 400


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:3000", "[::1]:3000", "www.example.com", "myapp.leanapp.cn"])
def test_a_sound_host(client, host):
    assert client("GET", "/", {"Host": host}).status == 200


@pytest.mark.parametrize("path", ["/", "/api/status", "/none"])
def test_a_body_that_is_too_long(client, path):
    """The answer can be read, although all of the body was sent first."""
    assert client("POST", path, {"Content-Type": "text/plain"}, b"x" * (10 * MEGABYTE)).status == 413


def test_a_length_beyond_all(client):
    """Is refused before the body comes."""
    head = f"POST / HTTP/1.1\nHost: localhost\nContent-Length: {10**13}\n\n"
    assert client.raw(head, b"x").status in {400, 413}


@pytest.mark.skipif(not REDIRECTS, reason="the project does not redirect")
class TestRedirect:
    """From http:// to https://."""

    @pytest.mark.parametrize(
        ("forwarded", "secure"),
        [
            ("https", True),
            ("HTTPS", True),
            ("https, https", True),
            ("https,http", True),
            (" https , HTTP", True),
            (", https", True),
            ("http", False),
            ("HTTP", False),
            ("http, https", False),
            ("http,http", False),
            ("", False),
        ],
    )
    def test_the_visitors_own_scheme_decides(self, client, forwarded, secure):
        """The first of the list: those that follow are between proxies."""
        response = client("GET", "/", {"Host": SERVED, "X-Forwarded-Proto": forwarded})
        assert response.status == (200 if secure else 301)

    @pytest.mark.parametrize(
        "target", ["/a%20b?c=d", "/?a=%2F&b=//x", "//evil.com/x", "/a%2Fb%3Fc", "/%E4%BD%A0?q=%E5%A5%BD", "/.//x", "/?"]
    )
    def test_path_and_query_stay(self, client, target):
        """Those of the visitor, as far as the server passes them on."""
        response = client("GET", target, {"Host": SERVED}, scheme="http")
        assert response.status == 301
        location = response.headers["Location"]
        assert location.startswith(f"https://{SERVED}/")
        # wsgiref takes several slashes at the beginning for one, and passes on %2F as /.
        if ASYNCHRONOUS or not ("%2F" in target.partition("?")[0] or target.startswith("//")):
            assert location.rstrip("?") == f"https://{SERVED}{target}".rstrip("?")

    @pytest.mark.parametrize(
        ("host", "served"),
        [
            ("www.example.com", "www.example.com"),
            ("WWW.Example.COM:80", "WWW.Example.COM"),
            ("a.b.example.org", "a.b.example.org"),
            ("example.org", "example.org"),
            ("myapp.leanapp.cn", "myapp.leanapp.cn"),
            ("stg-myapp.avosapps.us", "stg-myapp.avosapps.us"),
            ("127.0.0.1:3000", "127.0.0.1:3000"),
            ("evil.com", None),
            ("www.example.com.evil.com", None),
            ("evilexample.org", None),
            ("evil.com:443", None),
        ],
    )
    def test_only_to_hosts_of_the_app(self, client, host, served):
        """DOMAINS and LEANCLOUD_APP_DOMAIN name them. Others stay where they are."""
        response = client("GET", "/", {"Host": host}, scheme="http")
        if served:
            assert (response.status, response.headers["Location"]) == (301, f"https://{served}/")
        else:
            assert response.headers["Location"] is None
            assert response.status < 500

    def test_a_whole_address_as_target(self, client):
        """As proxies are asked; its host is not the one that counts."""
        response = client.raw(f"GET http://evil.com/x?y HTTP/1.1\nHost: {SERVED}\nX-Forwarded-Proto: http\n\n")
        assert response.headers.get("Location", f"https://{SERVED}/").startswith(f"https://{SERVED}/")

    def test_methods(self, client):
        """301 for reading; 308 where the method and the body have to be kept."""
        for method, status in (("HEAD", 301), ("POST", 308), ("PUT", 308)):
            assert client(method, "/", {"Host": SERVED}, {}, scheme="http").status == status
        assert client("GET", "/.well-known/none", {"Host": SERVED}, scheme="http").status == 404

    def test_health_check_and_functions_stay(self, client):
        """The platform calls them over plain HTTP and does not follow a redirect."""
        assert client("GET", "/__engine/1/ping", {"Host": SERVED}, scheme="http").status == 200
        status = client("POST", "/1.1/functions/hello", {"Host": SERVED}, {}, scheme="http").status
        assert status == (401 if ANSWERS["cloud_functions"] else 308)


ODD_PATHS = (
    "",
    "/",
    "/%00",
    "/style.css%00",
    "/..",
    "/../",
    "/../env.py",
    "/..%2fenv.py",
    "/%2e%2e/env.py",
    "/%2e%2e%2fenv.py",
    "/..%5cenv.py",
    "/%252e%252e/env.py",
    "//etc/passwd",
    "/%2fetc%2fpasswd",
    "/%ff",
    "/%",
    "/%zz",
    "/" + "x" * 300,
    "/" + "%E4%BD%A0" * 200,
    "/" + "x/" * 2000,
    "/style.css/",
    "/style.css/x",
    "/ %20",
)


@pytest.mark.parametrize("prefix", ["/static", "", "/api/status"])
def test_odd_paths(client, printed, prefix):
    """Never a crash, never a file that is not under static/, no traceback for strangers to fill the log with."""
    for path in ODD_PATHS:
        target = f"{prefix}{path}".replace(" ", "") or "/"
        response = client.raw(f"GET {target} HTTP/1.1\nHost: localhost\nX-Forwarded-Proto: https\n\n")
        assert response.status < 500, target
        assert b"LEANCLOUD_APP_PORT" not in response.body, target
        assert b"root:" not in response.body, target
    assert "Traceback" not in printed()


@pytest.mark.skipif(not ASYNCHRONOUS, reason="test_app.py of the project has this test")
def test_a_crash_is_a_500(client):
    """served.py makes it crash."""
    response = client("GET", "/api/status", {"X-Real-IP": "crash"})
    assert (response.status, json.loads(response.body)["error"]) == (500, "Internal Server Error")
    assert client("GET", "/", {"X-Real-IP": "crash"}).status == 500


@pytest.mark.skipif(not ASYNCHRONOUS, reason="served.py cannot crash it")
def test_a_crash_logs_no_token(client, printed):
    """Tornado and Sanic log the request's address with a crash."""
    path = "/api/status?session_token=t-SECRET&x=1"
    assert client("GET", path, {"X-Real-IP": "crash"}).status == 500
    log = printed("as the test asked")
    assert "SECRET" not in log
