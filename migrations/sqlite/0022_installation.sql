-- What this database is, for a machine that has seen it before: a copy that is put back has an older generation, or an
-- older sign of life, than the machine remembers.
CREATE TABLE installation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- Made at random; tells this database from every other.
    name TEXT NOT NULL,
    -- Grows whenever a copy was put back.
    generation INTEGER NOT NULL,
    born_at INTEGER NOT NULL,
    restored_at INTEGER,
    -- While it is held nothing goes out but alarms and test emails.
    held_at INTEGER,
    held_why TEXT
) STRICT;

-- A random word that tells a worker from one of the same number in another copy, and how often it gave a sign of life.
ALTER TABLE workers ADD COLUMN nonce TEXT;
ALTER TABLE workers ADD COLUMN pulse INTEGER NOT NULL DEFAULT 0;
