-- Backups that were made, and those that could not be: the latest verified one says how much can be lost.
CREATE TABLE backups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    taken_at INTEGER NOT NULL,
    -- Its name, without its folder.
    file TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    verified_at INTEGER,
    -- Why there is none.
    fault TEXT
) STRICT;
