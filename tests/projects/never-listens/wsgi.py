# A project of its own.
"""An app that forgets to serve."""

import time

time.sleep(300)
