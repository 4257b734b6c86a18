"""Tests of scaffold.export."""
