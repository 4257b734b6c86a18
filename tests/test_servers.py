"""The table of servers."""

from __future__ import annotations

import pytest

from scaffold.servers import ANSWERS, PROGRAMS, packages_of


def test_a_run_line_means_the_plain_program() -> None:
    """`gunicorn` is gunicorn with threads, although another answer runs the same program."""
    assert PROGRAMS["gunicorn"] is ANSWERS["gunicorn"]
    assert ANSWERS["gevent"].program == "gunicorn"


@pytest.mark.parametrize(
    ("starter", "backend", "server", "expected"),
    [
        ("flask", "flask", "uwsgi", ("flask", "pyuwsgi")),
        ("utilmeta", "django", "gevent", ("utilmeta", "django", "gunicorn", "gevent")),
        ("wsgi", "wsgi", "waitress", ("waitress",)),
        ("sanic", "sanic", "sanic", ("sanic",)),
    ],
)
def test_the_packages_of_answers(
    starter: str, backend: str, server: str, expected: tuple[str, ...]
) -> None:
    """What answers name is what is installed, under the names of the distributions."""
    assert packages_of({"starter": starter, "backend": backend, "server": server}) == expected
