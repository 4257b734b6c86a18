"""The data service: the REST API of the platform's storage on SQLite or PostgreSQL.

It imports nothing else of scaffold but the messages and the errors. `where` and the operations on
values have one meaning, written down twice: `evaluate.py` and `operations.py` are the specification
in plain Python, `compile.py` says the same in SQL; the tests compare the two on both databases.
"""
