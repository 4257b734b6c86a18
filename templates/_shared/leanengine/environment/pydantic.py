"""{{ "此类应用共有的环境变量；项目自己的变量写在 env.py。" if cookiecutter.language == "zh" else "The environment variables that every app of this kind has; env.py adds the project's own." }}"""

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from leanengine import startup

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from pathlib import Path

    from typing_extensions import Self

PLAIN_WORDS = {"int_parsing": "a whole number", "bool_parsing": "true or false"}


class Environment(BaseSettings):
    """{{ "每个变量一个字段，可以是 pydantic 支持的任何类型；没有默认值的字段为必填。" if cookiecutter.language == "zh" else "One field a variable, of any type that pydantic knows. A field without a default is required." }}"""

    model_config = SettingsConfigDict(frozen=True, case_sensitive=True, env_ignore_empty=True)

    def __repr_args__(self) -> "list[tuple[str, Any]]":
        return []  # {{ "不显示值：否则密钥会进入日志" if cookiecutter.language == "zh" else "without the values: they would put the keys into logs" }}

{% if cookiecutter.cloud_functions %}
    LEANCLOUD_APP_ID: str
    LEANCLOUD_APP_KEY: str
    LEANCLOUD_APP_MASTER_KEY: str
    LEANCLOUD_APP_HOOK_KEY: str
{% endif %}
{% if cookiecutter.backend == 'django' %}
    SECRET_KEY: str  # {{ "cookie 与链接的签名密钥" if cookiecutter.language == "zh" else "signs cookies and links" }}
{% elif cookiecutter.sessions %}
    SECRET_KEY: str  # {{ "登录 cookie 的签名密钥" if cookiecutter.language == "zh" else "signs the login cookie" }}
{% endif %}
    LEANCLOUD_APP_ENV: str = "development"  # {{ "或 stage、production" if cookiecutter.language == "zh" else "or stage, production" }}
    LEANCLOUD_APP_PORT: int = 3000
{% if cookiecutter.backend == 'django' or cookiecutter.https_redirect %}
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

    @classmethod
    def read(cls, environ: "MutableMapping[str, str]", dotenv: "Path") -> "Self":
        """{{ "返回 `environ` 中的环境变量，开发环境中由文件 `dotenv` 补充；有误时抛出 EnvError。" if cookiecutter.language == "zh" else "Return what `environ` holds, in development with what the file `dotenv` adds; raise EnvError for faults." }}"""
        startup.fill(environ, dotenv)
        try:
            return cls()  # {{ "pydantic 读取 os.environ" if cookiecutter.language == "zh" else "pydantic reads os.environ" }}
        except ValidationError as error:
            faults = [describe(fault) for fault in error.errors()]
        except SettingsError as error:  # {{ "列表等类型的值不是 JSON" if cookiecutter.language == "zh" else "a list or the like that is not JSON" }}
            faults = [str(error)]
        raise startup.EnvError(faults)

    @classmethod
    def load(cls) -> "Self":
        """{{ "返回环境变量；缺失或有误时输出说明并结束进程。" if cookiecutter.language == "zh" else "Return the environment; end the process with a message where something is missing or wrong." }}"""
        return startup.checked(cls.read)


def describe(fault: Any) -> str:
    """{{ "说明变量有什么问题。" if cookiecutter.language == "zh" else "Say what is wrong with a variable." }}"""
    name = ".".join(map(str, fault["loc"]))
    if fault["type"] == "missing":
        return f"{name} is missing"
    if fault["type"] in PLAIN_WORDS:
        return f"{name} is {fault['input']!r}, which is not {PLAIN_WORDS[fault['type']]}"
    return f"{name} is {fault['input']!r}: {fault['msg']}"
