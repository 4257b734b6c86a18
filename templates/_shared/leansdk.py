"""The LeanCloud SDK, made safe and ready for use: `from leansdk import leancloud`."""

{% if cookiecutter.dependencies == 'current' %}
import hmac
import json
{% endif %}
import secrets
{% if cookiecutter.dependencies == 'current' %}
from urllib.parse import quote_plus, unquote_plus

import werkzeug.security
import werkzeug.urls
import werkzeug.utils
{% endif %}

from env import env  # first: the SDK reads keys from the environment when it is imported
{% if cookiecutter.dependencies == 'current' %}

# The SDK's cookies come from secure_cookie 0.2, which imports four names that left Werkzeug in 2.1–3.0.
# Nothing else uses them.
werkzeug.security.safe_str_cmp = hmac.compare_digest
werkzeug.urls.url_quote_plus = quote_plus
werkzeug.urls.url_unquote_plus = unquote_plus
werkzeug.utils.detect_utf_encoding = json.detect_encoding
{% endif %}

import leancloud  # noqa: E402
import leancloud.engine.authorization  # noqa: E402
{% if cookiecutter.dependencies == 'current' %}
from secure_cookie.cookie import SecureCookie  # noqa: E402

# Its cookies are bytes; Werkzeug takes text since 3.0.
serialize_to_bytes = SecureCookie.serialize
SecureCookie.serialize = lambda self, expires=None: serialize_to_bytes(self, expires).decode("ascii")
{% endif %}

# Where the SDK finds no ANDX key, it takes a request without any key for one with the right key:
# whoever knows the app id, which is public, could call every function. A key that nobody knows shuts that door.
authorization = leancloud.engine.authorization
authorization.ANDX_KEY = authorization.ANDX_KEY or secrets.token_hex(32)

leancloud.init(
    env.LEANCLOUD_APP_ID,
    app_key=env.LEANCLOUD_APP_KEY,
    master_key=env.LEANCLOUD_APP_MASTER_KEY,
    hook_key=env.LEANCLOUD_APP_HOOK_KEY,
)
# The master key passes every access rule, and the SDK would sign all requests to the data store with it.
# Where you need it: leancloud.use_master_key(True). That holds for the whole process, all threads.
leancloud.use_master_key(False)
