"""Run a project for daily work: as the platform would, started again when a file
changes, with a function console.
"""
