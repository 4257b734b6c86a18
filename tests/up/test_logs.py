"""The log and its limits."""

from __future__ import annotations

from scaffold.up.logs import Log, LogLine


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def warnings(log: Log) -> list[str]:
    """Return the warnings of a log."""
    return [line.text for line in log.after(0) if line.kind == "warning"]


def test_numbers() -> None:
    """Lines are numbered and shown; who has read some asks for the rest."""
    shown: list[LogLine] = []
    log = Log(shown.append)
    assert log.last == 0
    log.add_app_line("one", False)
    log.note("two")
    assert [(line.number, line.kind, line.text) for line in shown] == [
        (1, "app", "one"),
        (2, "note", "two"),
    ]
    assert log.after(1) == shown[1:]
    assert log.last == 2


def test_long_line() -> None:
    """After a line that was cut comes a warning."""
    log = Log(lambda _: None)
    log.add_app_line("x", True)
    assert warnings(log) == [
        "that line has more than 4096 characters: the platform drops the rest of it"
    ]


def test_many_lines() -> None:
    """The 601st line within a minute earns one warning, and in the next minute another."""
    clock = Clock()
    log = Log(lambda _: None, clock)
    for number in range(600):
        clock.now = number / 20
        log.add_app_line("x", False)
    assert warnings(log) == []
    for _ in range(100):
        log.add_app_line("x", False)
    assert warnings(log) == ["more than 600 lines in a minute: the platform drops the rest"]
    clock.now += 60
    for _ in range(602):
        log.add_app_line("x", False)
    assert len(warnings(log)) == 2


def test_slow_lines() -> None:
    """Nine lines a second for ever are no trouble."""
    clock = Clock()
    log = Log(lambda _: None, clock)
    for number in range(2000):
        clock.now = number / 9
        log.add_app_line("x", False)
    assert warnings(log) == []
