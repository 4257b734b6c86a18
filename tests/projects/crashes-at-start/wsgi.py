# A project of its own.
"""An app that needs a module that nobody installed."""

import sys

for number in range(30):
    sys.stdout.write(f"line {number}\n")
sys.exit("no such module")
