"""{{ "哪个视图响应哪个 URL。" if cookiecutter.language == "zh" else "Which view answers which URL." }}"""

from functools import partial

from django.urls import path

import views

urlpatterns = [
    path("", views.index, name="index"),
    path("api/status", views.status, name="status"),
{% if cookiecutter.sessions %}
    path("login", views.login, name="login"),
    path("logout", views.logout, name="logout"),
{% endif %}
]

handler400 = partial(views.show_error, 400)
handler403 = partial(views.show_error, 403)
handler404 = partial(views.show_error, 404)
handler500 = partial(views.show_error, 500)
