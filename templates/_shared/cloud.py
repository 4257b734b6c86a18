"""Cloud functions and hooks (云函数与 Hook)."""

from leansdk import leancloud

engine = leancloud.Engine()


@engine.define
def hello(name="LeanEngine"):
    """Call it from an SDK, or with curl and the app's id and key: POST /1.1/functions/hello {"name": "you"}."""
    return f"Hello, {name}!"


@engine.before_save("Review")
def check_review(review):
    """Run before a `Review` is stored: refuse a bad one, put a sound one in order."""
    stars = review.get("stars")
    if not isinstance(stars, int) or not 1 <= stars <= 5:
        raise leancloud.LeanEngineError(400, "stars must be a whole number from 1 to 5")
    review.set("comment", (review.get("comment") or "").strip()[:140])


@engine.define
def daily_report():
    """Meant for a schedule: Console > Cloud Engine > Scheduled tasks, cron `0 0 8 * * ?` is every day at 8:00.

    控制台 > 云引擎 > 定时任务。Any client with the app key can call it too: let it do nothing that would harm.
    """
    print("daily_report ran")  # stdout is the log
