"""Schedules in words, in both languages."""

from __future__ import annotations

from datetime import timezone

import pytest

from scaffold import messages
from scaffold.timers.cron import Cron
from scaffold.timers.schedule import CronSchedule, IntervalSchedule
from scaffold.timers.words import describe

SAID = [
    ("0 0 8 * * ?", "every day at 08:00", "每天 08:00"),
    ("0 */5 * * * ?", "every 5 minutes", "每 5 分钟"),
    ("0 0 9 ? * 6#2", "on the second Friday of each month at 09:00", "每月第二个周五 09:00"),
    ("0 0 9 ? * FRIL", "on the last Friday of each month at 09:00", "每月最后一个周五 09:00"),
    (
        "0 0 9 L-3 * ?",
        "3 days before the last day of each month at 09:00",
        "每月最后一天之前 3 天 09:00",
    ),
    (
        "0 0 9 15W * ?",
        "on the working day nearest to day 15 of each month at 09:00",
        "离每月 15 日最近的工作日 09:00",
    ),
    ("0 0 8 ? * MON-FRI", "on Monday to Friday at 08:00", "每周一至周五 08:00"),
    ("0 0 8 1 1 ? 2027", "on day 1 of January at 08:00, in 2027", "一月 1 日 08:00（2027 年）"),
    ("30 * * * * ?", "at second 30 of each minute", "每分钟第 30 秒"),
    ("0 0 * * * ?", "every hour", "每小时"),
    (
        "0 7/15 8-18 * JAN-MAR ?",
        "every day of January to March, every 15 minutes from minute 7, in the hours 8 to 18",
        "一月至三月每天，从第 7 分起每 15 分钟，8 至 18 时",
    ),
]


@pytest.mark.parametrize(("expression", "english", "chinese"), SAID)
def test_expressions_in_words(expression: str, english: str, chinese: str) -> None:
    """An expression is said in each language as people say it."""
    schedule = CronSchedule(Cron.parse(expression), timezone.utc)
    message = {}
    for language in messages.LANGUAGES:
        messages.set_language(language)
        message[language] = describe(schedule)
    messages.set_language("en")
    assert message == {"en": english, "zh": chinese}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "every second"), (90, "every 90 seconds"), (300, "every 5 minutes"), (86400, "every day")],
)
def test_intervals_in_words(seconds: int, words: str) -> None:
    """An interval is said in its largest unit."""
    assert describe(IntervalSchedule(seconds)) == words
