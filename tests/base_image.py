"""A base image made of this machine's own Python, as no registry is asked in tests: what
`python:3.11-slim` is to the Dockerfile of a project.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.catalog import Catalog
from scaffold.engine.boot import BootOptions, boot_project
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
# What must not be in an image, and a build step that fails where it is.
_SECRETS = (".env", ".git/config", ".scaffold/key")
_LEFT_OUT = b"build: for f in .env .git .scaffold tests; do if [ -e $f ]; then exit 9; fi; done\n"
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
    shared = shared_folder("base-image", lambda place: make_store(place, packages))
    # Buildah does not build twice at a time in one store without mistakes.
    folder = tmp_path_factory.mktemp("buildah") / "storage"
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
    """Build the image of a project, `boot(files)`, and rehearse it."""
    for name, value in base.items():
        monkeypatch.setenv(name, value)

    def run(files: dict[str, bytes], **options: Any) -> BootReport:
        project = build_file_tree(tmp_path / "shop", files)
        arguments = (f"BASE={TAG}",)
        chosen = BootOptions(container=True, build_arguments=arguments, **options)
        return boot_project(project, chosen)

    return run


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


def make_root(root: Path, packages: list[str]) -> None:
    """Make the files of the image.

    Args:
        root: the folder.
        packages: what else pip installs, for the Dockerfile to find it there.
    """
    _fill(root)
    install = ["python", "-m", "pip", "install", "--quiet", "--root-user-action", "ignore"]
    variables = {"PATH": "/usr/local/bin:/usr/bin", "PIP_CERT": CERTIFICATES, "HOME": "/root"}
    for command in (["python", "-m", "ensurepip", "--default-pip"], [*install, *packages]):
        inside = [str(shutil.which("chroot")), str(root), *command]
        subprocess.run(inside, env=variables, check=True, capture_output=True)


def make_store(folder: Path, packages: list[str]) -> None:
    """Make a store of images that holds the base image, for others to read.

    Args:
        folder: the folder.
        packages: as `make_root`.
    """
    root = folder / "root"
    make_root(root, packages)
    for driver in ("overlay", "vfs"):
        configure(folder, driver)
        try:
            _commit(root, folder)
        except subprocess.CalledProcessError:
            shutil.rmtree(folder / "images", ignore_errors=True)
        else:
            (folder / "driver").write_text(driver)
            break
    unmount(folder)
    shutil.rmtree(root)


def configure(folder: Path, driver: str, options: str = "") -> None:
    """Say where buildah keeps its images and containers: in a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "storage.conf").write_text(
        f'[storage]\ndriver = "{driver}"\ngraphroot = "{folder}/images"\n'
        f'runroot = "{folder}/run"\n{options}'
    )


def unmount(folder: Path) -> None:
    """Let go of a store, whose folder buildah may have mounted on itself."""
    subprocess.run(["umount", folder / "images" / "overlay"], check=False, capture_output=True)


def _environ(folder: Path) -> dict[str, str]:
    return {"CONTAINERS_STORAGE_CONF": str(folder / "storage.conf")}


def _commit(root: Path, folder: Path) -> None:
    container = _buildah(folder, "from", "scratch")
    _buildah(folder, "copy", "--quiet", container, str(root), "/")
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


def _fill(root: Path) -> None:
    for name in ("usr/bin", "usr/sbin", "usr/lib", "lib64", "etc", "root", "proc", "dev", "tmp"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name in ("bin", "sbin", "lib"):
        (root / name).symlink_to(f"usr/{name}")
    (root / "tmp").chmod(0o1777)
    (root / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (root / "etc" / "group").write_text("root:x:0:\n")
    (root / "etc" / "shadow").write_text("root:*:1:0:99999:7:::\n")
    python = _put_python(root / "usr" / "local")
    programs = [Path(found) for name in PROGRAMS if (found := shutil.which(name))]
    for path in [*programs, *_libraries([*programs, *python]), *map(Path, FILES)]:
        if path.exists():
            _put(path, root)
    shutil.copytree("/usr/share/zoneinfo/Asia", root / "usr" / "share" / "zoneinfo" / "Asia")


def _put_python(target: Path) -> list[Path]:
    """Copy the interpreter and its library; return what loads other libraries."""
    program = Path(sys.executable).resolve()
    library = Path(sys.base_prefix) / "lib" / f"python{PYTHON}"
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
