"""Where Debian's Chromium is, for the pictures and the tests."""

from __future__ import annotations

import shutil

# The shell is made for programs: without a window to draw it takes a quarter less of the CPU.
CHROMIUM = (
    shutil.which("chromium-headless-shell")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
)
