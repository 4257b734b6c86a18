"""LeanEngine as code: how the platform reads, builds, starts, checks and stops a Python project."""
