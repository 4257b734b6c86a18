{% if cookiecutter.language == "zh" %}
"""API：/api/v1/ 下的接口，参数与返回值以类型声明，由 UtilMeta 校验。

`meta gen_openapi` 可生成 OpenAPI 文档。
"""
{% else %}
"""The API: what is under /api/v1/, with what it takes and gives declared as types that UtilMeta checks.

`meta gen_openapi` writes it down as an OpenAPI document.
"""
{% endif %}

import logging
from typing import Any

import utype
from utilmeta.core import api, request, response
from utilmeta.utils import Error

logger = logging.getLogger(__name__)


class Answer(response.Response):
    """{{ "所有响应的格式：{\"result\": …, \"error\": \"\"}。" if cookiecutter.language == "zh" else "The form of every answer: {\"result\": …, \"error\": \"\"}." }}"""

    result_key = "result"
    message_key = "error"

    def init_error(self, error: Any) -> None:
{% if cookiecutter.language == "zh" %}
        """把抛出的异常转成响应。

        UtilMeta 默认会把每次崩溃的文本展示给访客，并为访客的每个错误记录上百行日志，
        包括变量的值。而平台每分钟只保留 600 行。
        """
{% else %}
        """Turn what was raised into an answer.

        UtilMeta itself would show a visitor the text of every crash, and log each mistake of a visitor with some
        hundred lines, values of variables among them. The platform keeps 600 lines a minute.
        """
{% endif %}
        if isinstance(error, Error):
            error = error.exception
        if isinstance(error, Exception):
            error = BriefError(error, request=self.request)
            if error.is_crash:
                self.message = "Internal Server Error"
        super().init_error(error)


class BriefError(Error):
    """{{ "抛出的异常：若是代码的错误则记录日志，否则不记录。" if cookiecutter.language == "zh" else "What was raised, logged as the code's fault or not at all." }}"""

    @property
    def is_crash(self) -> bool:
        """{{ "是否没有指定状态码：400、404 等抛出时带有自己的状态码。" if cookiecutter.language == "zh" else "Whether nobody chose the status: 400, 404 and the like are raised with theirs." }}"""
        return self.get_status(default=None) is None

    def log(self, console: bool = False, with_variables: bool = True) -> int:
        """{{ "记录崩溃的 traceback，不含变量的值。" if cookiecutter.language == "zh" else "Log a crash with its traceback and without the values of variables." }}"""
        if self.is_crash:
            logger.error("crash in the API", exc_info=self.exception)
        return self.status


class Review(utype.Schema):
    """{{ "客户端提交的评论：不符合要求的返回 400 与原因。" if cookiecutter.language == "zh" else "A review, as clients send it: anything else is refused with 400 and the reason." }}"""

    stars: int = utype.Field(ge=1, le=5)
    comment: str = utype.Field(max_length=140, default="")


class RootAPI(api.API):
    """{{ "接口；方法名即路由，除非装饰器另有指定。" if cookiecutter.language == "zh" else "The endpoints; the name of a method is its route, unless the decorator says another." }}"""

    response = Answer

    @api.get
    {{ 'def' if cookiecutter.backend in ['flask', 'django'] else 'async def' }} hello(self, name: str = "LeanEngine", times: int = request.QueryParam(default=1, ge=1, le=5)) -> str:
        """{{ "问候：GET /api/v1/hello?name=you&times=2" if cookiecutter.language == "zh" else "Greet: GET /api/v1/hello?name=you&times=2" }}"""
        return f"Hello, {name}! " * times

    @api.post
    {{ 'def' if cookiecutter.backend in ['flask', 'django'] else 'async def' }} review(self, review: Review = request.Body) -> Review:
        """{{ "接收评论，整理后返回：POST /api/v1/review {\"stars\": 5}" if cookiecutter.language == "zh" else "Take a review and give it back, its comment in order: POST /api/v1/review {\"stars\": 5}" }}"""
        review.comment = review.comment.strip()
        return review
