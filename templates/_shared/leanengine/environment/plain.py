{% if cookiecutter._app_module %}
"""{{ "平台部分的环境变量：`from leanengine.environment import env`。" if cookiecutter.language == "zh" else "The environment variables of the platform's part: `from leanengine.environment import env`." }}"""
{% else %}
"""{{ "此类应用共有的环境变量；项目自己的变量写在 env.py。" if cookiecutter.language == "zh" else "The environment variables that every app of this kind has; env.py adds the project's own." }}"""
{% endif %}

from typing import TYPE_CHECKING, Any, get_type_hints

from leanengine import startup

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from pathlib import Path

    from typing_extensions import Self

BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
TYPES: "dict[type, tuple[str, Callable[[str], Any]]]" = {
    str: ("text", str),
    int: ("a whole number", int),
    bool: ("true or false", lambda text: BOOLEANS[text.lower()]),
}


class Environment:
    """{{ "每个变量一个字段，类型为 str、int 或 bool；没有默认值的字段为必填。" if cookiecutter.language == "zh" else "One field a variable, of type str, int or bool. A field without a default is required." }}"""

{% if cookiecutter.cloud_functions %}
    LEANCLOUD_APP_ID: str
    LEANCLOUD_APP_KEY: str
    LEANCLOUD_APP_MASTER_KEY: str
    LEANCLOUD_APP_HOOK_KEY: str
{% endif %}
{% if cookiecutter.backend == 'django' and not cookiecutter._app_module %}
    SECRET_KEY: str  # {{ "cookie 与链接的签名密钥" if cookiecutter.language == "zh" else "signs cookies and links" }}
{% elif cookiecutter.sessions %}
    SECRET_KEY: str  # {{ "登录 cookie 的签名密钥" if cookiecutter.language == "zh" else "signs the login cookie" }}
{% endif %}
    LEANCLOUD_APP_ENV: str = "development"  # {{ "或 stage、production" if cookiecutter.language == "zh" else "or stage, production" }}
    LEANCLOUD_APP_PORT: int = 3000
{% if cookiecutter.backend == 'django' and not cookiecutter._app_module or cookiecutter.https_redirect %}
    LEANCLOUD_APP_DOMAIN: str = ""  # {{ "填 myapp，平台即以 myapp.leanapp.cn 或 myapp.avosapps.us 提供服务" if cookiecutter.language == "zh" else "myapp: the platform serves it as myapp.leanapp.cn or myapp.avosapps.us" }}
    DOMAINS: str = ""  # {{ "你绑定的域名：www.example.com,example.com" if cookiecutter.language == "zh" else "your own domains: www.example.com,example.com" }}
{% endif %}
{% if not cookiecutter.cloud_functions %}
    LEANCLOUD_VERSION_TAG: str = "development"  # {{ "当前部署的版本" if cookiecutter.language == "zh" else "which deployment this is" }}
{% endif %}
    MAX_BODY_MB: int = 100  # {{ "更长的请求会被拒绝；平台最多放行这么多" if cookiecutter.language == "zh" else "a longer request is refused; the platform lets no more than this through" }}
{% if cookiecutter.cloud_functions %}
    MAX_FUNCTION_BODY_MB: int = 20  # {{ "云函数的上限：处理时占用的内存最多可达请求的六倍" if cookiecutter.language == "zh" else "the same of a function: its request takes up to six times as much memory" }}
{% endif %}

    @property
    def production(self) -> bool:
        """{{ "是否为生产环境。" if cookiecutter.language == "zh" else "Whether this is the production environment." }}"""
        return self.LEANCLOUD_APP_ENV == "production"

    def __init__(self, values: "dict[str, Any]") -> None:
        vars(self).update(values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} cannot be set: set the environment variable instead")

    @classmethod
    def read(cls, environ: "MutableMapping[str, str]", dotenv: "Path") -> "Self":
        """{{ "返回 `environ` 中的环境变量，开发环境中由文件 `dotenv` 补充；有误时抛出 EnvError。" if cookiecutter.language == "zh" else "Return what `environ` holds, in development with what the file `dotenv` adds; raise EnvError for faults." }}"""
        startup.fill(environ, dotenv)
        values: dict[str, Any] = {}
        faults: list[str] = []
        for name, kind in get_type_hints(cls).items():
            text = environ.get(name)
            if text:
                what, convert = TYPES[kind]
                try:
                    values[name] = convert(text)
                except (KeyError, ValueError):
                    faults.append(f"{name} is {text!r}, which is not {what}")
            elif not hasattr(cls, name):
                faults.append(f"{name} is missing")
        if faults:
            raise startup.EnvError(faults)
        return cls(values)

    @classmethod
    def load(cls) -> "Self":
        """{{ "返回环境变量；缺失或有误时输出说明并结束进程。" if cookiecutter.language == "zh" else "Return the environment; end the process with a message where something is missing or wrong." }}"""
        return startup.checked(cls.read)
{% if cookiecutter._app_module %}


env = Environment.load()
{% endif %}
