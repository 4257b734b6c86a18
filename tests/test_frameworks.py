"""The tables of frameworks and servers say what copier.yml says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.frameworks import FRAMEWORKS
from scaffold.servers import ANSWERS

if TYPE_CHECKING:
    from scaffold.catalog import Catalog


def test_every_starter_is_a_framework_of_the_same_interface(catalog: Catalog) -> None:
    """A new starter is a row of the table, a framework of the table is a starter."""
    questions = catalog.questions
    assert set(FRAMEWORKS) == set(questions["starter"].choices)
    interfaces = {
        backend: catalog.context({"backend": backend})["interface"]
        for backend in questions["backend"].choices
    }
    assert {name: FRAMEWORKS[name].interface for name in interfaces} == interfaces


def test_every_server_is_offered_to_the_frameworks_of_its_interfaces(catalog: Catalog) -> None:
    """What copier.yml lets a framework choose is what the table says can run it."""
    question = catalog.questions["server"]
    for name, framework in FRAMEWORKS.items():
        if framework.interface in {"wsgi", "asgi"}:
            context = catalog.context({**catalog.resolve({}), "starter": name, "backend": name})
            fitting = {
                c
                for c in question.choices
                if c in ANSWERS and framework.interface in ANSWERS[c].interfaces
            }
            assert set(question.allowed_choices(context)) == fitting, name
