"""The tests of scaffold: one file a module."""
