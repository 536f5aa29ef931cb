-- Until when a person does not want to hear of an alarm. It stands in lists, and is told afterwards.
CREATE TABLE quiets (
    name TEXT PRIMARY KEY,
    until_at INTEGER NOT NULL
) STRICT;
