-- A group of mail that does not go for now: what one relay carries, or the part of it that is one newsletter's, goes to
-- one destination or is of one issue. Where a part is not named it stands as 0 or as an empty text. Without `until` a
-- person decides.
CREATE TABLE suspensions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    relay TEXT NOT NULL,
    newsletter_id INTEGER NOT NULL,
    destination TEXT NOT NULL,
    issue_id INTEGER NOT NULL,
    trouble TEXT NOT NULL,
    cause TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    pauses INTEGER NOT NULL,
    reply TEXT NOT NULL,
    UNIQUE (relay, newsletter_id, destination, issue_id)
) STRICT;

-- How a relay, and a relay at one destination, treats the recipients of an issue; an empty destination is all of them.
-- Written with refusals alone; gone when the issue is over.
CREATE TABLE evidence (
    issue_id INTEGER NOT NULL,
    relay TEXT NOT NULL,
    destination TEXT NOT NULL,
    score INTEGER NOT NULL,
    since INTEGER NOT NULL,
    recent INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    alarms INTEGER NOT NULL,
    trusted INTEGER NOT NULL,
    PRIMARY KEY (issue_id, relay, destination)
) STRICT, WITHOUT ROWID;

-- How often a row was put back without a counted try; how often its fate was unknown; what it waits for. NULL until used.
ALTER TABLE deliveries ADD COLUMN waits INTEGER;
ALTER TABLE deliveries ADD COLUMN doubts INTEGER;
ALTER TABLE deliveries ADD COLUMN suspension_id INTEGER;
CREATE INDEX deliveries_suspended ON deliveries (suspension_id, id) WHERE suspension_id IS NOT NULL;
CREATE INDEX deliveries_failed ON deliveries (issue_id, relay) WHERE state = 'failed';
