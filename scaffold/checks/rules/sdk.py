"""How the SDK is used. What it does was read in its source (2.9.12, 3.0.2) and then run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.checks.environment import environment_reads
from scaffold.checks.module import (
    Module,
    arguments,
    callee,
    in_function,
    show,
    under_main,
)
from scaffold.checks.project import NEW_SDK
from scaffold.checks.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.project import Project

_DEFINES = re.compile(
    rb"\.(?:define|(?:before|after)_(?:save|update|delete)"
    rb"|on_(?:verified|login|auth_data|insight|bigquery))\b"
)
# The last call of what asks the data store.
_STORAGE = frozenset(
    {"find", "first", "fetch", "save", "destroy", "count", "login", "save_all", "fetch_all"}
)


def init_calls(project: Project) -> Iterator[tuple[Module, SgNode]]:
    """Yield the calls of `leancloud.init`, by whatever name it was imported."""
    for module in project.modules_with(b"leancloud", also=b"init"):
        bare = any(i.module == NEW_SDK and i.name == "init" for i in module.imports)
        for call in module.calls("init"):
            if callee(call) == "leancloud.init" or (bare and callee(call) == "init"):
                yield module, call


def defines_functions(project: Project) -> bool:
    """Return whether the app defines cloud functions or hooks."""
    return bool(project.engines) and any(
        not module.is_test and _DEFINES.search(module.data) for module in project.modules
    )


class NotInitialised(Rule):
    """Cloud functions are defined and the SDK is never initialised."""

    id = "LE060"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where the engine is made."""
        # `from leancloud.client import init as start` is init too.
        if defines_functions(project) and not project.mentions(b".init(", b" init"):
            module, call, _ = project.engines[0]
            yield self.at(*module.place(call))


class InitialisedUnderMain(Rule):
    """The SDK is initialised under `__main__` only, where the platform does not come by."""

    id = "LE061"
    severity = "error"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where all calls of `init` are, unless `run` starts that module."""
        calls = list(init_calls(project))
        if not calls or not all(under_main(call) for _, call in calls):
            return
        module, call = calls[0]
        if all(script.path != module.path for script in project.scripts):
            yield self.at(*module.place(call))


class StorageBeforeInit(Rule):
    """The app asks the data store before the SDK is initialised."""

    id = "LE062"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for storage calls that run at import, in modules
        imported before `init` is called.
        """
        for module, init in init_calls(project):
            if in_function(init):
                continue
            before = [
                i for i in module.imports if i.node.range().start.index < init.range().start.index
            ]
            names = {i.module for i in before} | {f"{i.module}.{i.name}" for i in before}
            for other in project.modules_with(b"leancloud"):
                if other.dotted in names and not any(
                    m.path == other.path for m, _ in init_calls(project)
                ):
                    yield from self._storage_calls(other, module)

    def _storage_calls(self, module: Module, entry: Module) -> Iterator[Finding]:
        for call in module.calls(*_STORAGE):
            text = callee(call)
            if (
                text.startswith(("leancloud.", "Query("))
                and not in_function(call)
                and not under_main(call)
            ):
                yield self.at(*module.place(call), seen=show(call)[:60], entry=entry.path)


class EnvironmentTooLate(Rule):
    """The SDK's variables are set after it was imported."""

    id = "LE063"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where `os.environ[…]` or `load_dotenv()` comes after
        `import leancloud` in one module.
        """
        for module in project.modules_with(b"LEANCLOUD_APP_", b"load_dotenv", also=b"leancloud"):
            imports = [i.node for i in module.imports_from(NEW_SDK) if not in_function(i.node)]
            if not imports:
                continue
            first = min(node.range().start.index for node in imports)
            for node, seen in _settings(module):
                if node.range().start.index > first and not in_function(node):
                    yield self.at(*module.place(node), seen=seen)


def _settings(module: Module) -> Iterator[tuple[SgNode, str]]:
    """Yield where a module sets keys of the SDK in the environment."""
    for node, name in environment_reads(module):
        parent = node.parent()
        above = parent.parent() if parent is not None else None
        if not name.startswith("LEANCLOUD_APP_") or parent is None or above is None:
            continue
        written = above.kind() == "assignment" and above.field("left") == parent
        if written or callee(above).endswith((".setdefault", ".update")):
            yield above, name
    if module.imports_from("dotenv"):
        for call in module.calls("load_dotenv"):
            yield call, "load_dotenv()"


class MasterKeyForAll(Rule):
    """Every request to the data store is signed with the master key."""

    id = "LE064"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where `init` gets the master key and nothing switches it off again."""
        for module, call in init_calls(project):
            positional, named = arguments(call)
            # The third argument of `init` is the master key.
            given = named.get("master_key") or next(iter(positional[2:]), None)
            if (
                given is not None
                and given.text() != "None"
                and not project.mentions(b"use_master_key(")
            ):
                yield self.at(*module.place(call))


class OpenFunctions(Rule):
    """Anyone can call the cloud functions, without any key."""

    id = "LE065"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where the engine is made and no module closes the gap."""
        if defines_functions(project) and not project.mentions(b"ANDX_KEY"):
            module, call, _ = project.engines[0]
            yield self.at(*module.place(call))
