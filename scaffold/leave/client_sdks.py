"""How clients in other languages name the platform's services. Read in the vendor's SDKs and in
demos of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# What follows the prefix of an SDK, `LC` or `AV` or `AV.`, and which service it is.
CONCEPTS = {
    "Object": "objects",
    "Query": "objects",
    "Relation": "relations",
    "ACL": "access",
    "Role": "access",
    "GeoPoint": "geo",
    "File": "files",
    "User": "users",
    "Installation": "push",
    "Push": "push",
    "MixPushManager": "push",
    "PushService": "push",
    "Cloud": "functions",
    "SMS": "sms",
    "SMSClient": "sms",
    "Captcha": "captcha",
    "CaptchaClient": "captcha",
    "Status": "statuses",
    "InboxQuery": "statuses",
    "Friendship": "followers",
    "FriendShip": "followers",
    "SearchQuery": "search",
    "Leaderboard": "leaderboards",
    "LeaderBoard": "leaderboards",
    "LiveQuery": "live-query",
    "Realtime": "realtime",
    "Insight": "insight",
    "SNS": "third-party",
    "OSCloud": "addresses",  # AVOSCloud
    "OSCloudSNS": "third-party",
    "Application": "addresses",
    "Client": "addresses",  # AVClient of C#
}
# Names that begin so, of which there are many.
FAMILIES = {"IM": "realtime", "LiveQuery": "live-query"}
# Methods that belong to another service than their class, '' for those that ask none.
_METHODS = (
    ("User", r"\w*(?:sms|shortmessage|mobilephoneverif|verifymobilephone)\w*", "sms"),
    ("User", r"signup_?or_?log_?in(?:with|by)mobilephone\w*", "sms"),
    (
        "User",
        r"\w*(?:authdata|associatewith|disassociate|dissociate|weapp|miniapp)\w*",
        "third-party",
    ),
    ("User", r"requestpasswordreset\w*phone\w*", "sms"),
    ("User", r"(?:requestpasswordreset|requestemailverif)\w*", "email"),
    ("User", r"(?:un)?follow\w*|(?:follower|followee)query", "followers"),
    ("Cloud", r"(?:request|verify)(?:sms|shortmessage)\w*", "sms"),
    ("Cloud", r"(?:request|verify)captcha", "captcha"),
    ("Cloud", r"usemasterkey", "master-key"),
    ("Cloud", r"(?:before|after)(?:save|update|delete)|on(?:verified|login)", "hooks"),
    ("Cloud", r"onauthdata", "third-party"),
    ("Cloud", r"httpsredirect|leanengineheaders", "hosting"),
    ("Cloud", r"cookiesession", "users"),
    ("Cloud", r"onim\w+", "realtime"),
    ("Cloud", r"oninsight\w*", "insight"),
    ("Query", r"docloudquery\w*", "cql"),
    *(
        (concept, pattern, service)
        for concept in ("Application", "OSCloud", "Client")
        for pattern, service in (
            (r"initialize|setapplicationid|setserverurls?", "addresses"),
            (r"(?:request|verify)sms\w*", "sms"),
            (r"\w+", ""),
        )
    ),
)
METHODS = tuple(
    (concept, re.compile(pattern, re.IGNORECASE), service) for concept, pattern, service in _METHODS
)
# Functions of the whole SDK: `AV.init(`.
INITIALISERS = {
    "init": "addresses",
    "initialize": "addresses",
    "setServerURLs": "addresses",
    "useMasterKey": "master-key",
    "express": "hosting",
    "koa": "hosting",
    "koa2": "hosting",
}


def service_of(concept: str) -> str:
    """Return the service that a class of an SDK belongs to."""
    family = next((s for begin, s in FAMILIES.items() if concept.startswith(begin)), "")
    return CONCEPTS.get(concept) or family


@dataclass(frozen=True)
class Language:
    """A language of clients.

    Attributes:
        name: in lower case.
        suffixes: of its files.
        gate: what a file, or for `by_tree` any file of the tree, holds if it uses the SDK.
        by_tree: a file needs no import of its own.
    """

    name: str
    suffixes: tuple[str, ...]
    gate: re.Pattern[str]
    by_tree: bool = False


_JAVA = re.compile(r"^\s*import\s+(?:static\s+)?(?:cn\.leancloud|com\.avos)\b", re.MULTILINE)
_APPLE = re.compile(
    r"^\s*[#@]?import\s*[<\"]?(?:LeanCloud|AVOSCloud)\w*"
    r"|^\s*pod\s+['\"](?:LeanCloud|AVOSCloud)\w*",
    re.MULTILINE,
)
_JAVASCRIPT = re.compile(
    r"['\"](?:[\w./@-]*/)?(?:leancloud-(?:storage|realtime|push|sdk)|leanengine|avoscloud-sdk)\b"
    r"|\bAV\.init(?:ialize)?\s*\(|av-(?:live-query-|weapp-)?(?:core-)?min\.js|leancloud-storage@",
)
JAVASCRIPT = "javascript"
LANGUAGES = (
    Language(
        JAVASCRIPT,
        (".js", ".jsx", ".mjs", ".cjs", ".vue", ".html", ".htm", ".wxs", ".wpy"),
        _JAVASCRIPT,
        by_tree=True,
    ),
    Language("typescript", (".ts", ".tsx"), _JAVASCRIPT, by_tree=True),
    Language("java", (".java",), _JAVA),
    Language("kotlin", (".kt", ".kts"), _JAVA),
    Language("swift", (".swift",), _APPLE, by_tree=True),
    Language("objective-c", (".m", ".mm", ".h", ".pch"), _APPLE, by_tree=True),
    Language("c#", (".cs",), re.compile(r"^\s*using\s+(?:LeanCloud|AVOSCloud)\b", re.MULTILINE)),
    Language(
        "dart",
        (".dart",),
        re.compile(r"^\s*import\s+['\"]package:leancloud_\w+/", re.MULTILINE),
    ),
)
