"""The tables, the same on SQLite and PostgreSQL.

Objects of all classes are rows of one table, a JSON document each: a class or a column that a
client invents needs no change of the schema, so nothing locks and nothing races. Columns have
their types in `columns`. What must be unique, and what is related, has tables of its own,
which the databases keep exact.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA_VERSION = 2
metadata = MetaData()
# Text is compared by code point on both databases, whatever the language of the server.
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
DOCUMENT = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

versions = Table(
    "store_versions", metadata, Column("version", Integer, primary_key=True, autoincrement=False)
)

classes = Table(
    "store_classes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", TEXT, nullable=False, unique=True),
    Column("permissions", DOCUMENT, nullable=False),
)

columns = Table(
    "store_columns",
    metadata,
    Column("class_id", ForeignKey(classes.c.id, ondelete="CASCADE"), primary_key=True),
    Column("name", TEXT, primary_key=True),
    Column("type", String(16), nullable=False),
    Column("target", TEXT),  # the class that a pointer or a relation leads to
)

objects = Table(
    "store_objects",
    metadata,
    Column("class_id", ForeignKey(classes.c.id), primary_key=True),
    Column("id", TEXT, primary_key=True),
    Column("created_at", TEXT, nullable=False),
    Column("updated_at", TEXT, nullable=False),
    Column("document", DOCUMENT, nullable=False),
    Column("acl", DOCUMENT),  # null: everybody may read and write
    Column("readers", DOCUMENT),  # those in `acl` who may read, for queries
)
Index("store_objects_created", objects.c.class_id, objects.c.created_at, objects.c.id)
Index("store_objects_updated", objects.c.class_id, objects.c.updated_at, objects.c.id)

relations = Table(
    "store_relations",
    metadata,
    Column("class_id", ForeignKey(classes.c.id, ondelete="CASCADE"), primary_key=True),
    Column("key", TEXT, primary_key=True),
    Column("owner_id", TEXT, primary_key=True),
    Column("target_id", TEXT, primary_key=True),
)
Index("store_relations_targets", relations.c.class_id, relations.c.key, relations.c.target_id)

uniques = Table(
    "store_uniques",
    metadata,
    Column("class_id", ForeignKey(classes.c.id, ondelete="CASCADE"), primary_key=True),
    Column("key", TEXT, primary_key=True),
    Column("value", TEXT, primary_key=True),
    Column("object_id", TEXT, nullable=False),
)
Index("store_uniques_objects", uniques.c.class_id, uniques.c.object_id)

passwords = Table(
    "store_passwords",
    metadata,
    Column("user_id", TEXT, primary_key=True),
    Column("hash", TEXT, nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    Column("failed_at", BigInteger, nullable=False, default=0),
)

sessions = Table(
    "store_sessions",
    metadata,
    Column("token_hash", TEXT, primary_key=True),
    Column("user_id", TEXT, nullable=False),
    Column("created_at", TEXT, nullable=False),
)
Index("store_sessions_users", sessions.c.user_id)

outbox = Table(
    "store_outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("created_at", TEXT, nullable=False),
    Column("channel", String(16), nullable=False),  # mail, sms or push
    Column("recipient", TEXT, nullable=False),
    Column("message", DOCUMENT, nullable=False),
    Column("sent_at", TEXT),  # null: it was only written down
)

codes = Table(
    "store_codes",
    metadata,
    Column("purpose", String(32), primary_key=True),
    Column("recipient", TEXT, primary_key=True),
    Column("code_hash", TEXT, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    UniqueConstraint("purpose", "code_hash"),
)

# Work that follows a commit, written in the same transaction: hooks, mail, views.
tasks = Table(
    "store_tasks",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("payload", DOCUMENT, nullable=False),
    Column("created_at", BigInteger, nullable=False),  # seconds
    Column("due_at", BigInteger, nullable=False),  # a process that takes a task moves this
    Column("attempts", Integer, nullable=False, default=0),
)
Index("store_tasks_due", tasks.c.due_at)

uploads = Table(
    "store_uploads",
    metadata,
    Column("token_hash", TEXT, primary_key=True),
    Column("key", TEXT, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
