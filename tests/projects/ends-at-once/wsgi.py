# A project of its own.
"""A module with an application, but without a server."""

application = None
