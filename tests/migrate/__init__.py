"""Migrating old projects."""
