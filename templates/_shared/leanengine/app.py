{% if cookiecutter.language == "zh" %}
"""平台运行的模块：`{{ cookiecutter._app_module }}` 中的应用，外加平台对应用的要求。"""
{% else %}
"""What the platform runs: the app of `{{ cookiecutter._app_module }}`, with what the platform asks of an app."""
{% endif %}

{% set kind = cookiecutter.backend if cookiecutter.__interface == 'own' else cookiecutter.__interface %}
{% set maker = cookiecutter._app_name.replace('()', '') %}
from leanengine.{{ kind }} import {{ 'serve, wrap' if cookiecutter.__interface == 'own' else 'wrap' }}{{ ('  # 须在最前：检查环境变量，准备 SDK' if cookiecutter.language == "zh" else '  # first: it checks the environment and prepares the SDK') if cookiecutter.cloud_functions else '' }}
{% if cookiecutter.cloud_functions and cookiecutter.__interface != 'wsgi' %}
from leanengine.sdk import served_engine
{% endif %}
from {{ cookiecutter._app_module }} import {{ maker }}{{ ' as app' if cookiecutter._app_name not in ('app', maker ~ '()') else '' }}

{% if cookiecutter._app_name != maker %}
app = {{ cookiecutter._app_name }}
{% endif %}
{% if cookiecutter.cloud_functions and cookiecutter.__interface == 'wsgi' %}
# {{ "应用里包含引擎，以及套在引擎外面的各层。" if cookiecutter.language == "zh" else "The app holds the engine, and what it puts round that." }}
application = wrap(app, app)
{% elif cookiecutter.cloud_functions %}
application = wrap(app, served_engine())
{% else %}
application = wrap(app)
{% endif %}
{% if cookiecutter.__interface == 'own' %}

if __name__ == "__main__":
    serve(application)
{% endif %}
