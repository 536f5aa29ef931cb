-- That this database is being copied into another, or out of one, and may not be worked on meanwhile. It has no row in a
-- database that is in use. Neither this table nor the next is copied itself.
CREATE TABLE copies (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- Made at random; both sides of one copy have the same.
    number TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('moving', 'moved', 'copying', 'differs', 'equal', 'abandoned')),
    -- The address of the other side, without what might be a password.
    other TEXT NOT NULL,
    -- How far the side was whose going on would make the copy worthless.
    trace TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- How far the copy is that is made into this database, by table.
CREATE TABLE copy_progress (
    name TEXT PRIMARY KEY NOT NULL,
    rows INTEGER NOT NULL,
    -- The key of the last row that is there.
    last_key BLOB,
    complete INTEGER NOT NULL
) STRICT;
