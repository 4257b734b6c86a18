"""What a framework is: the one table that `adopt`, `check` and the tools read.
copier.yml offers them as starters.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Framework:
    """A framework, as an app of it is recognised.

    Attributes:
        name: the answer of `starter`; where there is a package, also its
            name and that of its distribution.
        interface: how a server calls an app: `wsgi`, `asgi`, `own` (the framework is its own
            server); empty for UtilMeta, which has that of the framework below it. copier.yml
            says the same; a test compares.
        makers: what is called to make an app.
        wsgi_makers: what makes a WSGI object in or of a framework that is not WSGI.
        packaged: whether it is a package; a plain WSGI function is none.
    """

    name: str
    interface: str
    makers: tuple[str, ...] = ()
    wsgi_makers: tuple[str, ...] = ()
    packaged: bool = True


# Of two that an app imports, the first is what it is.
_TABLE = (
    Framework("utilmeta", "", ("UtilMeta",)),
    Framework(
        "django",
        "wsgi",
        (
            "get_wsgi_application",
            "get_asgi_application",
            "WSGIHandler",
            "execute_from_command_line",
        ),
    ),
    Framework("fastapi", "asgi", ("FastAPI",)),
    Framework("litestar", "asgi", ("Litestar",)),
    Framework("sanic", "own", ("Sanic",)),
    Framework("starlette", "asgi", ("Starlette",)),
    Framework("flask", "wsgi", ("Flask",)),
    Framework("tornado", "own", ("Application",), ("WSGIAdapter", "WSGIApplication")),
    Framework("wsgi", "wsgi", packaged=False),
)
FRAMEWORKS = {framework.name: framework for framework in _TABLE}
