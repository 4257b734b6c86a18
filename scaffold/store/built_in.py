"""The classes that the platform has by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scaffold.store.values import Document

# By name: the permissions, and the types of the columns, with the class that they lead to. Nobody
# may list users without the master key.
CLASSES: dict[str, tuple[Document, dict[str, str]]] = {
    "_User": (
        {"find": {}},
        {
            "username": "String",
            "email": "String",
            "emailVerified": "Boolean",
            "mobilePhoneNumber": "String",
            "mobilePhoneVerified": "Boolean",
            "authData": "Object",
        },
    ),
    "_Role": ({}, {"name": "String", "users": "Relation _User", "roles": "Relation _Role"}),
    "_File": (
        {},
        {
            "name": "String",
            "key": "String",
            "url": "String",
            "mime_type": "String",
            "bucket": "String",
            "metaData": "Object",
            "keepsName": "Boolean",
        },
    ),
    "_Installation": (
        {"find": {}},
        {
            "deviceType": "String",
            "deviceToken": "String",
            "installationId": "String",
            "channels": "Array",
            "valid": "Boolean",
        },
    ),
    "_Conversation": ({}, {"name": "String", "m": "Array", "attr": "Object"}),
    "_SysMessage": ({}, {}),
    "_Notification": ({"create": {}, "update": {}, "delete": {}}, {}),
    "_Followee": (
        {"create": {}, "update": {}, "delete": {}},
        {"user": "Pointer _User", "followee": "Pointer _User"},
    ),
    "_Follower": (
        {"create": {}, "update": {}, "delete": {}},
        {"user": "Pointer _User", "follower": "Pointer _User"},
    ),
}
