-- What is known of each hook of the configuration: when its provider last told anything, and what came that was not its.
CREATE TABLE hooks (
    name TEXT PRIMARY KEY,
    heard_at INTEGER,
    forged INTEGER NOT NULL DEFAULT 0,
    forged_at INTEGER,
    -- How many of them came since when.
    burst INTEGER NOT NULL DEFAULT 0,
    burst_at INTEGER
) STRICT;
