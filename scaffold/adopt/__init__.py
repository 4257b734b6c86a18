"""Adopt an existing project: add what the platform needs, without losing a line of it."""
