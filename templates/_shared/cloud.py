"""{{ "云函数与 Hook。" if cookiecutter.language == "zh" else "Cloud functions and hooks." }}"""

import logging

from leanengine.sdk import leancloud

engine = leancloud.Engine()
logger = logging.getLogger(__name__)


@engine.define
def hello(name: str = "LeanEngine") -> str:
    """{{ "用 SDK 调用，或用 curl 带上应用的 id 与 key：POST /1.1/functions/hello {\"name\": \"you\"}" if cookiecutter.language == "zh" else "Call it from an SDK, or with curl and the app's id and key: POST /1.1/functions/hello {\"name\": \"you\"}." }}"""
    return f"Hello, {name}!"


@engine.define
def add_review(movie: str, stars: int, comment: str = "") -> str:
    """{{ "保存一条影评，返回其 id；已登录的用户就是作者。" if cookiecutter.language == "zh" else "Store a review of a film and return its id; a user who is logged in is its author." }}"""
    review = leancloud.Object.create("Review", movie=movie, stars=stars, comment=comment)
    if engine.current.user:
        review.set("author", engine.current.user)
    try:
        review.save()  # {{ "此时会运行下面的 check_review" if cookiecutter.language == "zh" else "runs check_review, below" }}
    except leancloud.LeanCloudError as error:
        raise leancloud.LeanEngineError(400, error.error) from error
    return review.id


@engine.before_save("Review")
def check_review(review: leancloud.Object) -> None:
    """{{ "保存 `Review` 之前运行：拒绝不合格的数据，整理合格的数据。" if cookiecutter.language == "zh" else "Run before a `Review` is stored: refuse a bad one, put a sound one in order." }}"""
    stars = review.get("stars")
    if type(stars) is not int or not 1 <= stars <= 5:
        raise leancloud.LeanEngineError(400, "stars must be a whole number from 1 to 5")
    review.set("comment", str(review.get("comment") or "").strip()[:140])


@engine.define("averageStars")
def average_stars(movie: str) -> float:
    """{{ "返回一部电影的平均星数。" if cookiecutter.language == "zh" else "Return how many stars a film has on average." }}"""
    if not isinstance(movie, str):  # {{ "客户端可以发送任何内容，包括查询条件" if cookiecutter.language == "zh" else "clients can send anything, such as a condition of the query" }}
        raise leancloud.LeanEngineError(400, "movie must be a title")
    reviews = leancloud.Query("Review").equal_to("movie", movie).limit(1000).find()
    if not reviews:
        raise leancloud.LeanEngineError(404, "nobody has reviewed this film")
    return sum(review.get("stars") for review in reviews) / len(reviews)


@engine.define
def my_films() -> "list[str]":
    """{{ "返回当前用户评过的电影；须先登录。" if cookiecutter.language == "zh" else "Return the films that the user has reviewed, who has to be logged in." }}"""
    if not engine.current.user:
        raise leancloud.LeanEngineError(401, "log in first")
    reviews = leancloud.Query("Review").equal_to("author", engine.current.user).find()
    return [review.get("movie") for review in reviews]


@engine.define
def daily_report() -> None:
{% if cookiecutter.language == "zh" %}
    """供定时任务调用：控制台 > 云引擎 > 定时任务，cron `0 0 8 * * ?` 表示每天 8:00。

    持有 App Key 的客户端同样可以调用，因此不要在这里做有害的事。
    """
{% else %}
    """Meant for a schedule: Console > Cloud Engine > Scheduled tasks, cron `0 0 8 * * ?` is every day at 8:00.

    Any client with the app key can call it too: let it do nothing that would harm.
    """
{% endif %}
    logger.warning("daily_report ran")
