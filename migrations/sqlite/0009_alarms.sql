-- What a person is told of. A row stands while its cause does, and a while after: it is gone when it was quiet long
-- enough. Who raises it again meanwhile finds it here.
CREATE TABLE alarms (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    -- Of what: a relay, an issue as NEWSLETTER/SLUG, a newsletter; empty for the installation.
    scope TEXT NOT NULL,
    severity TEXT NOT NULL,
    -- Why, in the words of whoever said so; bears no address.
    note TEXT NOT NULL,
    since INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    -- From when on a person is told.
    due_at INTEGER NOT NULL,
    told_at INTEGER,
    told_how TEXT,
    cleared_at INTEGER,
    UNIQUE (name, scope)
) STRICT;
