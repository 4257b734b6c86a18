"""{{ "Django 的配置，各环境共用：本机与平台之间的差异来自 env.py。" if cookiecutter.language == "zh" else "Django's settings, the same everywhere: what differs between your machine and the platform comes from env.py." }}"""

from pathlib import Path

from env import env

BASE_DIR = Path(__file__).parent

# {{ "在平台上必须关闭：Django 的错误页面会显示代码与配置。" if cookiecutter.language == "zh" else "Never on the platform: Django's pages for errors show the code and the settings." }}
DEBUG = env.LEANCLOUD_APP_ENV == "development"
SECRET_KEY = env.SECRET_KEY

# {{ "允许的 Host 请求头：你的域名，以及平台为本应用提供的域名（预备环境加 stg- 前缀）。" if cookiecutter.language == "zh" else "Who may ask, by the Host header: your domains, and the platform's for this app, with stg- before the stage's." }}
DOMAINS = [domain.strip() for domain in env.DOMAINS.split(",") if domain.strip()]
if env.LEANCLOUD_APP_DOMAIN:
    for domain in ("leanapp.cn", "cn-e1.leanapp.cn", "avosapps.us"):
        DOMAINS += [f"{prefix}{env.LEANCLOUD_APP_DOMAIN}.{domain}" for prefix in ("", "stg-")]
# {{ "本机的名称不会把访客引向别处。健康检查在 Django 之前响应，不限 Host。" if cookiecutter.language == "zh" else "This machine's own names cannot lead a visitor anywhere. The health check is answered before Django, for any Host." }}
ALLOWED_HOSTS = [*DOMAINS, "localhost", "127.0.0.1", "[::1]"]

# {{ "平台的负载均衡与访客之间使用 HTTPS，与本应用之间使用 HTTP，并在请求头中说明。" if cookiecutter.language == "zh" else "The platform's load balancer speaks HTTPS with the visitor and HTTP with this app, and says so in a header." }}
# {{ "绕过它的人也能发送此请求头：那只会给 cookie 加上 Secure，没有危险。" if cookiecutter.language == "zh" else "Whoever gets past it can send the header too: that makes a cookie Secure, it opens nothing." }}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [f"https://{'*' if domain.startswith('.') else ''}{domain}" for domain in DOMAINS]
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = env.production
SILENCED_SYSTEM_CHECKS = [
    # {{ "浏览器会一直记住 SECURE_HSTS_SECONDS：确定域名长期使用 HTTPS 后，再自行设置。" if cookiecutter.language == "zh" else "Browsers do not forget SECURE_HSTS_SECONDS: set it yourself, once HTTPS is to stay on your domain." }}
    "security.W004",
{% if cookiecutter.https_redirect %}
    # {{ "由 leanengine/ 重定向到 HTTPS，取代 SECURE_SSL_REDIRECT。" if cookiecutter.language == "zh" else "leanengine/ redirects to HTTPS in the place of SECURE_SSL_REDIRECT." }}
{% else %}
    # {{ "同时提供 HTTP 与 HTTPS；选项 `https_redirect: true` 会在 leanengine/ 中加上重定向。" if cookiecutter.language == "zh" else "HTTP is served as well as HTTPS; the answer `https_redirect: true` brings a layer in leanengine/ that redirects." }}
{% endif %}
    "security.W008",
]

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    # {{ "你的应用：先执行 `python manage.py startapp blog`，再写上 \"blog\"。" if cookiecutter.language == "zh" else "Yours: `python manage.py startapp blog`, then \"blog\"." }}
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

# {{ "没有数据库：数据存放在 LeanCloud，而 SQLite 的文件在下次部署时就会消失。" if cookiecutter.language == "zh" else "No database: the data is in LeanCloud, and a file of SQLite would be gone at the next deployment." }}
# {{ "后台管理需要数据库，因此没有启用。有自己的数据库（例如 LeanDB）时这样启用：" if cookiecutter.language == "zh" else "The admin is off because it needs one. With a database of your own (a LeanDB, say) here, switch it on:" }}
# {{ "- INSTALLED_APPS 加上 django.contrib. 的 admin、auth、contenttypes、messages、sessions" if cookiecutter.language == "zh" else "- INSTALLED_APPS += django.contrib. admin, auth, contenttypes, messages, sessions" }}
# {{ "- MIDDLEWARE 加上 django.contrib. 的 sessions.middleware.SessionMiddleware、auth.middleware.AuthenticationMiddleware、" if cookiecutter.language == "zh" else "- MIDDLEWARE += django.contrib. sessions.middleware.SessionMiddleware, auth.middleware.AuthenticationMiddleware," }}
# {{ "  messages.middleware.MessageMiddleware" if cookiecutter.language == "zh" else "  messages.middleware.MessageMiddleware" }}
# {{ "- context_processors 加上 django.contrib. 的 auth.context_processors.auth、messages.context_processors.messages" if cookiecutter.language == "zh" else "- context_processors += django.contrib. auth.context_processors.auth, messages.context_processors.messages" }}
# {{ "- urls.py：path(\"admin/\", django.contrib.admin.site.urls)；然后执行 `python manage.py migrate` 与 `createsuperuser`" if cookiecutter.language == "zh" else "- urls.py: path(\"admin/\", django.contrib.admin.site.urls); then `python manage.py migrate` and `createsuperuser`" }}
DATABASES: "dict[str, dict[str, object]]" = {}

# {{ "WhiteNoise 直接从文件夹提供 static/，无需执行 collectstatic。" if cookiecutter.language == "zh" else "WhiteNoise serves static/ straight from its folders: there is no collectstatic to run or to forget." }}
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"  # {{ "平台日志所用的时区" if cookiecutter.language == "zh" else "of the platform's logs" }}
USE_TZ = True

# {{ "错误写到 stderr，即平台的日志。不记录每个 404：平台每分钟只保留 600 行。" if cookiecutter.language == "zh" else "Errors go to stderr, which is the platform's log. Not every 404: the platform keeps 600 lines a minute." }}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}, "nowhere": {"class": "logging.NullHandler"}},
    "root": {"handlers": ["stderr"], "level": "INFO" if DEBUG else "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "INFO" if DEBUG else "ERROR", "propagate": False},
        # {{ "陌生人随意尝试的主机与地址；返回的页面会说明怎么办。" if cookiecutter.language == "zh" else "Strangers who try hosts and addresses; the page that they get says what to do." }}
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
    },
}
