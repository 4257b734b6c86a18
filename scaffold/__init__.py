"""Scaffold LeanEngine Python projects that start the first time."""

__version__ = "0.1.0"
