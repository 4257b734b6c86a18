"""Cookiecutter's hooks, as `python -m tools.doors` puts them together for each starter."""
