-- What is known of each hook of the configuration: when its provider last told anything, and what came that was not its.
CREATE TABLE hooks (
    name TEXT COLLATE "C" PRIMARY KEY,
    heard_at BIGINT,
    forged BIGINT NOT NULL DEFAULT 0,
    forged_at BIGINT,
    -- How many of them came since when.
    burst BIGINT NOT NULL DEFAULT 0,
    burst_at BIGINT
);
