"""Build a copy of a project in a fresh virtualenv, as LeanEngine does
before it starts it. POSIX only.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import files, walking
from scaffold.engine import interpreter
from scaffold.engine.manifest import Command, Require
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.engine.manifest import BuildStep

INSTALLERS = ("uv", "pip")
DEFAULT_INSTALL = "pip install -r requirements.txt"
# LeanEngine docs, "leanengine.yaml reference": only lists of dependencies are
# there while they are installed.
DEPENDENCY_LISTS = ("requirements.txt", ".python-version")
SKIPPED_FOLDERS = frozenset({".git", ".hg", ".svn", "__pycache__", "node_modules"})
# A rehearsal has throw-away keys; the real ones in a local `.env` must not take their place.
SKIPPED_FILES = frozenset({".env"})


def copy_files(source: Path, target: Path) -> None:
    """Copy a project without what is made anew or must not be used:
    repositories, virtualenvs, caches, `.env`.

    Symbolic links stay links; sockets and pipes are left out.

    Raises:
        FailedError: the folders are nested too deeply.
    """
    for folder, subfolders, names in os.walk(source):
        subfolders[:] = [name for name in subfolders if not _is_skipped(Path(folder, name))]
        inside = Path(folder).relative_to(source)
        walking.check_depth(source, inside)
        here = target / inside
        here.mkdir(parents=True, exist_ok=True)
        links = [name for name in subfolders if Path(folder, name).is_symlink()]
        for name in [*links, *names]:
            path = Path(folder, name)
            if path.is_symlink() or (path.is_file() and name not in SKIPPED_FILES):
                shutil.copy2(path, here / name, follow_symlinks=False)


def copy_required(source: Path, target: Path, names: tuple[str, ...]) -> None:
    """Copy the files and folders that `{require: [...]}` names into the build folder.

    Raises:
        FailedError: the project does not have one of them.
    """
    for name in names:
        if files.is_folder(source / name):
            copy_files(source / name, target / name)
        elif files.is_file(source / name):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, target / name)
        else:
            raise FailedError("engine.error.require-missing", name=name)


def copy_dependency_lists(source: Path, target: Path) -> None:
    """Make the build folder with what is in it while dependencies are installed."""
    target.mkdir()
    copy_required(
        source, target, tuple(name for name in DEPENDENCY_LISTS if (source / name).is_file())
    )


def install_commands(steps: tuple[BuildStep, ...], source: Path, target: Path) -> Iterator[str]:
    """Yield the shell lines of the key `install`; a required file is copied when its turn comes.

    Raises:
        FailedError: as `copy_required`.
    """
    for step in steps:
        if isinstance(step, Require):
            copy_required(source, target, step.files)
        else:
            yield step.line if isinstance(step, Command) else DEFAULT_INSTALL


def build_commands(steps: tuple[BuildStep, ...]) -> list[str]:
    """Return the shell lines of the key `build`; the platform's default for
    Python is to build nothing.
    """
    return [step.line for step in steps if isinstance(step, Command)]


def virtualenv_command(python: Path, folder: Path, installer: str) -> list[str]:
    """Return the command that creates a virtualenv.

    Args:
        python: the interpreter it is for.
        folder: where it goes.
        installer: one of `INSTALLERS`. `pip` puts the interpreter's own pip
            into it, as on the platform.
    """
    if installer == "uv":
        return [_uv(), "venv", "--quiet", "--no-project", "--python", str(python), str(folder)]
    return [str(python), "-m", "venv", str(folder)]


def python_2_virtualenv_command(python: Path, folder: Path) -> list[str]:
    """Return the command that creates a virtualenv for Python 2.7, with the last pip for it.

    Python 2 has no `venv`, and neither uv nor today's virtualenv knows it.

    Args:
        python: the interpreter it is for.
        folder: where it goes.
    """
    run = [_uv(), "tool", "run", "--quiet", "--from", "virtualenv<20.22", "virtualenv"]
    return [*run, "--quiet", "--python", str(python), str(folder)]


def put_pip_shim(folder: Path) -> None:
    """Make `pip` and `python -m pip` in a virtualenv mean `uv pip`, because
    install commands call pip by name.
    """
    uv = _uv()
    script = f'#!/bin/sh\nexec {shlex.quote(uv)} pip "$@"\n'
    for name in ("pip", "pip3"):
        path = folder / "bin" / name
        path.write_text(script, "utf-8")
        path.chmod(0o755)
    for packages in folder.glob("lib/python*/site-packages"):
        (packages / "pip").mkdir()
        module = f"import os, sys\nos.execv({uv!r}, [{uv!r}, 'pip', *sys.argv[1:]])\n"
        (packages / "pip" / "__main__.py").write_text(module, "utf-8")


def activated(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return an environment in which the virtualenv in `folder` is active."""
    return {
        **environ,
        "VIRTUAL_ENV": str(folder),
        "PATH": os.pathsep.join([str(folder / "bin"), environ.get("PATH", os.defpath)]),
        # pip compiles what it installs; without this the first start after uv would be
        # slower than on the platform.
        "UV_COMPILE_BYTECODE": environ.get("UV_COMPILE_BYTECODE", "1"),
    }


def _is_skipped(folder: Path) -> bool:
    return folder.name in SKIPPED_FOLDERS or (folder / "pyvenv.cfg").is_file()


def _uv() -> str:
    found = interpreter.uv_binary()
    if not found:
        raise FailedError("engine.error.uv-missing", python=sys.executable)
    return found
