{% if cookiecutter.language == "zh" %}
"""本应用的环境变量：名称、类型与默认值，启动时统一检查。

    from env import env

    env.LEANCLOUD_APP_PORT  # 3000，int 类型

开发环境中，缺少的变量取自文件 `.env`（由 `.env.example` 复制而来）。
平台的变量和请求大小的限制定义在 leanengine/environment.py，可在这里重新声明。
"""
{% else %}
"""The environment variables of this app: their names, types and defaults, checked once, at the start.

    from env import env

    env.LEANCLOUD_APP_PORT  # 3000, an int

In development, what the environment lacks is taken from the file `.env` (a copy of `.env.example`).
The platform's variables, and how long a request may be, are in leanengine/environment.py; here you can say it anew.
"""
{% endif %}

from leanengine.environment import Environment


class Env(Environment):
{% if cookiecutter.starter == 'utilmeta' %}
    """{{ "每个变量一个字段，类型须是 utype 能从文本转换的；没有默认值的字段为必填。" if cookiecutter.language == "zh" else "One field a variable, of a type that utype converts text to. A field without a default is required." }}"""
{% elif cookiecutter.starter == 'fastapi' %}
    """{{ "每个变量一个字段，可以是 pydantic 支持的任何类型；没有默认值的字段为必填。" if cookiecutter.language == "zh" else "One field a variable, of any type that pydantic knows. A field without a default is required." }}"""
{% else %}
    """{{ "每个变量一个字段，类型为 str、int 或 bool；没有默认值的字段为必填。" if cookiecutter.language == "zh" else "One field a variable, of type str, int or bool. A field without a default is required." }}"""
{% endif %}

    # {{ "在这里声明你的变量，没有默认值的写在前面：" if cookiecutter.language == "zh" else "Declare yours here, those without a default first:" }}
    # SMTP_PORT: int = 25


env = Env.load()
