"""What the platform would drop of a log."""

from __future__ import annotations

from scaffold.engine.loglimits import LINES_A_MINUTE, MINUTE, Excess, Rate


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_rate() -> None:
    """The 601st line within a minute is one too many; it is reported once a minute."""
    clock = Clock()
    rate = Rate(clock)
    assert not any(rate.add() for _ in range(LINES_A_MINUTE))
    assert [rate.add() for _ in range(3)] == [True, False, False]
    clock.now += MINUTE
    assert [rate.add() for _ in range(LINES_A_MINUTE + 1)].count(True) == 1


def test_slow_lines() -> None:
    """A line too many that comes after the minute is none too many."""
    clock = Clock()
    rate = Rate(clock)
    for _ in range(LINES_A_MINUTE):
        rate.add()
    clock.now = MINUTE
    assert not rate.add()


def test_excess() -> None:
    """Cut lines are counted, the first is remembered; so is too fast a log."""
    excess = Excess(Clock())
    for line, cut in (("short", False), ("first", True), ("second", True)):
        excess.add(line, cut)
    assert (excess.long_lines, excess.first_long_line, excess.too_fast) == (2, "first", False)
    for _ in range(LINES_A_MINUTE):
        excess.add("x", False)
    assert excess.too_fast
