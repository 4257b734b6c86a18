"""What an app had on the platform, into a database of its own.

- `sources` finds what there is: an export of ours, the console's JSON lines, its BSON backup.
- `reading` reads rows from files that anybody may have written.
- `rows` turns a row into what is kept of it, and names what is not.
- `into_store` and its neighbours write to the data service's database, batch by batch.
- `report` says what became of each row.

There is no journal: each batch is one transaction, and a row that is there already is compared. So
an import goes on from wherever it was killed, and a second one writes nothing.
"""
