"""Bring a project that no template made into the platform's contract, without losing a line of it."""
