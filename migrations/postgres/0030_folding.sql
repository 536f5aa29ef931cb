-- An old issue's report stays as it was: what it counts of rows that go is kept, in sums.

-- Accepted and refused emails of rows that were folded, by domain. Empty stands for readers who were erased.
CREATE TABLE folded_domains (
    issue_id BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    domain TEXT COLLATE "C" NOT NULL,
    row_count BIGINT NOT NULL,
    PRIMARY KEY (issue_id, state, domain)
);

-- Who unsubscribed after an issue, by way and by span of time, counted once that is settled.
CREATE TABLE attributed (
    issue_id BIGINT NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    span BIGINT NOT NULL,
    readers BIGINT NOT NULL,
    PRIMARY KEY (issue_id, source, span)
);
ALTER TABLE issues ADD COLUMN attributed_at BIGINT;

-- What came back of an issue, counted before the first of it goes. What comes later is counted beside it.
CREATE TABLE counted_notices (
    issue_id BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    effect TEXT COLLATE "C" NOT NULL,
    destination TEXT COLLATE "C" NOT NULL,
    -- -1 for what came before the issue began.
    span BIGINT NOT NULL,
    mails BIGINT NOT NULL,
    PRIMARY KEY (issue_id, kind, source, cause, effect, destination, span)
);
ALTER TABLE issues ADD COLUMN notices_counted_at BIGINT;

-- When a person ended it: its time runs from there.
ALTER TABLE issues ADD COLUMN stopped_at BIGINT;

-- When its content was last asked for: it is kept for a while from then.
ALTER TABLE revisions ADD COLUMN stored_at BIGINT;

-- From when on a kind goes that came after an installation had begun to delete.
CREATE TABLE retention_kinds (
    what TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    begins_at BIGINT NOT NULL
);
