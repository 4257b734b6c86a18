"""The steps of a rehearsal in a container. POSIX only."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from scaffold import files
from scaffold.engine import images, request_steps, steps
from scaffold.engine.hosting import DOCKERFILE
from scaffold.errors import FailedError
from scaffold.messages import text

if TYPE_CHECKING:
    from scaffold.engine.boot_run import BootRun


def find_builder(run: BootRun) -> str:
    """Find what builds images on this machine, and the Dockerfile."""
    if not files.is_file(run.directory / DOCKERFILE):
        raise FailedError("boot.error.no-dockerfile", file=DOCKERFILE)
    run.builder = images.find_builder(run.outer)
    return run.builder.program


def build_image(run: BootRun) -> str:
    """Build the image; its layers stay for the next time, the image goes."""
    tag = f"scaffold-boot-{secrets.token_hex(4)}"
    builder = run.running_builder
    run.undo.append(lambda: builder.remove(tag))
    command = builder.build_command(run.directory, tag, run.build_arguments)
    run.run(command, "boot.error.image-failed", folder=run.directory, environ=run.outer)
    run.tag, run.image = tag, builder.inspect(tag)
    return text("boot.detail.image", megabytes=f"{run.image.megabytes:.0f}")


def check_user(run: BootRun) -> str:
    """See that the image runs without the rights of root, as many hosts demand."""
    user = run.built_image.user
    if not run.built_image.is_unprivileged:
        raise FailedError("boot.error.image-user", user=user or "root", file=DOCKERFILE)
    return user


def start_image(run: BootRun) -> str:
    """Run the image, its files read-only but for /tmp, and wait until something listens."""
    command, environ = run.running_builder.run_command(
        run.tag, run.built_image, run.variables, run.port, run.instance
    )
    on_line = run.excess.add
    run.server = run.start(command, folder=run.directory, environ=environ, on_line=on_line)
    return steps.wait_for_port(run)


def fit_instance(run: BootRun) -> str:
    """Measure the memory, where the processes are the machine's own."""
    if not isinstance(run.builder, images.Buildah):
        raise request_steps.SkippedError(text("boot.skip.memory"))
    return steps.fit_instance(run)


STEPS: steps.Steps = (
    ("manifest", steps.read_manifest),
    ("builder", find_builder),
    ("image", build_image),
    ("user", check_user),
    ("read-only", start_image),
    ("health", steps.become_healthy),
    ("page", request_steps.page),
    ("ping", request_steps.ping),
    ("functions", request_steps.list_functions),
    ("call", request_steps.call),
    ("refusal", request_steps.refuse),
    ("memory", fit_instance),
    ("stop", steps.stop),
)
