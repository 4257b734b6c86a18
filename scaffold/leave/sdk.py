"""What the Python SDK offers, and which service each call asks. Read in its source (1.13, 2.9.12,
3.0.2).
"""

from __future__ import annotations

# The kinds of values that the reader follows; see `scaffold.leave.values`.
CLASS, OBJECT, OBJECTS, QUERY, RELATION = "class", "object", "objects", "query", "relation"

PACKAGE = "leancloud"
# What `from leancloud import *` binds.
PUBLIC = (
    "ACL",
    "Conversation",
    "Engine",
    "File",
    "FriendshipQuery",
    "GeoPoint",
    "InboxQuery",
    "Installation",
    "Message",
    "Object",
    "Query",
    "Relation",
    "Role",
    "Status",
    "SysMessage",
    "User",
    "client",
    "cloud",
    "init",
    "push",
    "use_master_key",
    "use_region",
)
# Classes of the SDK, with the class of the data storage that each is.
CLASSES = {
    "Object": "",
    "User": "_User",
    "File": "_File",
    "Role": "_Role",
    "Installation": "_Installation",
    "Notification": "_Notification",
    "Conversation": "_Conversation",
    "SysMessage": "_SysMessage",
    "Message": "_Conversation",
    "Status": "_Status",
}
# Names of subclasses that the SDK takes for the platform's own classes.
OWN_NAMES = frozenset(
    {"User", "Installation", "Notification", "Role", "Conversation", "SysMessage"}
)
QUERIES = {"Query": "", "FriendshipQuery": "_Follower", "InboxQuery": "_Status"}

# Functions and classes below the package: service and operation.
CALLS = {
    "push.send": ("push", "send"),
    "cloud.request_sms_code": ("sms", "request_sms_code"),
    "cloud.verify_sms_code": ("sms", "verify_sms_code"),
    "cloud.request_captcha": ("captcha", "request_captcha"),
    "cloud.verify_captcha": ("captcha", "verify_captcha"),
    "cloud.run": ("functions", "run"),
    "cloud.run.remote": ("functions", "run"),
    "cloud.rpc": ("functions", "rpc"),
    "cloud.rpc.remote": ("functions", "rpc"),
    "ACL": ("access", "ACL"),
    "GeoPoint": ("geo", "GeoPoint"),
    "Engine": ("hosting", "Engine"),
    "HttpsRedirectMiddleware": ("hosting", "HttpsRedirectMiddleware"),
    "CookieSessionMiddleware": ("users", "CookieSessionMiddleware"),
    "Relation": ("relations", "Relation"),
    "Relation.reverse_query": ("relations", "reverse_query"),
    "init": ("addresses", "init"),
    "use_region": ("addresses", "use_region"),
    "use_master_key": ("master-key", "use_master_key"),
}
# The methods by which the SDK sends a request of its user's own: the first argument is an address.
REQUESTS = frozenset({"client.get", "client.post", "client.put", "client.delete"})

# Methods of values: the service, or '' for that of the value's class.
METHODS: dict[str, dict[str, str]] = {
    CLASS: {
        "extend": "",
        "create": "",
        "create_without_data": "",
        "create_with_url": "",
        "save_all": "",
        "destroy_all": "",
        "find_by_conversation": "",
        "find_by_client": "",
        "find_all": "",
        "count_unread_statuses": "",
        "create_follower_query": "followers",
        "create_followee_query": "followers",
    },
    OBJECT: {
        "save": "",
        "destroy": "",
        "fetch": "",
        "get_acl": "access",
        "set_acl": "access",
        "relation": "relations",
        "get_roles": "access",
        "get_users": "relations",
        "get_thumbnail_url": "",
        "follow": "followers",
        "unfollow": "followers",
        # Status, Conversation
        "send": "",
        "send_to_followers": "",
        "send_private_status": "",
        "broadcast": "",
        "add_member": "",
    },
    QUERY: {
        "get": "",
        "first": "",
        "find": "",
        "scan": "",
        "count": "",
        "do_cloud_query": "cql",
        "near": "geo",
        "within_radians": "geo",
        "within_miles": "geo",
        "within_kilometers": "geo",
        "within_geo_box": "geo",
    },
    RELATION: {"add": "relations", "remove": "relations"},
}
# Methods of users, of the class or of one: they have the same names nowhere else.
USER_METHODS = {
    "get_current": "users",
    "set_current": "users",
    "become": "users",
    "sign_up": "users",
    "login": "users",
    "logout": "users",
    "is_authenticated": "users",
    "update_password": "users",
    "refresh_session_token": "users",
    "get_session_token": "users",
    "login_with_mobile_phone": "users",
    "login_with": "third-party",
    "link_with": "third-party",
    "unlink_from": "third-party",
    "is_linked": "third-party",
    "request_password_reset": "email",
    "request_email_verify": "email",
    "signup_or_login_with_mobile_phone": "sms",
    "request_mobile_phone_verify": "sms",
    "verify_mobile_phone_number": "sms",
    "request_login_sms_code": "sms",
    "request_password_reset_by_sms_code": "sms",
    "reset_password_by_sms_code": "sms",
    "request_change_phone_number": "sms",
    "change_phone_number": "sms",
}
# Methods of an engine, mostly decorators.
ENGINE_METHODS = {
    "wrap": "hosting",
    "define": "functions",
    "before_save": "hooks",
    "after_save": "hooks",
    "before_update": "hooks",
    "after_update": "hooks",
    "before_delete": "hooks",
    "after_delete": "hooks",
    "on_verified": "hooks",
    "on_login": "hooks",
    "on_auth_data": "third-party",
    "on_bigquery": "insight",
    "on_insight": "insight",
}
# Functions that realtime messaging calls.
REALTIME_HOOKS = frozenset(
    {
        "_messageReceived",
        "_receiversOffline",
        "_messageSent",
        "_messageUpdate",
        "_conversationStart",
        "_conversationStarted",
        "_conversationAdd",
        "_conversationAdded",
        "_conversationRemove",
        "_conversationRemoved",
        "_conversationUpdate",
        "_clientOnline",
        "_clientOffline",
        "_rtmClientSign",
    }
)
# What a method of a value gives, where that is followed. Methods of queries that are not in METHODS
# give the same query.
RESULTS = {
    (CLASS, "extend"): CLASS,
    (CLASS, "create"): OBJECT,
    (CLASS, "create_without_data"): OBJECT,
    (CLASS, "create_with_url"): OBJECT,
    (CLASS, "create_follower_query"): QUERY,
    (CLASS, "create_followee_query"): QUERY,
    (QUERY, "get"): OBJECT,
    (QUERY, "first"): OBJECT,
    (QUERY, "find"): OBJECTS,
    (QUERY, "scan"): OBJECTS,
    (OBJECT, "relation"): RELATION,
    (OBJECT, "get_roles"): OBJECTS,
    (OBJECT, "get_users"): RELATION,
}
USERS = frozenset({"get_current", "become", "login_with", "signup_or_login_with_mobile_phone"})
# Methods of objects that give the object back.
CHAINED = frozenset(
    {
        "set",
        "unset",
        "increment",
        "add",
        "add_unique",
        "remove",
        "bit_and",
        "bit_or",
        "bit_xor",
        "clear",
        "set_acl",
        "disable_before_hook",
        "disable_after_hook",
        "ignore_hook",
    }
)
