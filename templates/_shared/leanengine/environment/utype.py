"""{{ "此类应用共有的环境变量；项目自己的变量写在 env.py。" if cookiecutter.language == "zh" else "The environment variables that every app of this kind has; env.py adds the project's own." }}"""

from typing import TYPE_CHECKING, Any, get_type_hints

from utilmeta import conf
from utype import Options, exc

from leanengine import startup

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from pathlib import Path

    from typing_extensions import Self

TYPES = {str: "text", int: "a whole number", bool: "true or false"}


class Environment(conf.Env):
    """{{ "每个变量一个字段，类型须是 utype 能从文本转换的；没有默认值的字段为必填。" if cookiecutter.language == "zh" else "One field a variable, of a type that utype converts text to. A field without a default is required." }}"""

    # {{ "一次报告所有错误；3.5 不是整数，\"maybe\" 不是布尔值。" if cookiecutter.language == "zh" else "All faults at once; 3.5 is no whole number and \"maybe\" no bool." }}
    __options__ = Options(collect_errors=True, no_data_loss=True, immutable=True)

    def __str__(self) -> str:
        return "Env(...)"  # {{ "不显示值：否则密钥会进入日志" if cookiecutter.language == "zh" else "without the values: they would put the keys into logs" }}

    __repr__ = __str__

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
            return cls({name: environ[name] for name in get_type_hints(cls) if environ.get(name)})
        except exc.CollectedParseError as error:
            faults = [f"{fault.item} {describe(fault)}" for fault in error.errors]
        raise startup.EnvError(faults)

    @classmethod
    def load(cls) -> "Self":
        """{{ "返回环境变量；缺失或有误时输出说明并结束进程。" if cookiecutter.language == "zh" else "Return the environment; end the process with a message where something is missing or wrong." }}"""
        return startup.checked(cls.read)


def describe(fault: Any) -> str:
    """{{ "说明变量有什么问题。" if cookiecutter.language == "zh" else "Say what is wrong with a variable." }}"""
    if isinstance(fault, exc.AbsenceError):
        return "is missing"
    return f"is {fault.value!r}, which is not {TYPES.get(fault.type, fault.type.__name__)}"
