"""One place where an app uses the platform."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class ServiceUse:
    """A place in a file that uses a service of the platform.

    Attributes:
        file: path relative to the app's folder, with slashes.
        line, column: from 1, in characters.
        service: a key of `scaffold.leave.services.SERVICES`.
        subject: the class, function, hook or variable that it is about; '' if that is not known.
        operation: what is done, by the SDK's own name: `find`, `save`, `define`.
        language: the language of the file, in lower case: `python`, `javascript`.
    """

    file: str
    line: int
    column: int
    service: str
    subject: str = ""
    operation: str = ""
    language: str = "python"

    @property
    def is_client(self) -> bool:
        """Whether it is in the source of a client, which its authors have to change."""
        return self.language not in {"python", "yaml"}
