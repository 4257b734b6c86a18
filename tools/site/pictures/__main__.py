"""Make the pictures of the docs anew; `python -m tools.site.pictures drawn`
only those with a name that starts so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tools.site.pictures import modules
from tools.site.pictures.architecture import architecture
from tools.written import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = ROOT / "docs" / "assets" / "pictures"
LOCALES = {"en": "C.UTF-8", "zh": "zh_CN.UTF-8"}


def drawn() -> Iterator[tuple[str, bytes]]:
    """Yield the pictures that need no program."""
    for language in LOCALES:
        yield f"architecture{_suffix(language)}.svg", architecture(language).encode()
    for name, picture in modules.pictures():
        yield name, picture.encode()


def taken() -> Iterator[tuple[str, bytes]]:
    """Yield the pictures of programs that run, each language in an empty home."""
    from tools.site.pictures.recordings import record, record_narrow
    from tools.site.pictures.screenshots import screenshots

    # The paths on the screen are those of this folder, not those of the checkout.
    home = Path(tempfile.gettempdir()) / "demo"
    for language in LOCALES:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        try:
            install(home)
            environ = environment(home, language)
            yield f"terminal{_suffix(language)}.svg", record(home, environ, language).encode()
            narrow = record_narrow(home, environ, language)
            yield f"terminal-narrow{_suffix(language)}.svg", narrow.encode()
            yield from screenshots(home, environ, language)
        finally:
            shutil.rmtree(home, ignore_errors=True)


def install(home: Path) -> None:
    """Install scaffold into a virtualenv of its own, as its users do."""
    environ = {**os.environ, "VIRTUAL_ENV": str(home / ".venv")}
    uv = str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, home / ".venv"], check=True)
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--editable", str(ROOT)], check=True, env=environ
    )


def environment(home: Path, language: str) -> dict[str, str]:
    """Return the environment of somebody who just installed it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LC_", "LANG", "VIRTUAL_ENV"))
    }
    path = os.pathsep.join([str(home / ".venv" / "bin"), os.environ["PATH"]])
    identity = {"GIT_AUTHOR_NAME": "me", "GIT_AUTHOR_EMAIL": "me@example.com"}
    return {**kept, **identity, "HOME": str(home), "PATH": path, "LANG": LOCALES[language]}


def main(arguments: list[str]) -> int:
    """Write the pictures, or those named."""
    FOLDER.mkdir(exist_ok=True)
    sources = [drawn] if arguments == ["drawn"] else [drawn, taken]
    for source in sources:
        for name, content in source():
            (FOLDER / name).write_bytes(content)
            print(f"{name}: {len(content) // 1000} kB")
    return 0


def _suffix(language: str) -> str:
    return "" if language == "en" else f".{language}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
