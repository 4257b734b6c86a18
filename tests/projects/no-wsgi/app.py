# A project of its own.
"""An app under a name that the platform does not look for."""
