"""A base image made of this machine's own Python, as no registry is asked in tests: what
`python:3.11-slim` is to the Dockerfile of a project.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

from scaffold.catalog import Catalog
from scaffold.engine import interpreter
from scaffold.engine.boot import BootOptions, boot_project
from scaffold.engine.images import Buildah
from scaffold.render import render
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.engine.boot import BootReport
    from tests.conftest import SharedFolder

TAG = "localhost/scaffold-base:1"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
# What shells, the Dockerfile and its scripts call, and the packages of Debian with what those load.
_NAMES = """
    sh bash cat cp mv rm mkdir chmod chown ln ls find tar sed tr grep env uname id sleep head tail
    mktemp touch xargs useradd groupadd true test printf sort
"""
PROGRAMS = _NAMES.split()
LIBRARIES = ("libc6", "libgcc-s1", "libstdc++6")
FILES = (
    CERTIFICATES,
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/resolv.conf",
    "/etc/login.defs",
)
LEFT_OUT = ("site-packages", "test", "__pycache__", "idlelib", "tkinter", "config-*", "turtledemo")
MEMORY = Path("/dev/shm")
_OURS = "scaffold-buildah-"
# All images of a run take a fourth.
_MEMORY_NEEDED = 4 * 2**30
# What must not be in an image, and a build step that fails where it is.
_SECRETS = (".env", ".git/config", ".scaffold/key")
_LEFT_OUT = b"build: for f in .env .git .scaffold tests; do if [ -e $f ]; then exit 9; fi; done\n"
COMPILES = b"UV_COMPILE_BYTECODE=1"
NEEDS_BUILDAH = pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("buildah") or os.geteuid() != 0,
    reason="building an image takes Linux, root and buildah; `make test` installs it on Debian",
)


@pytest.fixture(scope="session")
def base(
    shared_folder: SharedFolder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The variables with which buildah finds the base image."""
    catalog = Catalog()
    dockerfile = render(catalog.starter("flask"), catalog.resolve({}))["Dockerfile"].decode()
    packages = re.findall(r"\w+==[\d.]+", dockerfile)
    python = find_python()
    shared = shared_folder("base-image", lambda place: make_store(place, python, packages))
    # Buildah does not build twice at a time in one store without mistakes.
    folder = in_memory() or tmp_path_factory.mktemp("buildah") / "storage"
    driver = (shared / "driver").read_text()
    configure(folder, driver, f'[storage.options]\nadditionalimagestores = ["{shared}/images"]\n')
    try:
        yield _environ(folder)
    finally:
        _buildah(folder, "rm", "--all")
        unmount(folder)
        shutil.rmtree(folder)


@pytest.fixture
def boot(
    base: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., BootReport]:
    """Build the image of a project, `boot(files)`, and rehearse it; with `kept`, a tag, the image
    stays under that name.
    """
    use(base, monkeypatch)

    def run(files: dict[str, bytes], *, kept: str = "", **options: Any) -> BootReport:
        if kept:
            monkeypatch.setattr(Buildah, "remove", keep(kept))
        # Most of what is installed is never imported; images that are kept are as users have them.
        dockerfile = files["Dockerfile"]
        if not kept:
            dockerfile = dockerfile.replace(COMPILES, COMPILES.replace(b"1", b"0"))
        project = build_file_tree(tmp_path / "shop", {**files, "Dockerfile": dockerfile})
        arguments = (f"BASE={TAG}",)
        chosen = BootOptions(container=True, build_arguments=arguments, **options)
        return boot_project(project, chosen)

    return run


def use(base: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let buildah find the base image, and keep no layer for a next time: of what is built once
    that is a third of the work.
    """
    for name, value in base.items():
        monkeypatch.setenv(name, value)
    usual = Buildah.build_command

    def build_command(builder: Buildah, *arguments: Any) -> list[str]:
        return [word for word in usual(builder, *arguments) if word != "--layers"]

    monkeypatch.setattr(Buildah, "build_command", build_command)


def keep(name: str) -> Callable[[Buildah, str], None]:
    """Return what gives an image another name before it is removed as usual."""
    usual = Buildah.remove

    def remove(builder: Buildah, tag: str) -> None:
        if tag != name:
            subprocess.run([builder.program, "tag", tag, name], check=False, capture_output=True)
        usual(builder, tag)

    return remove


def with_secrets(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return a project with files that must not be in its image."""
    secrets = dict.fromkeys(_SECRETS, b"SECRET=1\n")
    return {**files, **secrets, "leanengine.yaml": files["leanengine.yaml"] + _LEFT_OUT}


def check_report(report: BootReport) -> None:
    """Check that a rehearsal passed all steps, and print the size of the image."""
    assert report.error is None, "\n".join(report.log)
    assert {step.name: step.status for step in report.steps if step.status != "passed"} == {}
    details = {step.name: step.detail for step in report.steps}
    assert details["user"] == "10001:10001"
    sys.stdout.write(f"{details['image']}\n")  # `pytest -s` shows it


def find_python() -> Path:
    """Return a Python of the version that runs the tests, in a folder of its own: the system's is
    spread over `/usr`, and finds its packages elsewhere when it is copied.
    """
    version = sys.version_info[:2]
    for found in interpreter.candidates_for(version, os.environ):
        program = found.path.resolve()
        if program.parents[1] != Path("/usr"):
            return program
    pytest.skip(f"the only Python {PYTHON} here is the system's, which cannot be copied")


def make_root(root: Path, python: Path, packages: list[str]) -> None:
    """Make the files of the image.

    Args:
        root: the folder.
        python: the interpreter in it.
        packages: what else pip installs, for the Dockerfile to find it there.
    """
    _fill(root, python)
    library = root / "usr" / "local" / "lib" / f"python{PYTHON}"
    # Less than `ensurepip`, which compiles all of it; what is imported the next command compiles.
    for wheel in (library / "ensurepip" / "_bundled").glob("pip-*.whl"):
        ZipFile(wheel).extractall(library / "site-packages")
    variables = {"PATH": "/usr/local/bin:/usr/bin", "PIP_CERT": CERTIFICATES, "HOME": "/root"}
    install = ["python", "-m", "pip", "install", "--quiet", "--root-user-action", "ignore"]
    inside = [str(shutil.which("chroot")), str(root), *install, *packages]
    subprocess.run(inside, env=variables, check=True, capture_output=True)


def make_store(folder: Path, python: Path, packages: list[str]) -> None:
    """Make a store of images that holds the base image, for others to read.

    Args:
        folder: the folder.
        python: as `make_root`.
        packages: as `make_root`.
    """
    with tempfile.TemporaryDirectory() as name:
        make_root(Path(name), python, packages)
        for driver in ("overlay", "vfs"):
            configure(folder, driver)
            try:
                _commit(folder, name)
            except subprocess.CalledProcessError:
                if driver == "vfs":
                    raise
                unmount(folder)
                shutil.rmtree(folder / "images")
            else:
                (folder / "driver").write_text(driver)
                break
    unmount(folder)


def in_memory() -> Path | None:
    """Return a folder of this process in memory, None where there is little: thousands of small
    files are copied for each layer, in half the time that a disk takes.
    """
    for left in MEMORY.glob(f"{_OURS}*"):
        # What is kept in memory has to go even if the run that made it was killed.
        if not Path("/proc", left.name.removeprefix(_OURS)).exists():
            unmount(left)
            shutil.rmtree(left, ignore_errors=True)
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < _MEMORY_NEEDED:
        return None
    available = re.search(r"MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text())
    if not available or int(available[1]) * 1024 < _MEMORY_NEEDED:
        return None
    return MEMORY / f"{_OURS}{os.getpid()}"


def configure(folder: Path, driver: str, options: str = "") -> None:
    """Say where buildah keeps its images and containers: in a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "storage.conf").write_text(
        f'[storage]\ndriver = "{driver}"\ngraphroot = "{folder}/images"\n'
        f'runroot = "{folder}/run"\n{options}'
    )


def unmount(folder: Path) -> None:
    """Unmount a store: buildah may have mounted its folder on itself, and images below it."""
    mounted = folder / "images" / "overlay"
    subprocess.run(["umount", "--recursive", mounted], check=False, capture_output=True)


def _environ(folder: Path) -> dict[str, str]:
    # Its many short processes need not collect garbage often.
    return {"CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"), "GOGC": "400"}


def _commit(folder: Path, root: str) -> None:
    container = _buildah(folder, "from", "scratch")
    _buildah(folder, "add", "--quiet", container, root, "/")
    variables = {
        "PATH": "/usr/local/bin:/usr/bin:/usr/sbin",
        "SSL_CERT_FILE": CERTIFICATES,
        "PIP_CERT": CERTIFICATES,
    }
    options = [word for name, value in variables.items() for word in ("--env", f"{name}={value}")]
    _buildah(folder, "config", *options, container)
    _buildah(folder, "commit", "--quiet", "--rm", container, TAG)


def _buildah(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["buildah", *arguments],
        env={**os.environ, **_environ(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _fill(root: Path, python: Path) -> None:
    for name in ("usr/bin", "usr/sbin", "usr/lib", "lib64", "etc", "root", "proc", "dev", "tmp"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name in ("bin", "sbin", "lib"):
        (root / name).symlink_to(f"usr/{name}")
    (root / "tmp").chmod(0o1777)
    (root / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (root / "etc" / "group").write_text("root:x:0:\n")
    (root / "etc" / "shadow").write_text("root:*:1:0:99999:7:::\n")
    loading = _put_python(root / "usr" / "local", python)
    programs = [Path(found) for name in PROGRAMS if (found := shutil.which(name))]
    for path in [*programs, *_libraries([*programs, *loading]), *map(Path, FILES)]:
        if path.exists():
            _put(path, root)
    shutil.copytree("/usr/share/zoneinfo/Asia", root / "usr" / "share" / "zoneinfo" / "Asia")


def _put_python(target: Path, program: Path) -> list[Path]:
    """Copy the interpreter and its library; return what loads other libraries."""
    library = program.parents[1] / "lib" / f"python{PYTHON}"
    ignore = shutil.ignore_patterns(*LEFT_OUT)
    shutil.copytree(library, target / "lib" / library.name, ignore=ignore)
    (target / "bin").mkdir()
    shutil.copy2(program, target / "bin" / f"python{PYTHON}")
    for name in ("python", "python3"):
        (target / "bin" / name).symlink_to(f"python{PYTHON}")
    return [program, *library.glob("lib-dynload/*.so")]


def _libraries(programs: list[Path]) -> Iterator[Path]:
    done = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=False)
    found = {word for word in done.stdout.split() if word.startswith("/") and ".so" in word}
    listed = subprocess.run(["dpkg", "-L", *LIBRARIES], capture_output=True, text=True, check=False)
    found |= {line for line in listed.stdout.split() if ".so" in line}
    yield from (path for each in sorted(found) if (path := Path(each.rstrip(":"))).is_file())


def _put(path: Path, root: Path) -> None:
    target = root / path.relative_to("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        shutil.copy2(path.resolve(), target)
