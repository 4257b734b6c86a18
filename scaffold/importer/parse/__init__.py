"""The shape in which Parse Server keeps an app in PostgreSQL.

Taken from what Parse Server 8 itself writes: tests/importer/test_parse_server.py compares both.

- `names`: what it calls classes and columns.
- `schema`: its tables, and the rows of `_SCHEMA` that describe them.
- `files`: what it calls files.
- `cells`: values, as its tables have them.
- `users_apart`: what it cannot use of users.
- `writer`: rows into one of its tables.
"""
