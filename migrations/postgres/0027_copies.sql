-- That this database is being copied into another, or out of one, and may not be worked on meanwhile. It has no row in a
-- database that is in use. Neither this table nor the next is copied itself.
CREATE TABLE copies (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    -- Made at random; both sides of one copy have the same.
    number TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('moving', 'moved', 'copying', 'differs', 'equal', 'abandoned')),
    -- The address of the other side, without what might be a password.
    other TEXT COLLATE "C" NOT NULL,
    -- How far the side was whose going on would make the copy worthless.
    trace TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);

-- How far the copy is that is made into this database, by table.
CREATE TABLE copy_progress (
    name TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    rows BIGINT NOT NULL,
    -- The key of the last row that is there.
    last_key BYTEA,
    complete BOOLEAN NOT NULL
);
