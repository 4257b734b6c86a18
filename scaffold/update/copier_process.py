"""Copier in a process of its own, which may write into the working copy only.

Started by `runner`, with a request as JSON on stdin; what came of it is written as JSON to a file.
Copier is called by its documented functions and errors. Two things are done to the process before:

- Whatever Python opens for writing, makes, renames or removes is looked at first. A path outside
  of the working directory, as behind a link of the user's, and a name that git takes for its own
  folder end the run. So a template cannot place a `.git/config` in one of copier's repositories,
  where git would start what it names.
- What git prints is kept byte for byte. Copier decodes the user's changes
  as UTF-8 and drops what is not.
"""

from __future__ import annotations

import codecs
import json
import os
import sys
from pathlib import Path
from typing import Any

from scaffold.paths import is_git_folder

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Events of `sys.addaudithook` that change the disk, with the positions of their paths
# and of the folder's descriptor.
_MAKE: dict[str, tuple[tuple[int, ...], int | None]] = {
    "os.mkdir": ((0,), 2),
    "os.symlink": ((1,), 2),
    "os.link": ((0, 1), 2),
    "os.rename": ((0, 1), 2),
}
_CHANGE: dict[str, tuple[tuple[int, ...], int | None]] = {
    "os.chmod": ((0,), 2),
    "os.remove": ((0,), 1),
    "os.rmdir": ((0,), 1),
    "os.truncate": ((0,), None),
    "os.utime": ((0,), 3),
}
# What copier itself writes into its repositories: where the objects of the other ones are.
_OBJECTS_OF_OTHERS = (".git/objects/info", ".git/objects/info/alternates")
_ENCODING = "bytes-of-git"


class RefusedWriteError(Exception):
    """A write that copier must not make.

    Args:
        kind: `in-git` or `outside`.
        path: what would be written.
    """

    def __init__(self, kind: str, path: str) -> None:
        super().__init__(kind, path)
        self.kind = kind
        self.path = path


class WriteGuard:
    """Refuses writes outside of a folder, and to what git takes for its own.

    Args:
        folder: where copier may write.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = os.path.realpath(folder)
        self.refused: RefusedWriteError | None = None

    def install(self) -> None:
        """Look at all writes of this process from now on."""
        # Else Python would write the byte code of what is imported from now on.
        sys.dont_write_bytecode = True
        sys.addaudithook(self._look)

    def _look(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if flags & _WRITES and isinstance(path, (str, bytes, os.PathLike)):
                self._check(os.path.realpath(os.fsdecode(path)), makes=True)
            return
        positions, descriptor = _MAKE.get(event) or _CHANGE.get(event) or ((), None)
        if descriptor is not None and arguments[descriptor] not in {-1, None}:
            return  # shutil.rmtree, in a folder that was looked at
        for position in positions:
            if isinstance(arguments[position], (str, bytes, os.PathLike)):
                path = Path.cwd() / os.fsdecode(arguments[position])
                place = os.path.realpath(path.parent)
                self._check(f"{place}{os.sep}{path.name}", makes=event in _MAKE)

    def _check(self, path: str, *, makes: bool) -> None:
        """Refuse a path; its folders are resolved.

        Raises:
            RefusedWriteError: it may not be written.
        """
        if path in {os.devnull, self._folder}:
            return
        if not Path(path).is_relative_to(self._folder):
            self._refuse("outside", path)
        inside = Path(path).relative_to(self._folder).as_posix()
        if makes and is_git_folder(inside) and not inside.endswith(_OBJECTS_OF_OTHERS):
            self._refuse("in-git", path)

    def _refuse(self, kind: str, path: str) -> None:
        # Noted down, because whoever called may catch the error.
        self.refused = self.refused or RefusedWriteError(kind, path)
        raise self.refused


def keep_bytes() -> None:
    """Make plumbum, with which copier runs git, read and write bytes of any encoding as
    they are.
    """
    from plumbum import local

    def encode(text: str, _errors: str = "") -> tuple[bytes, int]:
        return text.encode("utf-8", "surrogateescape"), len(text)

    def decode(data: bytes, _errors: str = "") -> tuple[str, int]:
        return bytes(data).decode("utf-8", "surrogateescape"), len(data)

    codec = codecs.CodecInfo(encode, decode, name=_ENCODING)  # type: ignore[arg-type]
    codecs.register(lambda name: codec if name.replace("_", "-") == _ENCODING else None)
    type(local).custom_encoding = _ENCODING  # type: ignore[misc]


def _run(request: dict[str, Any]) -> None:
    import copier

    options = {"defaults": True, "overwrite": True, "quiet": True, **request["options"]}
    if request["operation"] == "update":
        copier.run_update(request["folder"], **options)
    else:
        copier.run_copy(request["source"], request["folder"], skip_tasks=True, **options)


def main() -> int:
    """Do what the request on stdin asks for.

    Returns:
        The exit code: 0, or 1 when copier failed.
    """
    request = json.load(sys.stdin)
    import copier  # noqa: F401 - before the guard looks at writes

    keep_bytes()
    guard = WriteGuard(Path(request["workdir"]))
    guard.install()
    outcome: dict[str, object] = {}
    try:
        _run(request)
    except Exception as error:  # noqa: BLE001 - all of them are translated, by whoever asked
        kinds = [kind.__name__ for kind in type(error).__mro__]
        outcome = {"kinds": kinds, "message": str(error)}
    if guard.refused is not None:
        outcome = {
            "kinds": [RefusedWriteError.__name__],
            "kind": guard.refused.kind,
            "path": guard.refused.path,
        }
    Path(request["outcome"]).write_text(json.dumps(outcome), "utf-8", errors="replace")
    return 1 if outcome else 0


if __name__ == "__main__":
    sys.exit(main())
