"""The API: what is under /api/v1/, with what it takes and gives declared as types that UtilMeta checks.

`meta gen_openapi` writes it down as an OpenAPI document.
"""

import logging

import utype
from utilmeta.core import api, request, response
from utilmeta.utils import Error

logger = logging.getLogger(__name__)


class Answer(response.Response):
    """The form of every answer: {"result": …, "error": ""}."""

    result_key = "result"
    message_key = "error"

    def init_error(self, error):
        """Turn what was raised into an answer.

        UtilMeta itself would show a visitor the text of every crash, and log each mistake of a visitor with some
        hundred lines, values of variables among them. The platform keeps 600 lines a minute.
        """
        if isinstance(error, Error):
            error = error.exception
        if isinstance(error, Exception):
            error = BriefError(error, request=self.request)
            if error.is_crash:
                self.message = "Internal Server Error"
        super().init_error(error)


class BriefError(Error):
    """What was raised, logged as the code's fault or not at all."""

    @property
    def is_crash(self):
        """Whether nobody chose the status: 400, 404 and the like are raised with theirs."""
        return self.get_status(default=None) is None

    def log(self, console=False, with_variables=True):
        """Log a crash with its traceback and without the values of variables."""
        if self.is_crash:
            logger.error("crash in the API", exc_info=self.exception)
        return self.status


class Review(utype.Schema):
    """A review, as clients send it: anything else is refused with 400 and the reason."""

    stars: int = utype.Field(ge=1, le=5)
    comment: str = utype.Field(max_length=140, default="")


class RootAPI(api.API):
    """The endpoints; the name of a method is its route, unless the decorator says another."""

    response = Answer

    @api.get
    {{ 'def' if cookiecutter.backend in ['flask', 'django'] else 'async def' }} hello(self, name: str = "LeanEngine", times: int = request.QueryParam(default=1, ge=1, le=5)) -> str:
        """Greet: GET /api/v1/hello?name=you&times=2"""
        return f"Hello, {name}! " * times

    @api.post
    {{ 'def' if cookiecutter.backend in ['flask', 'django'] else 'async def' }} review(self, review: Review = request.Body) -> Review:
        """Take a review and give it back, its comment in order: POST /api/v1/review {"stars": 5}"""
        review.comment = review.comment.strip()
        return review
