-- An old issue's report stays as it was: what it counts of rows that go is kept, in sums.

-- Accepted and refused emails of rows that were folded, by domain. Empty stands for readers who were erased.
CREATE TABLE folded_domains (
    issue_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    domain TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    PRIMARY KEY (issue_id, state, domain)
) STRICT;

-- Who unsubscribed after an issue, by way and by span of time, counted once that is settled.
CREATE TABLE attributed (
    issue_id INTEGER NOT NULL,
    source TEXT NOT NULL,
    span INTEGER NOT NULL,
    readers INTEGER NOT NULL,
    PRIMARY KEY (issue_id, source, span)
) STRICT;
ALTER TABLE issues ADD COLUMN attributed_at INTEGER;

-- What came back of an issue, counted before the first of it goes. What comes later is counted beside it.
CREATE TABLE counted_notices (
    issue_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    cause TEXT NOT NULL,
    effect TEXT NOT NULL,
    destination TEXT NOT NULL,
    -- -1 for what came before the issue began.
    span INTEGER NOT NULL,
    mails INTEGER NOT NULL,
    PRIMARY KEY (issue_id, kind, source, cause, effect, destination, span)
) STRICT;
ALTER TABLE issues ADD COLUMN notices_counted_at INTEGER;

-- When a person ended it: its time runs from there.
ALTER TABLE issues ADD COLUMN stopped_at INTEGER;

-- When its content was last asked for: it is kept for a while from then.
ALTER TABLE revisions ADD COLUMN stored_at INTEGER;

-- From when on a kind goes that came after an installation had begun to delete.
CREATE TABLE retention_kinds (
    what TEXT PRIMARY KEY NOT NULL,
    begins_at INTEGER NOT NULL
) STRICT;
