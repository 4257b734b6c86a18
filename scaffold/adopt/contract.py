"""What our template says for an adopted project: its answers, files and requirements."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scaffold import answer_files, parsing
from scaffold.adopt.package import runs_shield, wrapped_app
from scaffold.errors import UsageError
from scaffold.frameworks import FRAMEWORKS
from scaffold.messages import language
from scaffold.questions import Answer, Answers, UserInput
from scaffold.render import render
from scaffold.requirements import parse
from scaffold.servers import ANSWERS as SERVERS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from scaffold.adopt.detect import Detected
    from scaffold.catalog import Catalog
    from scaffold.checks.project import Project

ANSWERS = ".copier-answers.yml"
# The server of an adopted project that has none of ours, by interface.
_USUAL = {"wsgi": "waitress", "asgi": "uvicorn"}


class Contract:
    """What our template of this kind of project says.

    Args:
        catalog: the starters.
        project: the files, before anything is added.
        found: what the project is.
        python: the version it is pinned for, `3.8`.
        name: the folder's name.

    Attributes:
        asked: answers of the user's own, to questions about files to add.
        app: what the package leanengine/ wraps, `module:name`; empty where there is none.
        previous: what an earlier version of `scaffold adopt` has recorded.
    """

    def __init__(
        self, catalog: Catalog, project: Project, found: Detected, python: str, name: str
    ) -> None:
        self._catalog = catalog
        self.asked: Mapping[str, UserInput] = {}
        self.found = found
        self.python = python
        self.app = wrapped_app(project, found, python)
        self.previous = recorded(project) if runs_shield(project) else {}
        # Tornado wants an event loop in the thread, which only the main one has.
        self.needs_main_thread = found.starter.value == "wsgi" and project.mentions(b"tornado")
        self._name = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower()

    @property
    def is_python_2(self) -> bool:
        """Whether Python 2 runs it."""
        return self.python.startswith("2")

    @property
    def has_image(self) -> bool:
        """Whether our template has an image of the project's Python, for an app that is known."""
        minor = ".".join(self.python.split(".")[:2])
        return self.found.entry is not None and self.answers["python"] == minor

    @cached_property
    def answers(self) -> Answers:
        """The answers with which our template is nearest to the project."""
        minor = ".".join(self.python.split(".")[:2])
        wishes: dict[str, Answer] = {
            "project_name": self._name,
            "starter": self.found.starter.value,
            "server": self.server,
            "cloud_functions": self.found.has_functions,
            "dependencies": "sdk" if self.found.has_functions else "current",
            "python": minor,
            "language": language(),
        }
        # Answers that the template does not allow are left out, so that its defaults are used.
        preferred = {key: value for key, value in wishes.items() if key != "project_name"}
        given = {"starter": UserInput(wishes["starter"], "adopt")}
        given |= {"cloud_functions": UserInput(wishes["cloud_functions"], "adopt"), **self.asked}
        try:
            return self._catalog.resolve(
                {**given, "project_name": UserInput(self._name, "adopt")}, preferred=preferred
            )
        except UsageError:
            return self._catalog.resolve(given, preferred=preferred)

    @property
    def server(self) -> str:
        """The server: the user's if we know it, gevent where the app is patched by gevent."""
        starter, now = self.found.starter.value, self.found.server.value
        if "server" in self.previous:
            return str(self.previous["server"])
        interface = FRAMEWORKS[starter].interface or "wsgi"
        if interface == "own":
            return starter
        if interface == "wsgi" and (self.found.monkey or self.found.websockets):
            return "gevent"
        if interface == "wsgi" and (self.is_python_2 or self.needs_main_thread):
            return now if now == "uwsgi" else "gunicorn"
        choices = self._catalog.questions["server"].choices
        known = now in choices and now in SERVERS and interface in SERVERS[now].interfaces
        return now if known else _USUAL[interface]

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Our template's files."""
        return self.rendered({})

    def rendered(self, others: Mapping[str, Any]) -> dict[str, bytes]:
        """Return our template's files with some answers changed."""
        return render(self._catalog.starter(str(self.answers["starter"])), self._known(others))

    def paths_of(self, key: str) -> set[str]:
        """Return the paths of the files that are there because of an answer."""
        return answer_files.paths_of(self._catalog, self._known({}), key)

    def _known(self, others: Mapping[str, Any]) -> dict[str, Any]:
        module, _, name = self.app.partition(":")
        # An adopted project lacks some of what a generated one has; the list is not known yet.
        known = {"_app_module": module, "_app_name": name, "_adopted": [ANSWERS]}
        return {**self.answers, **known, **others}

    def package_requirements(self) -> dict[str, str]:
        """Return what leanengine/ needs, by package: lines for requirements.in."""
        return self._requirements({"python-dotenv"} if self.app else set())

    def server_requirements(self) -> dict[str, str]:
        """Return what the server needs, by package: lines for requirements.in."""
        server = SERVERS.get(self.server)
        return self._requirements({*server.packages, *server.needs} - {"gevent"} if server else ())

    def _requirements(self, packages: Collection[str]) -> dict[str, str]:
        # An app that only keeps its data with the SDK lives with the SDK's gevent all the same.
        lives_with = {
            "cloud_functions": self.found.uses_sdk,
            "dependencies": "sdk" if self.found.uses_sdk else "current",
        }
        lines = parse("", self.rendered(lives_with)["requirements.in"].decode()).requirements
        return {line.name: line.source for line in lines if line.name in packages}


def recorded(project: Project) -> Mapping[str, Any]:
    """Return what the answers file says; nothing where there is none that can be read."""
    try:
        loaded = parsing.load_yaml(project.text(ANSWERS))
    except parsing.ParseError:
        return {}
    return loaded if isinstance(loaded, dict) else {}
