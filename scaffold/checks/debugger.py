"""Does a module serve Werkzeug's debugger, which runs any code that a visitor types?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.checks.listening import values
from scaffold.checks.module import arguments

if TYPE_CHECKING:
    from scaffold.checks.module import Module

# Calls that serve it, by the argument that says so.
DEBUGGERS = {"DebuggedApplication": "evalex", "run_simple": "use_debugger", "run": "debug"}
_SWITCH = re.compile(rb"\.debug\s*=\s*True\b|\[[\"']DEBUG[\"']\]\s*=\s*True\b")


def serves_debugger(module: Module) -> bool:
    """Return whether a module may serve the debugger: only `False` says that it does not."""
    if _SWITCH.search(module.data):
        return True
    for name, flag in DEBUGGERS.items():
        for call in module.calls(name):
            _, named = arguments(call)
            if name == "DebuggedApplication" and flag not in named:
                return True
            given = values(module, named[flag]) if flag in named else ()
            if any(value.text() not in {"False", "None", "0"} for value in given):
                return True
    return False
