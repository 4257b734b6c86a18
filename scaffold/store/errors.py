"""Errors in the form that SDKs read: a code, a sentence, a status.

The codes and sentences are those of the platform's own list:
https://docs.leancloud.cn/sdk/error-code/
"""

from __future__ import annotations

# For each code the status and the sentence that is sent where the caller has nothing better to say.
TEXTS: dict[int, tuple[int, str]] = {
    1: (400, "Internal server error. No information available."),
    101: (404, "Class or object doesn't exists."),
    103: (
        400,
        (
            "Missing or invalid classname. Classnames are case-sensitive. They must start "
            "with a letter, "
            "and a-zA-Z0-9_ are the only valid characters."
        ),
    ),
    104: (400, "Missing object id."),
    105: (
        400,
        (
            "Invalid key name. Keys are case-sensitive. They must start with a letter, "
            "and a-zA-Z0-9_ are the only valid characters."
        ),
    ),
    106: (400, "Malformed pointer. Pointers must be arrays of a classname and an object id."),
    107: (400, "Malformed json object. A json dictionary is expected."),
    111: (400, "Field set to incorrect type."),
    116: (400, "The object is too large."),
    117: (400, "The key is read only."),
    119: (403, "That operation isn't allowed for clients."),
    122: (400, "Invalid file name."),
    123: (
        400,
        (
            "Invalid ACL. An ACL with an invalid format was saved. This should not happen if "
            "you use AVACL."
        ),
    ),
    124: (
        503,
        (
            "The request timed out on the server. Typically this indicates the request is too "
            "expensive."
        ),
    ),
    125: (400, "The email address was invalid."),
    127: (400, "The mobile phone number was invalid."),
    128: (400, "Invalid relation data."),
    137: (400, "A unique field was given a value that is already taken."),
    139: (400, "Role's name is invalid."),
    141: (400, "LeanEngine request timeout."),
    142: (400, "Cloud Code validation failed."),
    154: (400, "Exceeded an application threshold setting."),
    200: (400, "Username is missing or empty"),
    201: (400, "Password is missing or empty."),
    202: (400, "Username has already been taken."),
    203: (400, "Email has already been taken."),
    204: (400, "The email is missing, and must be specified."),
    205: (400, "A user with the specified email was not found."),
    206: (403, "The user cannot be altered by a client without the session."),
    208: (400, "An existing account already linked to another user."),
    210: (400, "The username and password mismatch."),
    211: (400, "Could not find user."),
    212: (400, "The mobile phone number is missing, and must be specified."),
    213: (400, "A user with the specified mobile phone number was not found."),
    214: (400, "Mobile phone number has already been taken."),
    215: (400, "Mobile phone number isn't verified."),
    216: (400, "Email address isn't verified."),
    217: (400, "Invalid username, it must be a non-blank string."),
    218: (400, "Invalid password, it must be a non-blank string."),
    219: (400, "登录失败次数超过限制，请稍候再试，或者通过忘记密码重设密码。"),
    250: (400, "Linked id missing from request"),
    251: (400, "Invalid linked session"),
    300: (400, "CQL syntax error."),
    302: (400, "Invalid GeoPoint values."),
    305: (400, "No effect on updating/deleting a document."),
    401: (401, "Unauthorized."),
    403: (403, "Forbidden."),
    413: (413, "Payload Too Large."),
    503: (503, "The app is temporarily disabled/readonly."),
    603: (400, "Invalid SMS code."),
}


class ApiError(Exception):
    """What a request gets instead of its answer.

    Args:
        code: the platform's error code, one of `TEXTS`.
        error: the sentence; the platform's own for the code by default.
        status: the HTTP status; the one of the code by default.
    """

    def __init__(self, code: int, error: str | None = None, *, status: int | None = None) -> None:
        usual_status, usual_error = TEXTS[code]
        self.code = code
        self.error = error or usual_error
        self.status = status or usual_status
        super().__init__(f"[{code}] {self.error}")

    def payload(self) -> dict[str, object]:
        """Return the body that SDKs expect."""
        return {"code": self.code, "error": self.error}


def unsupported(what: str) -> ApiError:
    """Return the error for what the platform had and this service does not offer."""
    return ApiError(1, f"{what} is not offered by this data service.")
