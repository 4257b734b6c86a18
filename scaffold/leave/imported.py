"""What imported names are: of the SDK, or of another module of the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.leave import sdk, values
from scaffold.leave.values import Value, of_sdk

if TYPE_CHECKING:
    from scaffold.checks.module import Import
    from scaffold.leave.lookup import Lookup


def value(found: Import, resolver: Lookup) -> Value | None:
    """Return what an import binds in a module, None where that is nothing of the SDK."""
    if resolver.packages.is_sdk(resolver.path, found.module):
        full = f"{found.module}.{found.name}" if found.name else found.module
        if not found.name and found.bound == found.module:
            return of_sdk(sdk.PACKAGE)  # import leancloud.push binds leancloud
        return of_sdk(full)
    if not found.name:
        name = found.module
        if found.bound == found.module:
            name = name.partition(".")[0]
        path = resolver.packages.find(resolver.path, name)
        return Value(values.MODULE, path or "", path=found.module) if path else None
    return _from_module(found, resolver)


def _from_module(found: Import, resolver: Lookup) -> Value | None:
    separator = "" if found.module.endswith(".") else "."
    path = resolver.packages.find(resolver.path, found.module)
    if path:
        value = resolver.at(path).exported(found.name)
        if value:
            return value
    inner = resolver.packages.find(resolver.path, f"{found.module}{separator}{found.name}")
    return Value(values.MODULE, inner) if inner else None


def from_stars(name: str, resolver: Lookup) -> Value | None:
    """Return what a name is that comes from `from … import *`."""
    for star in resolver.names.stars:
        if resolver.packages.is_sdk(resolver.path, star.module):
            if name in sdk.PUBLIC:
                return of_sdk(f"{star.module}.{name}")
        else:
            path = resolver.packages.find(resolver.path, star.module)
            value = resolver.at(path).exported(name) if path else None
            if value:
                return value
    return None


def member(owner: Value, name: str, resolver: Lookup) -> Value | None:
    """Return what a name of a module of the app is."""
    found = resolver.at(owner.name).exported(name)
    if found:
        return found
    # of a package, one of its modules
    inner = resolver.packages.find(owner.name, f".{name}")
    return Value(values.MODULE, inner) if inner else None
