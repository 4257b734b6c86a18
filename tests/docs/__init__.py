"""The machinery of tests/test_docs_commands.py."""
