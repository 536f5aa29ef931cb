-- What this schema is, for programs that do not know it yet or any more. The program that makes a step writes the row with
-- it.
CREATE TABLE schema (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    -- The number of the newest step.
    version BIGINT NOT NULL,
    -- The oldest program that works with it, by the newest step that it knows.
    oldest_program BIGINT NOT NULL,
    -- The version of the program that made the newest step.
    program TEXT COLLATE "C" NOT NULL
);
