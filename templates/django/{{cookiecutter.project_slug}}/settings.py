"""Django's settings, the same everywhere: what differs between your machine and the platform comes from env.py."""

from pathlib import Path

from env import env

BASE_DIR = Path(__file__).parent

# Never on the platform: Django's pages for errors show the code and the settings.
DEBUG = env.LEANCLOUD_APP_ENV == "development"
SECRET_KEY = env.SECRET_KEY

# Who may ask, by the Host header: your domains, and the platform's for this app, with stg- before the stage's.
DOMAINS = [domain.strip() for domain in env.DOMAINS.split(",") if domain.strip()]
if env.LEANCLOUD_APP_DOMAIN:
    for domain in ("leanapp.cn", "cn-e1.leanapp.cn", "avosapps.us"):
        DOMAINS += [f"{prefix}{env.LEANCLOUD_APP_DOMAIN}.{domain}" for prefix in ("", "stg-")]
# This machine's own names cannot lead a visitor anywhere. The health check is answered before Django, for any Host.
ALLOWED_HOSTS = [*DOMAINS, "localhost", "127.0.0.1", "[::1]"]

# The platform's load balancer speaks HTTPS with the visitor and HTTP with this app, and says so in a header.
# Whoever gets past it can send the header too: that makes a cookie Secure, it opens nothing.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [f"https://{'*' if domain.startswith('.') else ''}{domain}" for domain in DOMAINS]
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = env.production
SILENCED_SYSTEM_CHECKS = [
    # Browsers do not forget SECURE_HSTS_SECONDS: set it yourself, once HTTPS is to stay on your domain.
    "security.W004",
{% if cookiecutter.https_redirect %}
    # leanengine.py redirects to HTTPS in the place of SECURE_SSL_REDIRECT.
{% else %}
    # HTTP is served as well as HTTPS; the answer `https_redirect: true` brings a layer in leanengine.py that redirects.
{% endif %}
    "security.W008",
]

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    # Yours: `python manage.py startapp blog`, then "blog".
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "urls"
WSGI_APPLICATION = "wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

# No database: the data is in LeanCloud, and a file of SQLite would be gone at the next deployment.
# The admin is off because it needs one. With a database of your own (a LeanDB, say) here, switch it on:
# - INSTALLED_APPS += django.contrib. admin, auth, contenttypes, messages, sessions
# - MIDDLEWARE += django.contrib. sessions.middleware.SessionMiddleware, auth.middleware.AuthenticationMiddleware,
#   messages.middleware.MessageMiddleware
# - context_processors += django.contrib. auth.context_processors.auth, messages.context_processors.messages
# - urls.py: path("admin/", django.contrib.admin.site.urls); then `python manage.py migrate` and `createsuperuser`
DATABASES = {}

# WhiteNoise serves static/ straight from its folders: there is no collectstatic to run or to forget.
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"  # of the platform's logs
USE_TZ = True

# Errors go to stderr, which is the platform's log. Not every 404: the platform keeps 600 lines a minute.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}, "nowhere": {"class": "logging.NullHandler"}},
    "root": {"handlers": ["stderr"], "level": "INFO" if DEBUG else "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "INFO" if DEBUG else "ERROR", "propagate": False},
        # Strangers who try hosts and addresses; the page that they get says what to do.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
    },
}
